// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The exchanges with proxies. `proxy` is the URL with the right credentials, if the proxy wants
// any; `denied` a host and port to which it connects nobody, `closed` one where nobody listens.

#include "exchanges.hpp"

#include <atomic>
#include <vector>

using namespace hawser;
using namespace hawser::test;

namespace {

const std::string user = "hawser";
const std::string password = "secret";

bool is_socks(const Lab& lab) {
    return lab.get("proxy").starts_with("socks");
}

/// "http://localhost:3128": the proxy's URL with these credentials, or with none.
std::string proxy_url(const Lab& lab, const std::string& credentials) {
    const Proxy proxy(lab.get("proxy"));
    return std::string(proxy.scheme()) + "://" + (credentials.empty() ? "" : credentials + "@") +
           proxy.host() + ":" + std::to_string(proxy.port());
}

/// Basic credentials are in the proxy's URL; Digest ones too, and are asked for.
void carries(Lab& lab, const std::string& origin) {
    Client client{lab.options()};
    for (int i = 0; i < 30; ++i) {
        Response response = client.get(origin + "/small.txt");
        check(response.connection.proxy.has_value(), "not through the proxy");
        check_small(std::move(response));
    }
    put_and_get(lab, client, origin, "proxied.bin", content(0, 300'000), 300'000);
    Response response = client.get(origin + "/big.bin");
    check_content(response, 0, lab.big());
    const TransportStats stats = client.stats();
    const std::uint64_t dialed = stats.dialed - stats.retried_with_proxy_credentials;
    check(dialed == 1 || lab.get("keeps") == "no", dialed, " connections");
    check_returned(client);
}

void http(Lab& lab) {
    carries(lab, lab.get("http"));
}

void https(Lab& lab) {
    carries(lab, lab.get("https"));
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Response response = client.get(lab.secure_url("/small.txt"));
        check(response.connection.tls_resumed == (i != 0),
              "resumed: ",
              response.connection.tls_resumed);
        check_small(std::move(response));
        client.close_idle_connections();
    }
}

void at_once(Lab& lab) {
    Client client{lab.options()};
    std::vector<std::jthread> threads;
    std::mutex mutex;
    std::string wrong;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            try {
                for (int k = 0; k < 25; ++k) {
                    check_small(client.get(lab.get(k % 2 == 0 ? "http" : "https") + "/small.txt"));
                    const std::string name = "at_once_" + std::to_string(i);
                    if (k % 5 == 0) {
                        put_and_get(lab,
                                    client,
                                    lab.get("https"),
                                    name,
                                    content_stream(50'000, 8192, true, [] {}),
                                    50'000);
                    }
                }
            } catch (const std::exception& e) {
                const std::lock_guard lock(mutex);
                wrong = e.what();
            }
        });
    }
    threads.clear();
    check(wrong.empty(), wrong);
    check_returned(client);
}

// ── refusals ──────────────────────────────────────────────────────────────────────────────────

void check_contains(const std::string& text, std::string_view part) {
    check(text.find(part) != std::string::npos, "no \"", part, "\" in: ", text);
}

/// The failure names the proxy, and contains each of `parts`, but no password.
void check_refusal(const Lab& lab,
                   const Client& client,
                   const Response& response,
                   const std::error_code& ec,
                   const std::vector<std::string>& parts) {
    check(static_cast<bool>(ec), "status ", response.status, " in place of an error");
    const std::string text = response.failure.message();
    check(ec == error::proxy_error, "not a proxy_error: ", text);
    check_contains(text, Proxy(lab.get("proxy")).to_string());
    for (const std::string& part : parts) {
        check_contains(text, part);
    }
    check(text.find(password) == std::string::npos, "the password is in: ", text);
    check(client.stats().open == 0, client.stats().open, " open");
    std::cout << "# " << text << std::endl;
}

/// What an HTTP proxy answers to a plain request is a response; to CONNECT, a failure with what it
/// said. SOCKS has only failures.
void refused(const Lab& lab,
             const std::string& proxy,
             const std::string& host,
             const std::vector<int>& statuses,
             const std::string& socks_text) {
    ClientOptions options = lab.options();
    options.transport.proxy = ProxyRules(proxy);
    Client client{std::move(options)};
    std::error_code ec;
    Response plain = client.get("http://" + host + "/", ec);
    std::vector<std::string> parts{socks_text};
    if (is_socks(lab)) {
        check_refusal(lab, client, plain, ec, parts);
    } else {
        check(!ec, plain.failure.message());
        check(std::count(statuses.begin(), statuses.end(), plain.status) == 1,
              "status ",
              plain.status);
        check(!plain.body.read_all().empty(), "no body");
        client.close_idle_connections();
        parts = {std::to_string(plain.status), "<"};  // all of them say more in HTML
    }
    Response secure = client.get("https://" + host + "/", ec);
    check_refusal(lab, client, secure, ec, parts);
}

void no_credentials(Lab& lab) {
    refused(lab, proxy_url(lab, ""), lab.get("http").substr(7), {407, 401}, "");
}

void wrong_credentials(Lab& lab) {
    refused(lab, proxy_url(lab, user + ":wrong"), lab.get("http").substr(7), {407, 401}, "");
}

void denied(Lab& lab) {
    refused(lab, lab.get("proxy"), lab.get("denied"), {403}, "code 2");
}

void closed(Lab& lab) {
    refused(lab, lab.get("proxy"), lab.get("closed"), {500, 502, 503}, "refused");
}

/// A tunnel that the proxy refuses is no reason to doubt its next answer.
void recovers(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        std::error_code ec;
        Response response = client.get("https://" + lab.get("closed") + "/", ec);
        check(ec == error::proxy_error, response.failure.message());
        check_small(client.get(lab.secure_url("/small.txt")));
        check_small(client.get(lab.url("/small.txt")));
    }
    check_returned(client);
}

const std::vector<Exchange> exchanges = {
    {"http", http},
    {"https", https},
    {"many at once", at_once},
    {"no credentials", no_credentials},
    {"wrong credentials", wrong_credentials},
    {"denied target", denied},
    {"closed target", closed},
    {"after a refusal", recovers},
};

}  // namespace

const std::vector<Exchange>& hawser::test::proxy_exchanges() {
    return exchanges;
}

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The exchanges with servers, as the client sees them: the rows of the table.

#include "exchanges.hpp"

#include <asio/read.hpp>
#include <asio/write.hpp>

#include <atomic>
#include <mutex>
#include <vector>

using namespace hawser;
using namespace hawser::test;

namespace hawser::test {

const std::string small_text = "hello, world\n";

/// Compresses well, but has no short period.
std::string long_text() {
    std::string text;
    for (int i = 0; text.size() < 200'000; ++i) {
        text += "line " + std::to_string(i) + ": the quick brown fox jumps over the lazy dog\n";
    }
    return text;
}

void check_small(Response response) {
    check_status(response, 200);
    check(response.body.read_all() == small_text, "the body is wrong");
}

void put_and_get(Lab& lab,
                 Client& client,
                 const std::string& origin,
                 const std::string& name,
                 RequestBody body,
                 std::uint64_t size,
                 bool expect) {
    const std::string file = lab.get("tag") + name;  // servers share the folder
    Request request(lab.get("put", "PUT"), origin + lab.get("up", "/up/") + file);
    request.body = std::move(body);
    if (expect) {
        request.headers.set("Expect", "100-continue");
    }
    Response stored = client.send(std::move(request));
    stored.body.read_all();
    check(stored.ok(), "storing: status ", stored.status);
    check(stored.request_sent(), "the server did not want the whole body");
    Response response = client.get(origin + "/up/" + file);
    check_status(response, 200);
    check_content(response, 0, size);
}

}  // namespace hawser::test

namespace {

/// Unless the server never keeps one.
void check_one_connection(const Lab& lab, const Client& client) {
    const std::uint64_t dialed = client.stats().dialed;
    check(dialed == 1 || lab.get("keeps") == "no", dialed, " connections");
}

// ── one connection ────────────────────────────────────────────────────────────────────────────

void keep_alive(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 20; ++i) {
        check_small(client.get(lab.url("/small.txt")));
    }
    check_one_connection(lab, client);
    check(client.stats().returned == 20, client.stats().returned, " returned");
}

/// The server ends connections (after as many requests as it allows), and so do we. No request may
/// be lost by that.
void close(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 250; ++i) {
        Request request("GET", lab.url("/small.txt"));
        if (i >= 230) {
            request.headers.set("Connection", "close");
        }
        check_small(client.send(std::move(request)));
    }
    check(client.stats().dialed >= 20, client.stats().dialed, " connections");
    check(client.stats().retried == 0, client.stats().retried, " retried");
    check(client.stats().open == 0, client.stats().open, " open");
}

void idle_close(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 2; ++i) {
        check_small(client.get(lab.url("/small.txt")));
        check(client.stats().idle == 1, "not idle");
        for (int waited = 0; client.stats().open != 0; ++waited) {
            check(waited < 3000, "the server keeps the connection");
            std::this_thread::sleep_for(10ms);
        }
    }
    check(client.stats().retried == 0, client.stats().retried, " retried");
}

// ── framing ───────────────────────────────────────────────────────────────────────────────────

void chunked(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Response response = client.get(lab.url("/chunked"));
        check_status(response, 200);
        check(response.headers.get("Transfer-Encoding") == "chunked", "not chunked");
        check_content(response, 0, 300'000);
    }
    check_one_connection(lab, client);
}

void coded(Lab& lab, const std::string& coding) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Response response = client.get(lab.url("/coded/" + coding + "/text.txt"));
        check_status(response, 200);
        check(response.uncompressed, "not compressed");
        check(response.body.read_all() == long_text(), "the body is wrong");
    }
    Request raw("GET", lab.url("/coded/" + coding + "/text.txt"));
    raw.headers.set("Accept-Encoding", coding);  // by hand: is delivered as it is
    Response response = client.send(std::move(raw));
    check(response.headers.get("Content-Encoding") == coding,
          "coding: ",
          response.headers.get("Content-Encoding").value_or("none"));
    check(response.body.read_all().size() < 100'000, "long for a compressed body");
    check_one_connection(lab, client);
}

void head(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Response response = client.head(lab.url("/big.bin"));
        check_status(response, 200);
        check(response.content_length == lab.big(), "length ", response.content_length.value_or(0));
        check(response.body.read_all().empty(), "HEAD has a body");
        check_small(client.get(lab.url("/small.txt")));
    }
    check_one_connection(lab, client);
}

void no_content(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Response response = client.get(lab.url("/204"));
        check_status(response, 204);
        check(response.body.read_all().empty(), "204 has a body");
        check_small(client.get(lab.url("/small.txt")));
    }
    check_one_connection(lab, client);
}

void not_modified(Lab& lab) {
    Client client{lab.options()};
    Response first = client.get(lab.url("/small.txt"));
    const std::string etag(first.headers.get("ETag").value_or(""));
    const std::string date(first.headers.get("Last-Modified").value_or(""));
    check(!etag.empty() || !date.empty(), "no validator");
    check_small(std::move(first));
    for (int i = 0; i < 3; ++i) {
        Request request("GET", lab.url("/small.txt"));
        if (!etag.empty()) {
            request.headers.set("If-None-Match", etag);
        }
        if (!date.empty()) {
            request.headers.set("If-Modified-Since", date);
        }
        Response response = client.send(std::move(request));
        check_status(response, 304);
        check(response.body.read_all().empty(), "304 has a body");
        check_small(client.get(lab.url("/small.txt")));
    }
    check_one_connection(lab, client);
}

void range(Lab& lab) {
    Client client{lab.options()};
    const std::string size = std::to_string(lab.big());
    for (const std::uint64_t first : {std::uint64_t(0), std::uint64_t(12'345), lab.big() - 1000}) {
        Request request("GET", lab.url("/big.bin"));
        const std::string range = std::to_string(first) + "-" + std::to_string(first + 999);
        request.headers.set("Range", "bytes=" + range);
        Response response = client.send(std::move(request));
        check_status(response, 206);
        check(response.headers.get("Content-Range") == "bytes " + range + "/" + size,
              "Content-Range: ",
              response.headers.get("Content-Range").value_or("none"));
        check_content(response, first, 1000);
    }
    Request beyond("GET", lab.url("/big.bin"));
    beyond.headers.set("Range", "bytes=" + size + "-");
    Response response = client.send(std::move(beyond));
    check_status(response, 416);
    response.body.read_all();
    check_small(client.get(lab.url("/small.txt")));
}

void trailers(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Request request("GET", lab.url("/trailers"));
        request.headers.set("TE", "trailers");
        Response response = client.send(std::move(request));
        check_status(response, 200);
        check(response.trailers().empty(), "trailers before the body");
        check_content(response, 0, 300'000);
        check(response.trailers().get("X-Check") == "42", "X-Check is missing");
    }
    check_one_connection(lab, client);
}

void many_fields(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Request request("GET", lab.url("/fields"));
        for (int field = 0; field < 60; ++field) {
            request.headers.add("X-Mine-" + std::to_string(field), std::string(40, 'v'));
        }
        Response response = client.send(std::move(request));
        check_status(response, 200);
        response.body.read_all();
        for (int field = 0; field < 100; ++field) {
            const std::string number = std::to_string(field);
            check(response.headers.get("X-Field-" + number) == "value " + number,
                  "field ",
                  number,
                  " is missing");
        }
    }
    check_one_connection(lab, client);
}

// ── interim responses ─────────────────────────────────────────────────────────────────────────

class InterimTrace : public ClientTrace {
public:
    void got_100_continue() override { ++continues; }
    void got_1xx_response(int status, const Headers& headers) override {
        if (status == 103 && headers.get("Link")) {
            ++hints;
        }
    }
    int continues = 0;
    int hints = 0;
};

void continue_100(Lab& lab) {
    const auto trace = std::make_shared<InterimTrace>();
    ClientOptions options = lab.options();
    options.trace = trace;
    options.transport.expect_continue_timeout = 20s;  // a server that sends none is too late
    Client client{std::move(options)};
    for (int i = 0; i < 3; ++i) {
        put_and_get(
            lab, client, lab.get("http"), "continue.bin", content(0, 100'000), 100'000, true);
    }
    check(trace->continues == 3, trace->continues, " of 3 said 100");
}

void early_413(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 5; ++i) {
        Request request(lab.get("put", "PUT"), lab.url(lab.get("limited", "/limited/x")));
        request.body = content_stream(20'000'000, 65536, true, [] {});
        Response response = client.send(std::move(request));
        check_status(response, 413);
        response.body.read_all();
        check_small(client.get(lab.url("/small.txt")));
    }
}

void interim(Lab& lab) {
    const auto trace = std::make_shared<InterimTrace>();
    ClientOptions options = lab.options();
    options.trace = trace;
    Client client{std::move(options)};
    for (int i = 1; i <= 3; ++i) {
        check_small(client.get(lab.url("/early")));
        check(trace->hints == i, trace->hints, " hints, not ", i);
    }
    check_one_connection(lab, client);
}

void upgrade(Lab& lab) {
    Client client{lab.options()};
    for (int i = 0; i < 3; ++i) {
        Request request("GET", lab.url("/upgrade"));
        request.headers.set("Connection", "Upgrade");
        request.headers.set("Upgrade", "websocket");
        request.headers.set("Sec-WebSocket-Version", "13");
        request.headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        Response response = client.send(std::move(request));
        check_status(response, 101);
        check(response.headers.get("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
              "not the accept of our key");
        UpgradedStream stream = response.upgrade();
        for (std::uint64_t at = 0; at < 300'000; at += 30'000) {
            const std::string sent = content(at, 30'000);
            asio::write(stream, asio::buffer(sent));
            std::string echoed(sent.size(), '\0');
            asio::read(stream, asio::buffer(echoed));
            check(echoed == sent, "wrong echo behind ", at);
        }
    }
    check(client.stats().open == 0, "an upgraded connection is left");
}

// ── long and slow ─────────────────────────────────────────────────────────────────────────────

void download(Lab& lab) {
    Client client{lab.options()};
    Response response = client.get(lab.url("/big.bin"));
    check_status(response, 200);
    check_content(response, 0, lab.big());
    check(client.stats().idle <= 1, "more than one connection");
}

void upload(Lab& lab) {
    Client client{lab.options()};
    const std::uint64_t size = lab.number("upload", lab.big());
    put_and_get(
        lab, client, lab.get("http"), "big.bin", content_stream(size, 1 << 20, true, [] {}), size);
}

void slow_reader(Lab& lab) {
    Client client{lab.options()};
    const std::uint64_t size = std::min<std::uint64_t>(lab.big(), 20'000'000);
    Request request("GET", lab.url("/big.bin"));
    Response response = client.send(std::move(request));
    check_status(response, 200);
    std::string buffer(size / 60, '\0');
    ContentChecker checker;
    for (int i = 0; i < 50; ++i) {  // more than 1.5 s: longer than a server's idle time
        const std::size_t n = asio::read(response.body, asio::buffer(buffer));
        checker.add({buffer.data(), n});
        std::this_thread::sleep_for(30ms);
    }
    check_content(response, checker.offset(), lab.big() - checker.offset());
}

void slow_writer(Lab& lab) {
    Client client{lab.options()};
    const bool announced = lab.get("length") == "must";
    put_and_get(lab,
                client,
                lab.get("http"),
                "slow.bin",
                content_stream(200'000, 4000, announced, [] { std::this_thread::sleep_for(30ms); }),
                200'000);
}

// ── a server that restarts ────────────────────────────────────────────────────────────────────

/// Four threads that get a text until they are told to stop.
class Load {
public:
    Load(Lab& lab, Client& client) : lab_(lab), client_(client) {
        for (int i = 0; i < 4; ++i) {
            threads_.emplace_back([this](std::stop_token stop) { run(stop); });
        }
    }
    void stop() {
        threads_.clear();
        if (!wrong_.empty()) {
            fail(wrong_);
        }
    }
    /// Returns after `n` more answers.
    void wait(int n) {
        const int goal = good_ + n;
        const auto give_up = std::chrono::steady_clock::now() + 60s;
        while (good_ < goal) {
            check(std::chrono::steady_clock::now() < give_up, "too few answers: ", last());
            std::this_thread::sleep_for(1ms);
        }
    }
    int failures() const { return failures_; }
    std::string last() {
        const std::lock_guard lock(mutex_);
        return last_;
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            try {
                std::error_code ec;
                Response response = client_.get(lab_.url("/coded/none/text.txt"), ec);
                std::string text = ec ? std::string() : response.body.read_all(ec);
                if (ec) {
                    note(response.failure ? response.failure.message()
                                          : response.body.failure().message());
                    check(ec == condition::connection_lost || ec == condition::refused,
                          "not what a restart causes: ",
                          last());
                } else if (std::to_string(response.status) == lab_.get("starting")) {
                    note("it said " + std::to_string(response.status) + " while it started");
                } else if (response.status < 500 || lab_.get("proxy").empty()) {
                    check_status(response, 200);
                    check(text == expected_, "the body is wrong");
                    ++good_;
                }  // otherwise the proxy has met what we would have met without it
            } catch (const std::exception& e) {
                const std::lock_guard lock(mutex_);
                wrong_ = e.what();
                return;
            }
        }
    }
    void note(const std::string& what) {
        ++failures_;
        const std::lock_guard lock(mutex_);
        last_ = what;
    }

    Lab& lab_;
    Client& client_;
    const std::string expected_ = long_text();
    std::atomic<int> good_{0};
    std::atomic<int> failures_{0};
    std::mutex mutex_;
    std::string last_;
    std::string wrong_;
    std::vector<std::jthread> threads_;
};

void under_load(Lab& lab, const std::string& what, bool failures_allowed) {
    Client client{lab.options()};
    Load load(lab, client);
    for (int i = 0; i < 3; ++i) {
        load.wait(100);
        lab.ask(what);
    }
    load.wait(100);
    load.stop();
    check(failures_allowed || load.failures() == 0, load.failures(), " failures: ", load.last());
    for (int i = 0; i < 20; ++i) {
        check_small(client.get(lab.url("/small.txt")));
    }
    check_returned(client);
}

// ── TLS ───────────────────────────────────────────────────────────────────────────────────────

void tls(Lab& lab, TlsVersion version, std::string_view name) {
    ClientOptions options = lab.options();
    options.transport.tls.min_version = options.transport.tls.max_version = version;
    Client client{std::move(options)};
    for (int i = 0; i < 5; ++i) {
        Response response = client.get(lab.secure_url("/small.txt"));
        check(response.connection.tls_version == name, response.connection.tls_version);
        check_small(std::move(response));
    }
    check_one_connection(lab, client);
    Response response = client.get(lab.secure_url("/big.bin"));
    check_content(response, 0, lab.big());
}

void resumption(Lab& lab) {
    for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
        ClientOptions options = lab.options();
        options.transport.tls.min_version = options.transport.tls.max_version = version;
        Client client{std::move(options)};
        for (int i = 0; i < 4; ++i) {
            Response response = client.get(lab.secure_url("/small.txt"));
            check(response.connection.tls_resumed == (i != 0),
                  response.connection.tls_version,
                  i == 0 ? ": the first is resumed" : ": not resumed");
            check_small(std::move(response));
            client.close_idle_connections();
        }
    }
}

void mutual_tls(Lab& lab) {
    const std::string url = lab.get("mtls") + "/small.txt";
    ClientOptions known = lab.options();
    known.transport.tls.certificate_file = lab.get("cert");
    known.transport.tls.private_key_file = lab.get("key");
    Client client{std::move(known)};
    for (int i = 0; i < 3; ++i) {
        check_small(client.get(url));
        client.close_idle_connections();
    }
    Client unknown{lab.options()};
    std::error_code ec;
    Response response = unknown.get(url, ec);
    check(ec || response.status == 400 || response.status == 403,
          "status ",
          response.status,
          " without a certificate");
}

// ── logins ────────────────────────────────────────────────────────────────────────────────────

const std::string user = "me";
const std::string password = "p\xc3\xa4 ss&";

using Login = Request& (Request::*)(std::string_view, std::string_view) &;

void login(Lab& lab, const std::string& path, Login credentials) {
    Client client{lab.options()};
    for (const char* query : {"", "", "?a=\"b\"", "?%22"}) {
        Request request = Request::get(lab.url(path + query));
        check_small(client.send((request.*credentials)(user, password)));
    }
    Request head = Request::head(lab.url(path));
    check_status(client.send((head.*credentials)(user, password)), 200);
    Request wrong = Request::get(lab.url(path));
    check_status(client.send((wrong.*credentials)(user, "wrong")), 401);
    check_status(client.get(lab.url(path)), 401);
    std::string url = lab.url(path);
    check_small(client.get(url.insert(url.find("//") + 2, "me:p%C3%A4%20ss%26@")));
}

void session(Lab& lab) {
    ClientOptions options = lab.options();
    options.cookies = std::make_shared<CookieJar>();
    Client client{options};
    const auto form = [&](const std::string& secret) {
        return client.fetch(Request::post(lab.url("/login"))
                                .form({{"httpd_username", user}, {"httpd_password", secret}}));
    };
    const auto path_of = [](const FullResponse& page) { return std::string(page.url.path()); };
    check(path_of(client.fetch(lab.url("/private"))) == "/text.txt", "inside without a login");
    check(path_of(form("wrong")) == "/text.txt", "inside with a wrong password");
    const FullResponse page = form(password);
    check(path_of(page) == "/private" && page.body == small_text, "not inside: ", page.status);
    check_small(client.get(lab.url("/private")));
    Client stranger{lab.options()};
    check(path_of(stranger.fetch(lab.url("/private"))) == "/text.txt", "without a cookie inside");
}

// ── the list ──────────────────────────────────────────────────────────────────────────────────

const std::vector<Exchange> exchanges = {
    {"keep-alive", keep_alive},
    {"close", close},
    {"chunked", chunked},
    {"gzip", [](Lab& lab) { coded(lab, "gzip"); }},
    {"deflate", [](Lab& lab) { coded(lab, "deflate"); }},
    {"br", [](Lab& lab) { coded(lab, "br"); }},
    {"zstd", [](Lab& lab) { coded(lab, "zstd"); }},
    {"HEAD", head},
    {"204", no_content},
    {"304", not_modified},
    {"range", range},
    {"100-continue", continue_100},
    {"early 413", early_413},
    {"1xx", interim},
    {"trailers", trailers},
    {"idle close", idle_close},
    {"restart", [](Lab& lab) { under_load(lab, "restart", true); }},
    {"reload", [](Lab& lab) { under_load(lab, "reload", false); }},
    {"download", download},
    {"upload", upload},
    {"slow reader", slow_reader},
    {"slow writer", slow_writer},
    {"upgrade", upgrade},
    {"TLS 1.2", [](Lab& lab) { tls(lab, TlsVersion::tls1_2, "TLSv1.2"); }},
    {"TLS 1.3", [](Lab& lab) { tls(lab, TlsVersion::tls1_3, "TLSv1.3"); }},
    {"resumption", resumption},
    {"mTLS", mutual_tls},
    {"Basic", [](Lab& lab) { login(lab, "/basic", &Request::basic); }},
    {"Digest", [](Lab& lab) { login(lab, "/digest", &Request::digest); }},
    {"session", session},
    {"many fields", many_fields},
};

}  // namespace

const std::vector<Exchange>& hawser::test::server_exchanges() {
    return exchanges;
}

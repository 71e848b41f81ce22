// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// TlsOptions::verify: users who are stricter than TLS.

#include "../support/gate.hpp"
#include "../support/scene.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/detail/rt/monitor.hpp>

#include <asio/thread_pool.hpp>

#include <memory>
#include <new>
#include <stdexcept>

using namespace hawser::test;
using hawser::TlsPeer;

namespace {

using Verify = std::function<bool(const std::string&, const TlsPeer&)>;

TransportOptions asking(Verify verify) {
    TransportOptions options = trusting();
    options.tls.verify = std::move(verify);
    return options;
}

/// The failure of a request whose server is shown to the function.
hawser::Failure failure_with(Verify verify, const std::string& url) {
    Client client{{.transport = asking(std::move(verify))}};
    std::error_code ec;
    Response response = client.get(url, ec);
    CHECK(ec);
    CHECK(response.failure.code() == ec);
    CHECK(response.failure.phase() == hawser::Failure::Phase::tls);
    check_quiet(client);
    return response.failure;
}

}  // namespace

TEST_CASE("the user is asked about each new connection, with its host and certificates") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    std::vector<std::string> asked;
    int under_lock = 0;
    Client client{{.transport = asking([&](const std::string& host, const TlsPeer& peer) {
                       under_lock += hawser::detail::locks_held != 0 ? 1 : 0;
                       CHECK(peer.certificates_pem() == good_tls().cert.pem());
                       asked.push_back(host + ' ' + std::string(peer.server_name()));
                       return true;
                   })}};
    CHECK(try_get(client, server.url_as("localhost")).body == "hello");
    CHECK(try_get(client, server.url_as("localhost")).body == "hello");
    client.close_idle_connections();
    CHECK(client.get(server.url_as("localhost")).connection.tls_resumed);
    CHECK(try_get(client, server.url()).body == "hello");
    CHECK(asked ==
          std::vector<std::string>{"localhost localhost", "localhost localhost", "127.0.0.1 "});
    CHECK(under_lock == 0);
    check_quiet(client);
}

TEST_CASE("a server that the user refuses gets no request, and the error says who refused it") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    bool accepts = true;
    Client client{{.transport = asking([&](const auto&, const TlsPeer&) { return accepts; })}};
    CHECK(try_get(client, server.url()).body == "hello");
    accepts = false;
    client.close_idle_connections();
    std::error_code ec;
    const Response response = client.get(server.url(), ec);  // resumes the session
    CHECK(ec == error::cert_error);
    CHECK(response.failure.phase() == hawser::Failure::Phase::tls);
    CHECK(response.failure.reason() == "tls.verify refused 127.0.0.1");
    CHECK(server.connections() == 2);
    CHECK(server.heads().size() == 1);
    CHECK(client.stats().dial_failures == 1);
    check_quiet(client);
}

TEST_CASE("the user cannot accept what the library refuses", "[T01]") {
    FdGuard fds;
    int asked = 0;
    const auto accept = [&](const auto&, const TlsPeer&) {
        ++asked;
        return true;
    };
    const auto other = test_ca().issue({.dns = {"other.example"}});
    ScriptServer wrong_name{hello_server(), {.tls = ServerTls{.cert = other}}};
    CHECK(failure_with(accept, wrong_name.url()).code() == error::cert_error);
    ScriptServer unknown{hello_server(), {.tls = ServerTls{.cert = TestCert::self_signed({})}}};
    CHECK(failure_with(accept, unknown.url()).code() == error::cert_error);
    CHECK(asked == 0);

    TransportOptions options = asking(accept);
    options.tls.insecure_skip_verify = true;
    Client client{{.transport = options}};
    CHECK(try_get(client, unknown.url()).body == "hello");
    CHECK(asked == 1);
}

TEST_CASE("an exception of the user ends the dial, and nothing else") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    const auto thrown = [&](auto exception) {
        return failure_with([=](const auto&, const TlsPeer&) -> bool { throw exception; },
                            server.url());
    };
    CHECK(thrown(std::runtime_error("no\n")).reason() == "tls.verify threw: no\\n");
    CHECK(thrown(std::runtime_error("no")).code() == error::cert_error);
    CHECK(thrown(1).reason() == "tls.verify threw");
    CHECK(thrown(std::bad_alloc()).code() == error::resource_exhausted);
    CHECK(thrown(std::system_error(std::error_code())).code() == error::cert_error);
    const auto busy = std::make_error_code(std::errc::device_or_resource_busy);
    CHECK(thrown(std::system_error(busy)).code() == busy);

    int calls = 0;
    Client client{{.transport = asking([&](const auto&, const TlsPeer&) {
                       return ++calls == 1 ? throw std::runtime_error("first") : true;
                   })}};
    CHECK(try_get(client, server.url()).ec == error::cert_error);
    CHECK(try_get(client, server.url()).body == "hello");
    check_quiet(client);
}

TEST_CASE("a request can be canceled, and its client destroyed, while the user thinks") {
    FdGuard fds;
    ScriptServer server{hello_server(), {.tls = good_tls()}};
    Gate called;
    Gate answer;
    asio::thread_pool pool(2);
    auto client = std::make_unique<Client>(
        pool.get_executor(),
        hawser::ClientOptions{.transport = asking([&](const auto&, const TlsPeer&) {
                                  called.open();
                                  answer.wait();
                                  return true;
                              })});
    Call<Response> call;
    client->async_get(server.url(), call.handler());
    called.wait();
    call.cancel(pool.get_executor());
    CHECK(call.outcome() == asio::error::operation_aborted);
    client.reset();
    answer.open();
    pool.join();
    CHECK(server.heads().empty());
}

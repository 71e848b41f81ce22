// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// What a failed request says, in each style in which a program can be written: the code, what was
// being done, why, the method, the URL and the address, and no secret.

#include "../support/full_listener.hpp"
#include "../support/scene.hpp"
#include "../support/styles.hpp"
#include "../support/tls_setup.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>

#include <asio/bind_allocator.hpp>
#include <asio/redirect_error.hpp>

#include <algorithm>
#include <string>

using namespace hawser::test;
using Phase = Failure::Phase;

namespace {

/// The expected failure, and a part of its message.
struct Expected {
    error code;
    Phase phase;
    std::string fragment;
};

void check_text(const Request& request, const Outcome& outcome, const Expected& expected) {
    CAPTURE(outcome.what, outcome.ec.message());
    CHECK(hawser::error_of(outcome.ec) == expected.code);
    REQUIRE(outcome.failure);
    CHECK(outcome.failure.code() == outcome.ec);
    CHECK(hawser::to_string(outcome.failure.phase()) ==
          std::string(hawser::to_string(expected.phase)));
    CHECK(outcome.what == outcome.failure.message());
    CHECK(outcome.what.find(expected.fragment) != std::string::npos);
    CHECK(outcome.what.find("secret") == std::string::npos);
    CHECK(std::all_of(
        outcome.what.begin(), outcome.what.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(outcome.failure.method() == request.method);
    CHECK(outcome.failure.url().find(request.url.host_header()) != std::string::npos);
    CHECK(outcome.what.find(request.method + ' ' + outcome.failure.url().substr(0, 100)) == 0);
}

/// Checks that the request, with secrets in every place where a caller may put them, fails alike in
/// every style.
void check(Request request, const Expected& expected, const ClientSetup& setup = {}) {
    request.headers.add("Authorization", "Bearer secret");
    for (const Style& style : all_styles()) {
        CAPTURE(style.name);
        check_text(request, style.run(request, setup), expected);
    }
}

/// A GET with credentials.
Request get(const ScriptServer& server, const std::string& path = "/") {
    const std::string url = server.url(path);
    const std::size_t host = url.find("//") + 2;
    return {"GET", url.substr(0, host) + "joe:secret@" + url.substr(host) + "#secret"};
}

/// Responds to every request with `bytes`, and then does something with the connection.
Script say(
    const std::string& bytes, void (*then)(Peer&) = [](Peer&) {}) {
    return [=](Peer& peer) {
        if (peer.read_request()) {
            peer.send(bytes);
            then(peer);
        }
    };
}
void stay(Peer& peer) {
    peer.wait_for_eof();
}
void reset(Peer& peer) {
    peer.reset();
}

std::string closed_port() {
    const ScriptServer closed{say("")};
    return closed.url();
}

const std::string ten = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

}  // namespace

TEST_CASE("a missing response head says why") {
    const Expected closed{error::server_closed, Phase::head, "127.0.0.1:"};
    const ScriptServer nothing{say("")};
    check(get(nothing), closed);
    const ScriptServer half{say("HTTP/1.1 200 OK\r\nX: ")};
    check(get(half), {error::bad_response, Phase::head, "ended within the head"});
    const ScriptServer gone{say("", reset)};
    check(get(gone), {error::connection_reset, Phase::head, "reset"});
    const ScriptServer garbage{say("HTTX/1.1 200\r\n\r\n", stay)};
    check(get(garbage), {error::bad_response, Phase::head, "127.0.0.1:"});
    const ScriptServer silent{say("", stay)};
    Request late = get(silent);
    late.options.response_header_timeout = 30ms;
    check(late, {error::header_timeout, Phase::head, "in time: after 30 ms"});
    Request expired = get(silent);
    expired.options.timeout = 300ms;  // enough for the request to leave on a busy machine
    check(expired, {error::total_timeout, Phase::head, "passed: after 300 ms"});
}

TEST_CASE("a truncated response body says how much of it arrived") {
    const ScriptServer cut{say(ten + "12345")};
    check(get(cut), {error::incomplete_body, Phase::body, "after 5 of 10 bytes"});
    const ScriptServer gone{say("HTTP/1.1 200 OK\r\n\r\n12345", reset)};
    check(get(gone), {error::incomplete_body, Phase::body, "reset"});
    const ScriptServer chunk{
        say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nxyz\r\n", stay)};
    check(get(chunk), {error::bad_response, Phase::body, "after 2 bytes"});
    const ScriptServer slow{say(ten + "12345", stay)};
    ClientSetup idle;
    idle.options.transport.body_idle_timeout = 30ms;
    check(get(slow), {error::idle_timeout, Phase::body, "after 30 ms, after 5 of 10 bytes"}, idle);
    Request expired = get(slow);
    expired.options.timeout = 300ms;  // enough for the head to arrive on a busy machine
    check(expired, {error::total_timeout, Phase::body, "after 300 ms, after 5 of 10"});
}

TEST_CASE("a refused response body says why") {
    for (const std::string& text : {respond("123456"), ten + "123456"}) {
        const ScriptServer server{say(text, stay)};
        ClientSetup few;
        few.max = 5;
        check(get(server),
              {error::body_too_large,
               Phase::body,
               "more bytes than the read, or max_fetch_bytes, allows"},
              few);
        ClientSetup limited;
        limited.options.transport.max_response_body_bytes = 4;
        check(get(server), {error::body_too_large, Phase::head, "127.0.0.1"}, limited);
    }
    for (const std::string text : {"1234", "123456"}) {  // complete with the head, or not
        const ScriptServer coded{
            say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n" + text,
                [](Peer& peer) {
                    peer.send("56");
                    stay(peer);
                })};
        check(get(coded), {error::decode_error, Phase::body, "http://127.0.0.1:"});
    }
}

TEST_CASE("a request that is refused says what is wrong with it") {
    const ScriptServer server{hello_server()};
    const auto invalid = [](const std::string& fragment) {
        return Expected{error::invalid_request, Phase::request, fragment};
    };
    Request name = get(server);
    name.headers.add("A", "1");
    name.headers.add("Bad\r\nName", "secret");
    check(name, invalid("header field 2, \"Bad\\r\\nName\": the name is not a token"));
    Request length = get(server);
    length.headers.add("Content-Length", "5");
    check(length, invalid("\"Content-Length\" belongs to the library"));
    Request timeout = get(server);
    timeout.options.timeout = -1ms;
    check(timeout, invalid("RequestOptions::timeout is negative"));
    Request tunnel = get(server);
    tunnel.method = "CONNECT";
    check(tunnel, invalid("CONNECT needs Request::host"));
    Request trailers = get(server);
    trailers.trailers.add("X", "secret");
    check(trailers, invalid("trailers need a body"));
    Request upload = get(server);
    upload.body = RequestBody::file("/nowhere/secrets");
    std::error_code ec;
    Client client;
    CHECK(client.send(upload, ec).failure.phase() == Phase::request);
    CHECK(ec == error::request_body_error);
}

TEST_CASE("a connection that cannot be made says why") {
    const Request refused{"GET", closed_port()};
    const std::string host{refused.url.host_header()};
    check(refused, {error::connect_failed, Phase::connect, "no connection to the host"});
    const ScriptServer tls{say(respond("")), {.tls = good_tls()}};
    check(get(tls), {error::cert_error, Phase::tls, "certificate"});
}

TEST_CASE("a request that ends while its connection is made names the address") {
    const FullListener full;  // never answers a connect
    Request connecting{"GET", full.url()};
    connecting.options.timeout = 50ms;
    check(connecting, {error::total_timeout, Phase::connect, "(connecting, 127.0.0.1:"});
    Gate over;
    const ScriptServer silent{[&](Peer& peer) { peer.await(over); }};
    Request in_tls{"GET", silent.https_url()};
    in_tls.options.timeout = 400ms;  // enough to connect on a busy machine
    check(in_tls, {error::total_timeout, Phase::tls, "handshake, 127.0.0.1:"});
    over.open();
}

TEST_CASE("a connection made ahead that fails names its URL and the address") {
    const std::string closed = closed_port();
    const std::string url = "http://user:secret@" + closed.substr(closed.find("://") + 3);
    IoThread io;
    Client on_io{io.executor()};
    Client blocking;
    const auto what = [](const auto& preconnect) -> std::string {
        try {
            preconnect();
        } catch (const hawser::RequestError& error) {
            CHECK(error.failure().method().empty());
            return error.what();
        }
        return "";
    };
    for (const std::string& text :
         {what([&] { blocking.transport()->preconnect(url, 1); }),
          what([&] { on_io.transport()->async_preconnect(url, 1, asio::use_future).get(); })}) {
        CAPTURE(text);
        CHECK(text.find(closed + ": no connection") == 0);
        CHECK(text.find("(connecting, 127.0.0.1:") != std::string::npos);
    }
    const std::string none = what([&] { blocking.transport()->preconnect("http://a b/", 1); });
    CHECK(none.find("\"http://a b/\"") != std::string::npos);
    blocking.transport()->shutdown(0ms);
    CHECK(what([&] { blocking.transport()->preconnect(url, 1); }).find(closed + ": the client") ==
          0);
}

TEST_CASE("a request that waits for a connection says what keeps it waiting") {
    Gate over;
    const ScriptServer server{[&](Peer& peer) {
        if (peer.read_request()) {
            peer.await(over);
        }
    }};
    IoThread io;
    Client client{
        io.executor(),
        {.transport = {.max_conns_per_host = 1, .max_waiters = 1, .pool_wait_timeout = 300ms}}};
    auto served = client.async_get(server.url(), asio::use_future);
    auto waits = client.async_get(server.url(), asio::use_future);
    const auto failing = [](auto& future) {
        try {
            future.get();
        } catch (...) {
            return outcome_of(std::current_exception());
        }
        return Outcome{};
    };
    auto refused = client.async_get(server.url(), asio::use_future);
    const Request request{"GET", server.url()};
    check_text(
        request, failing(refused), {error::too_many_waiters, Phase::queue, "max_waiters is 1"});
    check_text(request,
               failing(waits),
               {error::pool_wait_timeout, Phase::queue, "after 300 ms (pool_wait_timeout)"});
    auto ends = client.async_get(server.url(), asio::use_future);
    client = Client(io.executor());
    check_text(request, failing(ends), {error::client_closed, Phase::queue, "client is closed"});
    over.open();
    CHECK(failing(served).failure.phase() == Phase::head);
}

TEST_CASE("a second attempt is distinguished from the first") {
    const ScriptServer server{
        in_order({say(respond("once"), [](Peer& peer) { (void)peer.read_request(); }), say("")})};
    Client client;
    CHECK(client.get(server.url()).body.read_all() == "once");
    std::error_code ec;
    const Failure failure = client.get(server.url(), ec).failure;
    CHECK(ec == error::server_closed);
    CHECK(failure.attempt() == 2);
    CHECK(failure.message().find("attempt 2") != std::string::npos);
}

TEST_CASE("tokens that take an error code get one, and tokens that throw get our exception") {
    const ScriptServer server{say("")};
    IoThread io;
    Client client(io.executor());
    const auto run = [&]() -> asio::awaitable<int> {
        const auto [ec, response] =
            co_await client.async_get(server.url(), as_tuple(asio::use_awaitable));
        CHECK(ec == error::server_closed);
        CHECK(response.failure.phase() == Phase::head);
        std::error_code redirected;
        co_await client.async_get(server.url(),
                                  asio::redirect_error(asio::use_awaitable, redirected));
        CHECK(redirected == error::server_closed);
        asio::cancellation_signal signal;
        int thrown = 0;
        try {
            co_await client.async_get(
                server.url(),
                asio::bind_cancellation_slot(
                    signal.slot(),
                    asio::bind_allocator(std::allocator<char>(), asio::use_awaitable)));
        } catch (const RequestError&) {
            ++thrown;
        }
        co_return thrown;
    };
    CHECK(asio::co_spawn(io.executor(), run(), asio::use_future).get() == 1);
}

TEST_CASE("reads of an upgraded connection say why they fail") {
    const ScriptServer server{
        say("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", reset)};
    Request request{"GET", server.url()};
    request.headers.set("Connection", "Upgrade");
    request.headers.set("Upgrade", "x");
    Client client;
    hawser::UpgradedStream stream = client.send(request).upgrade();
    char byte = 0;
    std::error_code ec;
    stream.read_some(asio::buffer(&byte, 1), ec);
    CHECK(ec == error::incomplete_body);
    CHECK(stream.failure().message().find("GET " + server.url()) == 0);
    try {
        stream.write_some(asio::buffer(&byte, 1));
        FAIL("written");
    } catch (const RequestError& e) {
        CHECK(e.failure().phase() == Phase::body);
        CHECK(e.failure().cause() == std::errc::connection_reset);
    }
}

TEST_CASE("an invalid URL is reported in every style") {
    for (const std::string url : {"http://bad host/", "ftp://a/"}) {
        Client client;
        std::error_code ec;
        const Failure failure = client.get(url, ec).failure;
        CAPTURE(failure);
        CHECK(ec == error::invalid_url);
        CHECK(failure.phase() == Phase::request);
        CHECK_FALSE(failure.reason().empty());
    }
}

TEST_CASE("the trace learns why a dial failed, and why the attempt did") {
    struct Trace final : hawser::ClientTrace {
        void dial_failed(const Failure& failure) override { dial = failure; }
        void attempt_end(const AttemptEnd& end) override { attempt = end.failure; }
        Failure dial;
        Failure attempt;
    };
    const auto trace = std::make_shared<Trace>();
    Request request{"GET", closed_port()};
    request.options.trace = trace;
    Client client;
    std::error_code ec;
    (void)client.send(request, ec);
    CHECK(ec == error::connect_failed);
    CHECK(trace->dial.code() == ec);
    CHECK(trace->dial.phase() == Phase::connect);
    CHECK(trace->attempt.message().find("GET http://127.0.0.1:") == 0);
}

TEST_CASE("middleware that passes on an error passes on everything known about it") {
    class Pass final : public hawser::CoroutineRoundTripper {
    public:
        explicit Pass(std::shared_ptr<hawser::RoundTripper> next)
            : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)) {}
        asio::awaitable<Response> round_trip(Request request) override {
            if (request.url.path() == "/own") {
                throw std::runtime_error("no\ntoken");
            }
            co_return co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
        }

    private:
        std::shared_ptr<hawser::RoundTripper> next_;
    };
    const ScriptServer server{say("")};
    IoThread io;
    Client client(std::make_shared<Pass>(std::make_shared<hawser::Transport>(io.executor())));
    try {
        client.get(server.url());
        FAIL("no error");
    } catch (const RequestError& e) {
        CHECK(e.code() == error::server_closed);
        CHECK(e.failure().phase() == Phase::head);
        CHECK(std::string(e.what()).find("GET " + server.url()) == 0);
    }
    std::error_code ec;
    const Failure own = client.get(server.url("/own"), ec).failure;
    CHECK(ec == error::invalid_request);
    CHECK(own.reason().find("no\\ntoken") != std::string::npos);
}

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0

// The seam between Client and Transport: mocks instead of a transport, middleware in front of one.

#include "../support/echo.hpp"
#include "../support/scene.hpp"
#include "../support/wire_tests.hpp"
#include <hawser/coroutine_round_tripper.hpp>

#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace hawser::test;

namespace {

/// One coroutine, given as a function.
class Middleware final : public hawser::CoroutineRoundTripper {
public:
    using Function = std::function<asio::awaitable<Response>(Request)>;

    Middleware(asio::any_io_executor executor, Function function)
        : CoroutineRoundTripper(std::move(executor)), function_(std::move(function)) {}

    asio::awaitable<Response> round_trip(Request request) override {
        return function_(std::move(request));
    }
    void close_idle_connections() override { ++closes; }

    int closes = 0;

private:
    Function function_;
};

/// A round tripper without any coroutine: responds at once, inside the call.
class Mock final : public RoundTripper {
public:
    explicit Mock(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    executor_type get_executor() const noexcept override { return executor_; }
    void start_round_trip(Request request, hawser::RoundTripHandler handler) override {
        Response response;
        response.status = 404;
        response.headers.set("X-Method", request.method);
        std::move(handler)({}, std::move(response));
    }

private:
    asio::any_io_executor executor_;
};

}  // namespace

TEST_CASE("any round tripper can serve a client, and a missing body is empty", "[F-C02][F-C05]") {
    IoThread io;
    const Client client{std::make_shared<Mock>(io.executor())};
    Response res = Client(client).get("http://host.example/");
    CHECK(res.status == 404);
    CHECK(res.headers.get("X-Method") == "GET");
    char byte = 0;
    std::error_code ec;
    CHECK(res.body.read_some(asio::buffer(&byte, 1), ec) == 0);
    CHECK(ec == asio::error::eof);
    CHECK(res.body.read_all().empty());
    CHECK(client.transport() == nullptr);
    CHECK(client.stats().open == 0);
    Gate done;
    bool inside = true;
    asio::post(io.executor(), [&] {
        Client(client).async_get("http://host.example/", [&](std::error_code code, Response) {
            CHECK_FALSE(code);
            CHECK_FALSE(inside);  // although the mock responded inside its call
            done.open();
        });
        inside = false;
    });
    done.wait();
    io.finish();
}

TEST_CASE("middleware sees requests and responses, with unread bodies", "[B-31]") {
    FdGuard fds;
    const auto large = pattern(3'000'000);
    ScriptServer server{keep_alive_server([&](const ReceivedRequest& request) {
        return respond(request.header("X-Attempt").value_or("-") == "1" ? "no" : large);
    })};
    IoThread io;
    {
        const auto transport = std::make_shared<hawser::Transport>(io.executor());
        std::vector<std::optional<std::chrono::milliseconds>> timeouts;
        const auto middleware = std::make_shared<Middleware>(
            io.executor(), [&](Request request) -> asio::awaitable<Response> {
                timeouts.push_back(request.options.timeout);
                request.headers.set("X-Attempt", "1");
                Response first = co_await transport->async_round_trip(request, asio::use_awaitable);
                request.headers.set("X-Attempt", "2");
                Response second =
                    co_await transport->async_round_trip(std::move(request), asio::use_awaitable);
                second.headers.set("X-First", std::to_string(*first.content_length));
                co_return second;
            });
        Client client{middleware, ClientOptions{.timeout = 20s}};
        Response res = client.get(server.url());
        CHECK(res.headers.get("X-First") == "2");
        CHECK(transport->stats().active == 1);
        CHECK(res.body.read_all() == large);
        CHECK(transport->stats().idle == 1);
        CHECK(server.connections() == 1);
        CHECK(timeouts == decltype(timeouts){20s});
        client.close_idle_connections();  // [F-C06] up to the middleware
        CHECK(middleware->closes == 1);
        CHECK(transport->stats().idle == 1);
        transport->close_idle_connections();
    }
    io.finish();
}

TEST_CASE("an exception from a middleware's coroutine is the error of its request", "[B-31]") {
    IoThread io;
    const auto fails = [&](auto failure) {
        Client client{std::make_shared<Middleware>(io.executor(),
                                                   [failure](Request) -> asio::awaitable<Response> {
                                                       throw failure;
                                                       co_return Response();
                                                   })};
        std::error_code ec;
        client.get("http://host.example/", ec);
        return ec;
    };
    CHECK(fails(std::system_error(make_error_code(error::decode_limit))) == error::decode_limit);
    CHECK(fails(std::runtime_error("anything")) == error::invalid_request);
    CHECK(fails(1) == error::invalid_request);
    io.finish();
}

TEST_CASE("a cancellation reaches the middleware, and through it the transport", "[F-C14]") {
    Scene scene(moody);
    const bool in_middleware = GENERATE(true, false);
    const auto type = GENERATE(asio::cancellation_type::terminal,
                               asio::cancellation_type::partial,
                               asio::cancellation_type::total);
    Gate begun;
    bool left = false;
    Client client{std::make_shared<Middleware>(
        scene.io.executor(), [&](Request request) -> asio::awaitable<Response> {
            struct Leave {
                bool& left;
                ~Leave() { left = true; }
            } leave{left};
            if (in_middleware) {
                asio::steady_timer never(scene.io.executor(), 1h);
                begun.open();
                co_await never.async_wait(asio::use_awaitable);
            }
            co_return co_await scene.client.transport()->async_round_trip(std::move(request),
                                                                          asio::use_awaitable);
        })};
    Call<Response> call;
    client.async_get(scene.server.url("/stuck"), call.handler());
    in_middleware ? begun.wait() : scene.server.wait_for_requests(1);
    call.cancel(scene.io.executor(), type);
    CHECK(call.outcome() == aborted);
    CHECK(left);
    CHECK(call.completions == 1);
    scene.server.wait_for_open(0);
}

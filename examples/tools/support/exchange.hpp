// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/client_trace.hpp>
#include <hawser/coroutine_round_tripper.hpp>
#include <hawser/hawser.hpp>

#include <asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tools {

using Clock = std::chrono::steady_clock;

/// From its first event to its last one; unset if there was none.
struct Span {
    std::optional<Clock::time_point> from{};
    std::optional<Clock::time_point> to{};

    void start() {
        if (!from) {
            from = Clock::now();
        }
    }
    void stop() { to = Clock::now(); }
};

/// When each phase of one attempt began and ended. Dial phases belong to the dial that was made for
/// the request; it may have been sent on another connection meanwhile.
struct Attempt {
    Clock::time_point begin = Clock::now();
    Span dns{};
    Span connect{};
    Span tls{};
    std::optional<Clock::time_point> got_conn{};
    std::optional<Clock::time_point> wrote{};
    std::optional<Clock::time_point> first_byte{};
    std::optional<Clock::time_point> end{};
    hawser::ConnectionInfo connection{};
    std::uint64_t written = 0;
    std::uint64_t received = 0;
    bool kept = false;      ///< the connection was idle afterwards
    std::string failure{};  ///< why there was no response, or not all of it
    bool retried = false;   ///< another attempt follows
};

/// A request and what came of it. Each redirect is an exchange of its own.
struct Exchange {
    std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
    Clock::time_point begin = Clock::now();
    std::string method{};
    hawser::Url url{};
    hawser::Headers sent{};  ///< of the last attempt, as they were written
    std::vector<Attempt> attempts{};
    int status = 0;  ///< 0: there was no response
    std::string reason{};
    hawser::Version version = hawser::Version::http_1_1;
    hawser::Headers received{};
    std::string failure{};

    Clock::time_point end() const {
        return attempts.empty() ? begin : attempts.back().end.value_or(attempts.back().begin);
    }
    std::string redirect() const {
        const bool is_redirect = status >= 300 && status < 400;
        return is_redirect ? std::string(received.get("Location").value_or("")) : std::string();
    }
};

/// Fills an Exchange from the events of its request.
class ExchangeTrace : public hawser::ClientTrace {
public:
    explicit ExchangeTrace(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

    Exchange& exchange() { return *exchange_; }

    void attempt_begin(unsigned /*number*/) override {
        exchange_->attempts.emplace_back();
        exchange_->sent.clear();
    }
    void attempt_end(const AttemptEnd& end) override {
        Attempt& attempt = now();
        attempt.end = Clock::now();
        attempt.written = end.written;
        attempt.received = end.received;
        if (end.ec) {
            attempt.failure = end.failure ? end.failure.message() : end.ec.message();
        }
    }
    void retry(hawser::Retry /*reason*/) override { now().retried = true; }
    void got_conn(const hawser::ConnectionInfo& connection, std::chrono::nanoseconds) override {
        now().got_conn = Clock::now();
        now().connection = connection;
    }
    void put_idle_conn(std::uint64_t /*id*/, hawser::Reuse reuse) override {
        now().kept = reuse == hawser::Reuse::yes;
    }
    void dns_start(std::string_view /*host*/) override { now().dns.start(); }
    void dns_done(std::error_code, std::span<const Endpoint>) override { now().dns.stop(); }
    void connect_start(const Endpoint& /*address*/) override { now().connect.start(); }
    void connect_done(const Endpoint&, std::error_code) override { now().connect.stop(); }
    void tls_handshake_start() override { now().tls.start(); }
    void tls_handshake_done(std::error_code /*ec*/) override { now().tls.stop(); }
    void wrote_header_field(std::string_view name, std::string_view value) override {
        exchange_->sent.add(name, value);
    }
    void wrote_request(std::error_code /*ec*/) override { now().wrote = Clock::now(); }
    void got_first_response_byte() override { now().first_byte = Clock::now(); }

private:
    Attempt& now() { return exchange_->attempts.back(); }

    std::shared_ptr<Exchange> exchange_;
};

/// All exchanges of a client, in the order in which they began. For one thread.
using Exchanges = std::deque<std::shared_ptr<Exchange>>;
using MakeTrace = std::function<std::shared_ptr<ExchangeTrace>(std::shared_ptr<Exchange>)>;

/// Middleware that records each exchange of a client: it is below the client's redirects, so that
/// it sees every hop with its response.
class ExchangeRecorder final : public hawser::CoroutineRoundTripper {
public:
    ExchangeRecorder(std::shared_ptr<hawser::RoundTripper> next,
                     std::shared_ptr<Exchanges> into,
                     MakeTrace make_trace)
        : CoroutineRoundTripper(next->get_executor()),
          next_(std::move(next)),
          into_(std::move(into)),
          make_trace_(std::move(make_trace)) {}

    asio::awaitable<hawser::Response> round_trip(hawser::Request request) override {
        const auto exchange = into_->emplace_back(std::make_shared<Exchange>());
        exchange->method = request.method;
        exchange->url = request.url;
        request.options.trace = make_trace_(exchange);
        try {
            hawser::Response response =
                co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
            exchange->status = response.status;
            exchange->reason = response.reason;
            exchange->version = response.version;
            exchange->received = response.headers;
            co_return response;
        } catch (const std::exception& e) {
            exchange->failure = e.what();
            throw;
        }
    }
    void close_idle_connections() override { next_->close_idle_connections(); }

private:
    std::shared_ptr<hawser::RoundTripper> next_;
    std::shared_ptr<Exchanges> into_;
    MakeTrace make_trace_;
};

/// For ClientOptions::middleware.
inline hawser::Middleware record_exchanges(
    std::shared_ptr<Exchanges> into, MakeTrace make_trace = [](auto exchange) {
        return std::make_shared<ExchangeTrace>(exchange);
    }) {
    return [=](std::shared_ptr<hawser::RoundTripper> next) {
        return std::make_shared<ExchangeRecorder>(next, into, make_trace);
    };
}

}  // namespace tools

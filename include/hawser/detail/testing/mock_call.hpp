// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// One request to a MockTransport: reads its body, finds its answer, waits, and completes it.

#include <hawser/detail/rt/blocking_loop.hpp>
#include <hawser/detail/testing/mock_book.hpp>
#include <hawser/detail/transport/stand_in.hpp>
#include <hawser/failure.hpp>
#include <hawser/request.hpp>
#include <hawser/response.hpp>
#include <hawser/round_tripper.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::testing::detail {

/// A coroutine on a strand, which keeps it alive. Only start() and end() are called elsewhere.
class MockCall : public std::enable_shared_from_this<MockCall> {
public:
    MockCall(std::shared_ptr<MockBook> book,
             std::shared_ptr<BlockingLoop> loop,
             Request request,
             RoundTripHandler handler)
        : book_(std::move(book)),
          loop_(std::move(loop)),
          strand_(asio::make_strand(loop_->executor())),
          request_(std::move(request)),
          listener_(request_.options),
          handler_(std::move(handler)),
          deadline_(strand_) {}

    void start();
    /// Fails the request, unless it is over.
    void end(std::error_code cause) noexcept;

private:
    struct Stop {
        void operator()() const noexcept { end(call, error::canceled); }
        std::weak_ptr<MockCall> call;
    };

    static void end(const std::weak_ptr<MockCall>& call, std::error_code cause) noexcept {
        if (const auto still = call.lock()) {
            still->end(cause);
        }
    }
    void begin();
    asio::awaitable<void> run();
    asio::awaitable<void> receive();
    void receive_text();
    asio::awaitable<void> wait(std::chrono::milliseconds time);
    asio::awaitable<void> answer(const MockOutcome& outcome);
    void set_deadline();
    void respond(const Reply& reply, std::error_code broken);
    void write_head(std::optional<std::uint64_t> length);
    void finished(const std::exception_ptr& exception);
    Failure describe(std::error_code ec, Failure::Phase phase, Fault fault) const;
    [[noreturn]] void fail(std::error_code ec, Failure::Phase phase, Fault fault) const {
        throw RequestError(describe(ec, phase, std::move(fault)));
    }

    const std::shared_ptr<MockBook> book_;
    const std::shared_ptr<BlockingLoop> loop_;
    const asio::any_io_executor strand_;
    Request request_;
    StandIn listener_;
    ReceivedRequest received_;
    RoundTripHandler handler_;
    Response response_;

    asio::cancellation_signal signal_;
    asio::steady_timer deadline_;
    std::optional<std::stop_callback<Stop>> watch_;
    std::error_code cause_;  // why it must end early
    bool over_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::testing::detail

#include <hawser/detail/testing/impl/mock_call.hpp>

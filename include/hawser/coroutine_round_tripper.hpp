// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/round_tripper.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <utility>

namespace hawser {

/// Middleware as one coroutine; not part of <hawser/hawser.hpp>.
///
///     class WithToken : public hawser::CoroutineRoundTripper {
///     public:
///         explicit WithToken(std::shared_ptr<hawser::RoundTripper> next)
///             : CoroutineRoundTripper(next->get_executor()), next_(std::move(next)) {}
///
///         asio::awaitable<hawser::Response> round_trip(hawser::Request request) override {
///             request.headers.set("Authorization", "Bearer 1234");
///             co_return co_await next_->async_round_trip(std::move(request), asio::use_awaitable);
///         }
///         …
///     };
///     hawser::Client client{std::make_shared<WithToken>(transport)};
///
/// A std::system_error that leaves the coroutine fails the request with its code; any other exception
/// with error::invalid_request. Cancelling the request cancels the coroutine.
class CoroutineRoundTripper : public RoundTripper {
public:
    /// The coroutine runs on `executor`.
    explicit CoroutineRoundTripper(asio::any_io_executor executor)
        : executor_(std::move(executor)) {}

    executor_type get_executor() const noexcept override { return executor_; }

    /// One request, one response. The object outlives the coroutine.
    virtual asio::awaitable<Response> round_trip(Request request) = 0;

    void start_round_trip(Request request, RoundTripHandler handler) final {
        auto slot = handler.get_cancellation_slot();
        asio::co_spawn(executor_,
                       round_trip(std::move(request)),
                       asio::bind_cancellation_slot(slot, Finish{std::move(handler)}));
    }

private:
    struct Finish {
        void operator()(std::exception_ptr failure, Response response) {
            std::move(handler)(code_of(failure), std::move(response));
        }
        static std::error_code code_of(const std::exception_ptr& failure) noexcept {
            try {
                if (failure) {
                    std::rethrow_exception(failure);
                }
            } catch (const std::system_error& e) {
                return e.code();
            } catch (...) {
                return error::invalid_request;
            }
            return {};
        }

        RoundTripHandler handler;
    };

    asio::any_io_executor executor_;
};

}  // namespace hawser

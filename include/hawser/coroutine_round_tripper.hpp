// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>
#include <hawser/round_tripper.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI {

namespace detail {

inline Failure failure_of_middleware(std::error_code code, const char* what) noexcept {
    try {
        FailureData data;
        data.code = code;
        data.fault.reason = "middleware threw: " + printable(what);
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace detail

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
/// If a std::system_error leaves the coroutine, the request fails with its code; for one of this
/// library's exceptions, also with its Failure. Any other exception fails the request with
/// error::invalid_request. The what() of a foreign exception becomes the reason of the Failure.
/// Canceling the request, with any type, cancels the coroutine.
class CoroutineRoundTripper : public RoundTripper {
public:
    /// The coroutine runs on `executor`.
    explicit CoroutineRoundTripper(asio::any_io_executor executor)
        : executor_(std::move(executor)) {}

    executor_type get_executor() const noexcept override { return executor_; }

    /// Performs one request. The object outlives the coroutine.
    virtual asio::awaitable<Response> round_trip(Request request) = 0;

    void start_round_trip(Request request, RoundTripHandler handler) final {
        auto slot = handler.get_cancellation_slot();
        asio::co_spawn(executor_,
                       serve(*this, std::move(request)),
                       asio::bind_cancellation_slot(slot, Finish{std::move(handler)}));
    }

private:
    // By default, only the terminal type cancels a coroutine.
    static asio::awaitable<Response> serve(CoroutineRoundTripper& self, Request request) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        co_return co_await self.round_trip(std::move(request));
    }

    struct Finish {
        void operator()(std::exception_ptr exception, Response response) {
            std::error_code ec;
            if (exception) {
                ec = code_of(exception, response.failure);
            }
            std::move(handler)(ec, std::move(response));
        }
        /// Also sets `failure` to what is known.
        static std::error_code code_of(const std::exception_ptr& exception,
                                       Failure& failure) noexcept {
            try {
                std::rethrow_exception(exception);
            } catch (const RequestError& e) {
                failure = e.failure();
                return e.code();
            } catch (const std::system_error& e) {
                failure = detail::failure_of_middleware(e.code(), e.what());
                return e.code();
            } catch (const std::exception& e) {
                failure = detail::failure_of_middleware(error::invalid_request, e.what());
            } catch (...) {
                failure = detail::failure_of_middleware(error::invalid_request, "something");
            }
            return error::invalid_request;
        }

        RoundTripHandler handler;
    };

    asio::any_io_executor executor_;
};

}  // namespace hawser::inline HAWSER_ABI

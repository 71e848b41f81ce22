// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A call of user code that completes later, on any thread, or never: to a Resolver or a Dialer.

#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/rt/hand_over.hpp>

#include <asio/cancellation_signal.hpp>

#include <mutex>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Result>
class GuestCall final : public HandOver<Result> {
public:
    using HandOver<Result>::HandOver;

    /// Emits when the result is not wanted anymore, but never while start() is running.
    asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    /// Calls the user's function, with no lock held. What it throws passes through.
    template <class Function>
    void start(Function&& function) {
        struct Started {
            ~Started() {
                if (call.set(State::started) == State::canceled) {
                    call.emit();
                }
            }
            GuestCall& call;
        } const started{*this};
        std::forward<Function>(function)();
    }

    /// As HandOver::forget(); cancels the call if it has not completed. Call with no lock held.
    void forget() noexcept override {
        if (this->drop() && set(State::canceled) == State::started) {
            emit();
        }
    }

private:
    enum class State { starting, started, canceled };

    State set(State next) noexcept {
        std::lock_guard lock(mutex_);
        return std::exchange(state_, next);
    }
    void emit() noexcept {
        Thrown ignored;
        ignored.keep([&] { signal_.emit(asio::cancellation_type::terminal); });
    }

    std::mutex mutex_;
    State state_ = State::starting;
    asio::cancellation_signal signal_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The coroutine type of a connection's loops. Not an asio::strand: a call starts it, the Monitor
// resumes it, and its frame is freed when it returns. Nobody awaits or owns it, so it must not be
// left suspended: whatever it waits for must always arrive, if only as "closed".

#include <coroutine>
#include <exception>
#include <type_traits>

namespace hawser::detail {

class LoopCoroutine {
public:
    class promise_type {
    public:
        promise_type() noexcept = default;
        /// If an exception leaves the loop, loop_failed() of the object whose member function it is
        /// gets called, inside the turn, after the loop's variables are destroyed.
        template <class Owner, class... Others>
        explicit promise_type(Owner& owner, Others&...) noexcept {
            if constexpr (requires { owner.loop_failed(); }) {
                owner_ = &owner;
                using Object = std::remove_reference_t<Owner>;  // g++ 12 deduces a reference
                failed_ = [](void* of) { static_cast<Object*>(of)->loop_failed(); };
            }
        }

        LoopCoroutine get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() { failed_(owner_); }

    private:
        void* owner_ = nullptr;
        void (*failed_)(void* owner) = [](void*) { std::terminate(); };
    };
};

}  // namespace hawser::detail

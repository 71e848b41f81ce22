// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The coroutine type of a connection's loops: started by its call, resumed by the Monitor, gone
// when it returns. Nobody awaits or owns it, so it cannot be destroyed while suspended: what it
// waits for must always come, if only as "closed".

#include <coroutine>
#include <exception>
#include <type_traits>

namespace hawser::detail {

class LoopCoroutine {
public:
    class promise_type {
    public:
        promise_type() noexcept = default;
        /// An exception that leaves the loop is reported to loop_failed() of the object whose
        /// member function it is: within the turn, when the loop's variables are gone.
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

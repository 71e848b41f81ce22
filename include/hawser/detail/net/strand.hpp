// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The coroutine type of a connection's loops: started by its call, resumed by the Monitor, gone
// when it returns. Nobody awaits or owns it, so it cannot be destroyed while suspended: what it
// waits for must always come, if only as "closed".

#include <coroutine>
#include <exception>

namespace hawser::detail {

class Strand {
public:
    struct promise_type {
        Strand get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }  // loops report errors as values
    };
};

}  // namespace hawser::detail

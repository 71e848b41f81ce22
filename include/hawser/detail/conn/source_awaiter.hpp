// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Awaits what a user's source returns. It is apart from BodyPump so that only programs with such a
// source pay for its compilation.

#include <hawser/detail/conn/body_pump.hpp>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>

#include <cstddef>
#include <exception>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Executor>
struct SourceAwaiter<asio::awaitable<std::size_t, Executor>> {
    static void start(void* awaitable, SourceCall call) {
        const asio::any_io_executor executor = call.executor();
        const asio::cancellation_slot slot = call.slot();
        asio::co_spawn(
            executor,
            std::move(*static_cast<asio::awaitable<std::size_t, Executor>*>(awaitable)),
            asio::bind_cancellation_slot(
                slot,
                [call = std::move(call)](std::exception_ptr exception, std::size_t n) mutable {
                    call.awaited(exception, n);
                }));
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail

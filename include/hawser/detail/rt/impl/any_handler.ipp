// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/any_handler.hpp>

#include <asio/dispatch.hpp>
#include <asio/post.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void post_handler(const asio::any_io_executor& executor, AnyHandler handler) {
    asio::post(executor, std::move(handler));
}

HAWSER_DECL void dispatch_handler(const asio::any_io_executor& executor, AnyHandler handler) {
    asio::dispatch(executor, std::move(handler));
}

}  // namespace hawser::inline HAWSER_ABI::detail

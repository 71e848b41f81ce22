// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/caller_run_loop.hpp>
#include <hawser/detail/rt/throw_on.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void throw_on(const asio::any_io_executor& executor, std::exception_ptr exception) {
    post_handler(executor, [exception, use = CallerRunLoop::use(executor)] {
        std::rethrow_exception(exception);
    });
}

}  // namespace hawser::inline HAWSER_ABI::detail

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/rt/context_work.hpp>

#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL bool counts_own_work(const asio::any_io_executor& executor) noexcept {
    using OfContext = asio::io_context::executor_type;
    using OfPool = asio::thread_pool::executor_type;
    const std::type_info& type = executor.target_type();
    return type != typeid(OfContext) && type != typeid(asio::strand<OfContext>) &&
           type != typeid(OfPool) && type != typeid(asio::strand<OfPool>) && executor != nullptr;
}

}  // namespace hawser::inline HAWSER_ABI::detail

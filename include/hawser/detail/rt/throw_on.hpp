// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <asio/any_io_executor.hpp>

#include <exception>

namespace hawser::inline HAWSER_ABI::detail {

/// Throws it out of a function that the executor calls: an exception of user code that belongs to
/// no operation reaches whoever runs the executor. If that is the loop of a client without an
/// executor, the loop runs for it.
HAWSER_DECL void throw_on(const asio::any_io_executor& executor, std::exception_ptr exception);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/rt/impl/throw_on.ipp>
#endif

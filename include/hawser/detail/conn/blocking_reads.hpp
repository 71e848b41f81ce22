// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads of a response body whose caller waits on its own thread. Neither waits if the bytes have
// already arrived.

#include <hawser/config.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class BlockingLoop;
class UnreadBody;

/// ResponseBody::read_some(). `loop` may be null if all bytes of the body are held.
std::size_t read_some_blocking(UnreadBody& body,
                               BlockingLoop* loop,
                               std::span<char> out,
                               std::error_code& ec);

/// ResponseBody::read_all(). `loop` may be null if all bytes of the body are held.
std::string read_all_blocking(UnreadBody& body,
                              BlockingLoop* loop,
                              std::size_t max,
                              std::error_code& ec);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/blocking_reads.ipp>
#endif

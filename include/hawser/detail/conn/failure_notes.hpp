// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection knows about the failure of the exchange that it serves. Notes are made only
// when there is a failure, and must not fail themselves: if memory is short, the code must suffice.
// The first note is closest to the cause, and is kept.

#include <hawser/config.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/failure.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// The exchange fails with `code`. If there is no fault, the response adds what it knows.
HAWSER_COLD void note_failure(Exchange& exchange,
                              const Wire& wire,
                              const Incoming& in,
                              std::error_code code,
                              Fault fault = {}) noexcept;

/// The exchange fails with `code` because the stream failed with `io`.
HAWSER_COLD void note_lost(Exchange& exchange,
                           const Wire& wire,
                           const Incoming& in,
                           std::error_code io,
                           std::error_code code) noexcept;

/// The source of the request body failed. If there is no fault, it delivered too many bytes, or,
/// with `ended`, too few.
HAWSER_COLD void note_source(
    Exchange& exchange, const Wire& wire, std::error_code code, Fault fault, bool ended) noexcept;

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/failure_notes.ipp>
#endif

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection knows of the failure of the exchange that it serves. All of it is made when
// there is a failure, and none of it may be one: without memory the code has to say it all. The
// first note is nearest to the cause, and stays.

#include <hawser/config.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/failure.hpp>

#include <system_error>

namespace hawser::detail {

/// The exchange fails with `code`. Without a fault the response says what it knows.
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

/// The source of the request body failed; without a fault it gave too much, or with `ended` too
/// little.
HAWSER_COLD void note_source(
    Exchange& exchange, const Wire& wire, std::error_code code, Fault fault, bool ended) noexcept;

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/failure_notes.ipp>
#endif

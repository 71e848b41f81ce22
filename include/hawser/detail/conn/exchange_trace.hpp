// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection reports to the trace of the exchange that it serves. Call only for an exchange
// with a trace, within a turn; the trace is called after the turn.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/reasons.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::inline HAWSER_ABI::detail {

/// Skipped if memory is short: the connection already has the exchange.
HAWSER_COLD void tell_got_conn(Monitor& monitor,
                               Exchange& exchange,
                               const ConnectionInfo& conn,
                               TimePoint::duration idle_for);
/// `n` more bytes of the request have been written.
HAWSER_COLD void tell_written(Monitor& monitor, Exchange& exchange, std::size_t n);
HAWSER_COLD void tell_go_ahead(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_wrote_request(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_first_byte(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_interim(Monitor& monitor, Exchange& exchange, const ResponseHead& head);
/// Lines of the head that are not fields.
HAWSER_COLD void tell_ignored(Monitor& monitor, Exchange& exchange, ResponseReader& response);
HAWSER_COLD void tell_put(Monitor& monitor, Exchange& exchange, std::uint64_t conn, Reuse reuse);

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/exchange_trace.ipp>
#endif

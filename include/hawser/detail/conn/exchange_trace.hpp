// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection tells the trace of the exchange that it serves. Only for an exchange that has
// one, within a turn: the trace is told after it.

#include <hawser/config.hpp>
#include <hawser/connection_info.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/time_point.hpp>
#include <hawser/reasons.hpp>

#include <cstddef>
#include <cstdint>

namespace hawser::detail {

/// Left out for want of memory: the exchange is the connection's from here on.
HAWSER_COLD void tell_got_conn(Monitor& monitor,
                               Exchange& exchange,
                               const ConnectionInfo& conn,
                               TimePoint::duration idle_for);
/// `n` more bytes of the request are written.
HAWSER_COLD void tell_written(Monitor& monitor, Exchange& exchange, std::size_t n);
HAWSER_COLD void tell_go_ahead(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_wrote_request(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_first_byte(Monitor& monitor, Exchange& exchange);
HAWSER_COLD void tell_interim(Monitor& monitor, Exchange& exchange, const ResponseHead& head);
/// Lines of the head that are no fields.
HAWSER_COLD void tell_ignored(Monitor& monitor, Exchange& exchange, ResponseReader& response);
HAWSER_COLD void tell_put(Monitor& monitor, Exchange& exchange, std::uint64_t conn, Reuse reuse);

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/exchange_trace.ipp>
#endif

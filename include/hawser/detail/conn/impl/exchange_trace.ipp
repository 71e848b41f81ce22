// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/exchange_trace.hpp>

#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

template <class Tell>
void tell_after_turn(Monitor& monitor, Exchange& exchange, Tell tell) {
    if (exchange.request.trace->add(std::move(tell))) {
        monitor.after(*exchange.request.trace);
    }
}

/// Visits the "Name: value" lines of a sent head, without its request line.
template <class F>
void for_each_written_field(std::string_view head, F f) {
    std::size_t at = head.find("\r\n") + 2;
    for (std::size_t end = 0; (end = head.find("\r\n", at)) > at; at = end + 2) {
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        f(line.substr(0, colon), line.substr(colon + 2));
    }
}

HAWSER_DECL void tell_got_conn(Monitor& monitor,
                               Exchange& exchange,
                               const ConnectionInfo& conn,
                               TimePoint::duration idle_for) {
    try {
        ConnectionInfo info = conn;
        info.reused = exchange.attempt.reused;
        tell_after_turn(monitor, exchange, [info = std::move(info), idle_for](ClientTrace& trace) {
            trace.got_conn(info, idle_for);
        });
    } catch (const std::bad_alloc&) {
    }
}

// The head is complete once as many bytes have been written as it has.
HAWSER_DECL void tell_written(Monitor& monitor, Exchange& exchange, std::size_t n) {
    const HeadBuffer& head = exchange.request.head;
    const std::uint64_t before = exchange.attempt.written - n;
    if (before < head.size() && exchange.attempt.written >= head.size()) {
        tell_after_turn(monitor, exchange, [sent = head](ClientTrace& trace) {
            for_each_written_field(sent, [&](std::string_view name, std::string_view value) {
                trace.wrote_header_field(name, value);
            });
            trace.wrote_headers();
        });
    }
}

HAWSER_DECL void tell_go_ahead(Monitor& monitor, Exchange& exchange) {
    tell_after_turn(monitor, exchange, [](ClientTrace& trace) { trace.wait_100_continue(); });
}

HAWSER_DECL void tell_wrote_request(Monitor& monitor, Exchange& exchange) {
    const std::error_code ec = exchange.attempt.outgoing.error();
    tell_after_turn(monitor, exchange, [ec](ClientTrace& trace) { trace.wrote_request(ec); });
}

HAWSER_DECL void tell_first_byte(Monitor& monitor, Exchange& exchange) {
    tell_after_turn(monitor, exchange, [](ClientTrace& trace) { trace.got_first_response_byte(); });
}

HAWSER_DECL void tell_interim(Monitor& monitor, Exchange& exchange, const ResponseHead& head) {
    const bool awaited = head.status == 100 && exchange.attempt.outgoing.awaits_go_ahead();
    auto tell = [awaited, status = head.status, headers = head.headers](ClientTrace& trace) {
        if (awaited) {
            trace.got_100_continue();
        }
        trace.got_1xx_response(status, headers);
    };
    tell_after_turn(monitor, exchange, std::move(tell));
}

HAWSER_DECL void tell_ignored(Monitor& monitor, Exchange& exchange, ResponseReader& response) {
    for (std::string& line : response.take_ignored()) {
        tell_after_turn(monitor, exchange, [line = std::move(line)](ClientTrace& trace) {
            trace.ignored_line(line);
        });
    }
}

HAWSER_DECL void tell_put(Monitor& monitor, Exchange& exchange, std::uint64_t conn, Reuse reuse) {
    tell_after_turn(
        monitor, exchange, [=](ClientTrace& trace) { trace.put_idle_conn(conn, reuse); });
}

}  // namespace hawser::inline HAWSER_ABI::detail

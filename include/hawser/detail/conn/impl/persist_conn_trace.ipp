// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection tells the trace of the exchange it serves, where that takes more than a line.

#include <hawser/detail/conn/persist_conn.hpp>

namespace hawser::detail {

/// "Name: value" lines of a head as it went out, without its request line.
template <class F>
void for_each_written_field(std::string_view head, F f) {
    std::size_t at = head.find("\r\n") + 2;
    for (std::size_t end = 0; (end = head.find("\r\n", at)) > at; at = end + 2) {
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        f(line.substr(0, colon), line.substr(colon + 2));
    }
}

// Left out for want of memory: the exchange is the connection's from here on.
HAWSER_DECL void PersistConn::tell_got_conn(Exchange& exchange, bool was_idle) {
    const auto idle_for =
        was_idle && reused ? owner_->deadlines().now() - idle_since : TimePoint::duration::zero();
    try {
        ConnectionInfo info = info_;
        info.reused = reused;
        tell(exchange, [info = std::move(info), idle_for](ClientTrace& trace) {
            trace.got_conn(info, idle_for);
        });
    } catch (const std::bad_alloc&) {
    }
}

// The head is out when as many bytes are as it has.
HAWSER_DECL void PersistConn::tell_written(Exchange& exchange, std::size_t n) {
    const std::uint64_t before = exchange.attempt.written - n;
    if (before < exchange.request.head.size() &&
        exchange.attempt.written >= exchange.request.head.size()) {
        tell(exchange, [head = exchange.request.head](ClientTrace& trace) {
            for_each_written_field(head, [&](std::string_view name, std::string_view value) {
                trace.wrote_header_field(name, value);
            });
            trace.wrote_headers();
        });
    }
}

HAWSER_DECL void PersistConn::tell_go_ahead(Exchange& exchange) {
    tell(exchange, [](ClientTrace& trace) { trace.wait_100_continue(); });
}

HAWSER_DECL void PersistConn::tell_wrote_request(Exchange& exchange) {
    tell(exchange, [ec = write_error_](ClientTrace& trace) { trace.wrote_request(ec); });
}

HAWSER_DECL void PersistConn::tell_first_byte(Exchange& exchange) {
    tell(exchange, [](ClientTrace& trace) { trace.got_first_response_byte(); });
}

HAWSER_DECL void PersistConn::tell_interim(Exchange& exchange) {
    const ResponseHead& head = reader_->head();
    const bool awaited = head.status == 100 && expect_ == Expect::waiting;
    tell(exchange, [awaited, status = head.status, headers = head.headers](ClientTrace& trace) {
        if (awaited) {
            trace.got_100_continue();
        }
        trace.got_1xx_response(status, headers);
    });
}

/// Lines of the head that are no fields.
HAWSER_DECL void PersistConn::tell_ignored(Exchange& exchange) {
    for (std::string& line : reader_->take_ignored()) {
        tell(exchange, [line = std::move(line)](ClientTrace& trace) { trace.ignored_line(line); });
    }
}

HAWSER_DECL void PersistConn::tell_put(Exchange& exchange, Reuse reuse) {
    tell(exchange, [=, id = info_.id](ClientTrace& trace) { trace.put_idle_conn(id, reuse); });
}

}  // namespace hawser::detail

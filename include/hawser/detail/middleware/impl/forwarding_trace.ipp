// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/middleware/forwarding_trace.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void ForwardingTrace::attempt_begin(unsigned number) {
    pass(&ClientTrace::attempt_begin, number);
}

HAWSER_DECL void ForwardingTrace::attempt_end(const AttemptEnd& end) {
    pass(&ClientTrace::attempt_end, end);
}

HAWSER_DECL void ForwardingTrace::retry(Retry reason) {
    pass(&ClientTrace::retry, reason);
}

HAWSER_DECL void ForwardingTrace::get_conn(std::string_view host, std::uint16_t port) {
    pass(&ClientTrace::get_conn, host, port);
}

HAWSER_DECL void ForwardingTrace::got_conn(const ConnectionInfo& connection,
                                           std::chrono::nanoseconds idle_for) {
    pass(&ClientTrace::got_conn, connection, idle_for);
}

HAWSER_DECL void ForwardingTrace::put_idle_conn(std::uint64_t connection_id, Reuse reuse) {
    pass(&ClientTrace::put_idle_conn, connection_id, reuse);
}

HAWSER_DECL void ForwardingTrace::dns_start(std::string_view host) {
    pass(&ClientTrace::dns_start, host);
}

HAWSER_DECL void ForwardingTrace::dns_done(std::error_code ec,
                                           std::span<const Endpoint> addresses) {
    pass(&ClientTrace::dns_done, ec, addresses);
}

HAWSER_DECL void ForwardingTrace::connect_start(const Endpoint& address) {
    pass(&ClientTrace::connect_start, address);
}

HAWSER_DECL void ForwardingTrace::connect_done(const Endpoint& address, std::error_code ec) {
    pass(&ClientTrace::connect_done, address, ec);
}

HAWSER_DECL void ForwardingTrace::tls_handshake_start() {
    pass(&ClientTrace::tls_handshake_start);
}

HAWSER_DECL void ForwardingTrace::tls_handshake_done(std::error_code ec) {
    pass(&ClientTrace::tls_handshake_done, ec);
}

HAWSER_DECL void ForwardingTrace::dial_failed(const Failure& failure) {
    pass(&ClientTrace::dial_failed, failure);
}

HAWSER_DECL void ForwardingTrace::wrote_header_field(std::string_view name,
                                                     std::string_view value) {
    pass(&ClientTrace::wrote_header_field, name, value);
}

HAWSER_DECL void ForwardingTrace::wrote_headers() {
    pass(&ClientTrace::wrote_headers);
}

HAWSER_DECL void ForwardingTrace::wait_100_continue() {
    pass(&ClientTrace::wait_100_continue);
}

HAWSER_DECL void ForwardingTrace::got_100_continue() {
    pass(&ClientTrace::got_100_continue);
}

HAWSER_DECL void ForwardingTrace::wrote_request(std::error_code ec) {
    pass(&ClientTrace::wrote_request, ec);
}

HAWSER_DECL void ForwardingTrace::got_first_response_byte() {
    pass(&ClientTrace::got_first_response_byte);
}

HAWSER_DECL void ForwardingTrace::got_1xx_response(int status, const Headers& headers) {
    pass(&ClientTrace::got_1xx_response, status, headers);
}

HAWSER_DECL void ForwardingTrace::ignored_line(std::string_view line) {
    pass(&ClientTrace::ignored_line, line);
}

}  // namespace hawser::inline HAWSER_ABI::detail

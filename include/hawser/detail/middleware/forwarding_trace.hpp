// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A trace that passes every event on to another one, if there is one. To listen to some events,
// override them and call these functions, too.

#include <hawser/client_trace.hpp>
#include <hawser/config.hpp>

#include <memory>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class ForwardingTrace : public ClientTrace {
public:
    explicit ForwardingTrace(std::shared_ptr<ClientTrace> next) noexcept : next_(std::move(next)) {}

    HAWSER_DECL void attempt_begin(unsigned number) override;
    HAWSER_DECL void attempt_end(const AttemptEnd& end) override;
    HAWSER_DECL void retry(Retry reason) override;
    HAWSER_DECL void get_conn(std::string_view host, std::uint16_t port) override;
    HAWSER_DECL void got_conn(const ConnectionInfo& connection,
                              std::chrono::nanoseconds idle_for) override;
    HAWSER_DECL void put_idle_conn(std::uint64_t connection_id, Reuse reuse) override;
    HAWSER_DECL void dns_start(std::string_view host) override;
    HAWSER_DECL void dns_done(std::error_code ec, std::span<const Endpoint> addresses) override;
    HAWSER_DECL void connect_start(const Endpoint& address) override;
    HAWSER_DECL void connect_done(const Endpoint& address, std::error_code ec) override;
    HAWSER_DECL void tls_handshake_start() override;
    HAWSER_DECL void tls_handshake_done(std::error_code ec) override;
    HAWSER_DECL void dial_failed(const Failure& failure) override;
    HAWSER_DECL void wrote_header_field(std::string_view name, std::string_view value) override;
    HAWSER_DECL void wrote_headers() override;
    HAWSER_DECL void wait_100_continue() override;
    HAWSER_DECL void got_100_continue() override;
    HAWSER_DECL void wrote_request(std::error_code ec) override;
    HAWSER_DECL void got_first_response_byte() override;
    HAWSER_DECL void got_1xx_response(int status, const Headers& headers) override;
    HAWSER_DECL void ignored_line(std::string_view line) override;

private:
    template <class... Parameters, class... Arguments>
    void pass(void (ClientTrace::*event)(Parameters...), Arguments&&... arguments) {
        if (next_) {
            (next_.get()->*event)(std::forward<Arguments>(arguments)...);
        }
    }

    const std::shared_ptr<ClientTrace> next_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/middleware/impl/forwarding_trace.ipp>
#endif

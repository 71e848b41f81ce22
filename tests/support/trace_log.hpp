// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A ClientTrace that records its events as one line of text.

#include "gate.hpp"
#include <hawser/client_trace.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <chrono>
#include <string>

namespace hawser::test {

inline std::string name_of(std::error_code ec) {
    const std::pair<std::error_code, const char*> names[] = {
        {error::connect_failed, "connect_failed"},
        {error::server_closed, "server_closed"},
        {error::incomplete_body, "incomplete_body"},
        {error::cert_error, "cert_error"},
        {error::resolve_failed, "resolve_failed"},
        {asio::error::operation_aborted, "operation_aborted"},
    };
    for (const auto& [code, name] : names) {
        if (ec == code || (ec == hawser::error_of(code) && hawser::error_of(code) != error{})) {
            return name;
        }
    }
    return ec ? ec.message() : "";
}

inline const char* name_of(Reuse reuse) {
    switch (reuse) {
        case Reuse::yes:
            return "yes";
        case Reuse::early_close:
            return "early_close";
        case Reuse::failed:
            return "failed";
        case Reuse::not_persistent:
            return "not_persistent";
        case Reuse::write_unfinished:
            return "write_unfinished";
        case Reuse::leftover_bytes:
            return "leftover_bytes";
        case Reuse::upgraded:
            return "upgraded";
        case Reuse::no_room:
            return "no_room";
    }
    return "?";
}

inline const char* name_of(Retry retry) {
    switch (retry) {
        case Retry::no:
            return "no";
        case Retry::unwritten:
            return "unwritten";
        case Retry::idempotent:
            return "idempotent";
        case Retry::with_proxy_credentials:
            return "with_proxy_credentials";
        case Retry::without_expectation:
            return "without_expectation";
    }
    return "?";
}

class TraceLog final : public ClientTrace {
public:
    std::string text;
    int open_attempts = 0;
    Gate ended;  // opens when an attempt has ended

    bool balanced() const { return open_attempts == 0; }

    void attempt_begin(unsigned number) override {
        ++open_attempts;
        add("begin " + std::to_string(number));
    }
    void attempt_end(const AttemptEnd& end) override {
        --open_attempts;
        add("end");
        word(name_of(end.ec));
        word(end.connection_id != 0 ? "conn " + std::to_string(end.connection_id) : "");
        word("out " + std::to_string(end.written) + " in " + std::to_string(end.received));
        ended.open();
    }
    void retry(Retry reason) override { add(std::string("retry ") + name_of(reason)); }
    void get_conn(std::string_view host, std::uint16_t port) override {
        add("get_conn " + std::string(host) + ':' + std::to_string(port));
    }
    void got_conn(const ConnectionInfo& info, std::chrono::nanoseconds idle_for) override {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(idle_for).count();
        add("got_conn " + std::to_string(info.id));
        word(!info.reused ? "new" : ms == 0 ? "reused" : "idle " + std::to_string(ms) + " ms");
    }
    void put_idle_conn(std::uint64_t id, Reuse reuse) override {
        add("put " + std::to_string(id) + ' ' + name_of(reuse));
    }
    void dns_start(std::string_view host) override { add("dns_start " + std::string(host)); }
    void dns_done(std::error_code ec, std::span<const Endpoint> addresses) override {
        add("dns_done");
        word(name_of(ec));
        word(addresses.empty() ? "" : "found");
    }
    void connect_start(const Endpoint& address) override {
        add("connect_start " + address.address().to_string());
    }
    void connect_done(const Endpoint& address, std::error_code ec) override {
        add("connect_done " + address.address().to_string());
        word(name_of(ec));
    }
    void tls_handshake_start() override { add("tls_start"); }
    void tls_handshake_done(std::error_code ec) override {
        add("tls_done");
        word(name_of(ec));
    }
    void wrote_header_field(std::string_view name, std::string_view value) override {
        add(std::string(name) + ": " + std::string(value));
    }
    void wrote_headers() override { add("wrote_headers"); }
    void wait_100_continue() override { add("wait_100"); }
    void got_100_continue() override { add("got_100"); }
    void wrote_request(std::error_code ec) override {
        add("wrote_request");
        word(name_of(ec));
    }
    void got_first_response_byte() override { add("first_byte"); }
    void got_1xx_response(int status, const Headers& headers) override {
        add(std::to_string(status));
        for (const auto& [name, value] : headers) {
            word(std::string(name) + ": " + std::string(value));
        }
    }

    void ignored_line(std::string_view line) override { add("ignored " + std::string(line)); }

private:
    void add(const std::string& what) { text += (text.empty() ? "" : ", ") + what; }
    void word(const std::string& what) { text += what.empty() ? "" : ' ' + what; }
};

}  // namespace hawser::test

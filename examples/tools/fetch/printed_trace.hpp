// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../support/exchange.hpp"
#include "../support/har.hpp"
#include "../support/text.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <system_error>

/// Records an exchange, and prints its events on stderr as they happen, with the time since the
/// request began: ">" what is sent, "*" everything else. Credentials are not shown.
class PrintedTrace final : public tools::ExchangeTrace {
public:
    using ExchangeTrace::ExchangeTrace;

    void attempt_begin(unsigned number) override {
        ExchangeTrace::attempt_begin(number);
        say('*') << "attempt " << number << ": " << exchange().method << ' '
                 << exchange().url.to_string() << '\n';
    }
    void dns_start(std::string_view host) override {
        ExchangeTrace::dns_start(host);
        say('*') << "resolves " << host << '\n';
    }
    void dns_done(std::error_code ec, std::span<const Endpoint> addresses) override {
        ExchangeTrace::dns_done(ec, addresses);
        for (const Endpoint& address : addresses) {
            say('*') << "  has address " << address.address() << '\n';
        }
    }
    void connect_start(const Endpoint& address) override {
        ExchangeTrace::connect_start(address);
        say('*') << "connects to " << address << '\n';
    }
    void connect_done(const Endpoint& address, std::error_code ec) override {
        ExchangeTrace::connect_done(address, ec);
        say('*') << (ec ? "  failed: " + ec.message() : "  connected") << '\n';
    }
    void tls_handshake_done(std::error_code ec) override {
        ExchangeTrace::tls_handshake_done(ec);
        say('*') << (ec ? "TLS failed: " + ec.message() : "TLS is set up") << '\n';
    }
    void got_conn(const hawser::ConnectionInfo& connection,
                  std::chrono::nanoseconds idle_for) override {
        ExchangeTrace::got_conn(connection, idle_for);
        say('*') << "uses connection " << connection.id
                 << (connection.reused ? ", as before" : ", a new one") << ' '
                 << connection.tls_version << ' ' << connection.tls_cipher << '\n';
    }
    void wrote_header_field(std::string_view name, std::string_view value) override {
        ExchangeTrace::wrote_header_field(name, value);
        say('>') << name << ": " << (tools::is_secret(name) ? "***" : value) << '\n';
    }
    void got_first_response_byte() override {
        ExchangeTrace::got_first_response_byte();
        say('*') << "first byte of the response\n";
    }
    void retry(hawser::Retry reason) override {
        ExchangeTrace::retry(reason);
        say('*') << "tries again\n";
    }
    void attempt_end(const AttemptEnd& end) override {
        ExchangeTrace::attempt_end(end);
        say('*') << end.written << " bytes sent, " << end.received << " received; the connection "
                 << (exchange().attempts.back().kept ? "stays open\n" : "is closed\n");
    }

private:
    std::ostream& say(char mark) {
        const auto passed = tools::Clock::now() - exchange().begin;
        return std::cerr << tools::format("%9.3f ms %c ", tools::milliseconds(passed), mark);
    }
};

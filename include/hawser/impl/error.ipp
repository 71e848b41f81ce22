// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/never_destroyed.hpp>
#include <hawser/error.hpp>

#include <string>
#include <string_view>

namespace hawser {

namespace detail {

HAWSER_DECL const char* describe(error value) noexcept {
    switch (value) {
        case error::invalid_url:
            return "the URL is not a valid http or https URL";
        case error::invalid_request:
            return "the request cannot be written safely";
        case error::resolve_failed:
            return "the host name could not be resolved";
        case error::connect_failed:
            return "no connection to the host could be made";
        case error::tls_error:
            return "the TLS handshake or a TLS record failed";
        case error::cert_error:
            return "the peer's certificate was not accepted";
        case error::bad_response:
            return "the peer's response is not well-formed HTTP/1.1";
        case error::unsupported_coding:
            return "the response uses an unsupported transfer coding";
        case error::headers_too_large:
            return "the response head or trailers exceed the limit";
        case error::body_too_large:
            return "the response body exceeds the limit";
        case error::server_closed:
            return "the peer closed the connection without a response";
        case error::incomplete_body:
            return "the connection ended before the end of the body";
        case error::connection_reset:
            return "the peer reset the connection";
        case error::decode_error:
            return "the content coding of the body is corrupt";
        case error::decode_limit:
            return "the decoded body exceeds the limit";
        case error::pool_wait_timeout:
            return "no connection became free in time";
        case error::resolve_timeout:
            return "the host name was not resolved in time";
        case error::connect_timeout:
            return "the connection was not made in time";
        case error::tls_timeout:
            return "the TLS handshake did not finish in time";
        case error::write_timeout:
            return "the peer did not take the request in time";
        case error::header_timeout:
            return "no response head arrived in time";
        case error::idle_timeout:
            return "the body stopped arriving";
        case error::total_timeout:
            return "the deadline of the request passed";
        case error::canceled:
            return "the operation was canceled";
        case error::client_closed:
            return "the client is closed";
        case error::resource_exhausted:
            return "out of file descriptors, ports or memory";
        case error::request_body_error:
            return "the source of the request body failed";
        case error::too_many_waiters:
            return "too many requests wait for a connection";
        case error::body_closed:
            return "the body is closed";
        case error::concurrent_read:
            return "another read of this body is pending";
        case error::would_deadlock:
            return "a blocking call on the client's own thread";
        case error::concurrent_write:
            return "another write to this stream is pending";
        case error::forked:
            return "the client is that of the parent process";
        case error::redirect_refused:
            return "the server redirects to where the client must not go";
        case error::too_many_redirects:
            return "the server redirects too often";
    }
    return "unknown error";
}

/// 0 for a value that is not an `error`.
HAWSER_DECL int condition_of(error value) noexcept {
    const auto kind = [](condition c) { return static_cast<int>(c); };
    switch (value) {
        case error::pool_wait_timeout:
        case error::resolve_timeout:
        case error::connect_timeout:
        case error::tls_timeout:
        case error::write_timeout:
        case error::header_timeout:
        case error::idle_timeout:
        case error::total_timeout:
            return kind(condition::timeout);
        case error::canceled:
        case error::client_closed:
            return kind(condition::canceled);
        case error::server_closed:
        case error::incomplete_body:
        case error::connection_reset:
            return kind(condition::connection_lost);
        case error::bad_response:
        case error::unsupported_coding:
        case error::headers_too_large:
        case error::body_too_large:
        case error::decode_error:
        case error::decode_limit:
        case error::redirect_refused:
        case error::too_many_redirects:
            return kind(condition::bad_response);
        case error::invalid_url:
        case error::invalid_request:
        case error::request_body_error:
        case error::body_closed:
        case error::concurrent_read:
        case error::would_deadlock:
        case error::concurrent_write:
        case error::forked:
            return kind(condition::bad_request);
        case error::resolve_failed:
        case error::connect_failed:
        case error::tls_error:
        case error::cert_error:
        case error::too_many_waiters:
        case error::resource_exhausted:
            return kind(condition::refused);
    }
    return 0;
}

/// The condition of a foreign code; 0 for none. Recognizes Asio's categories by name, because this
/// floor must not include Asio.
HAWSER_DECL int condition_of_foreign(std::error_code code) noexcept {
    const auto kind = [](condition c) { return static_cast<int>(c); };
    const std::string_view category = code.category().name();
    if (category == "asio.system") {  // it has no generic condition for ECANCELED
        code.assign(code.value(), std::system_category());
    }
    if (category == "asio.misc") {  // 2 is eof; the others are misuse
        return code.value() == 2 ? kind(condition::connection_lost) : 0;
    }
    if (category == "asio.ssl.stream") {  // 1 is stream_truncated
        return code.value() == 1 ? kind(condition::connection_lost) : 0;
    }
    if (category == "asio.netdb" || category == "asio.addrinfo" || category == "hawser.resolver") {
        return kind(condition::refused);
    }
    if (code == std::errc::timed_out) {
        return kind(condition::timeout);
    }
    if (code == std::errc::operation_canceled) {
        return kind(condition::canceled);
    }
    for (auto lost : {std::errc::connection_reset,
                      std::errc::broken_pipe,
                      std::errc::connection_aborted,
                      std::errc::not_connected}) {
        if (code == lost) {
            return kind(condition::connection_lost);
        }
    }
    for (auto refused : {std::errc::connection_refused,
                         std::errc::host_unreachable,
                         std::errc::network_unreachable}) {
        if (code == refused) {
            return kind(condition::refused);
        }
    }
    return 0;
}

/// A value of our category is an `error` with the system's error number in its upper bits.
inline constexpr int cause_shift = 16;

HAWSER_DECL error error_in(int value) noexcept {
    return static_cast<error>(value & ((1 << cause_shift) - 1));
}

HAWSER_DECL std::error_code cause_in(int value) noexcept {
    return {value >> cause_shift, std::system_category()};
}

/// The generic condition of an error that carries no number; most have none.
HAWSER_DECL std::error_condition generic_condition_of(error value) noexcept {
    switch (value) {
        case error::canceled:
        case error::client_closed:
            return std::errc::operation_canceled;
        case error::connection_reset:
            return std::errc::connection_reset;
        case error::invalid_url:
        case error::invalid_request:
            return std::errc::invalid_argument;
        case error::would_deadlock:
            return std::errc::resource_deadlock_would_occur;
        default:
            return condition_of(value) == static_cast<int>(condition::timeout)
                       ? std::error_condition(std::errc::timed_out)
                       : std::error_condition();
    }
}

class ErrorCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "hawser"; }

    std::string message(int value) const override {
        std::string text = describe(error_in(value));
        if (const std::error_code cause = cause_in(value)) {
            text += ": " + cause.message();
        }
        return text;
    }

    /// Answers for std::errc; our own conditions answer for themselves.
    bool equivalent(int value, const std::error_condition& wanted) const noexcept override {
        if (wanted.category() == *this) {
            return error_in(value) == error_in(wanted.value());
        }
        const std::error_code cause = cause_in(value);
        return wanted &&
               (cause ? cause == wanted : generic_condition_of(error_in(value)) == wanted);
    }
};

class ConditionCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "hawser.condition"; }

    std::string message(int value) const override {
        switch (static_cast<condition>(value)) {
            case condition::timeout:
                return "timeout";
            case condition::canceled:
                return "canceled";
            case condition::connection_lost:
                return "connection lost";
            case condition::bad_response:
                return "bad response";
            case condition::bad_request:
                return "bad request";
            case condition::refused:
                return "refused";
        }
        return "unknown condition";
    }

    bool equivalent(const std::error_code& code, int value) const noexcept override {
        if (!code) {
            return false;
        }
        const bool ours = code.category() == hawser::error_category();
        return value == (ours ? condition_of(error_of(code)) : condition_of_foreign(code));
    }
};

}  // namespace detail

HAWSER_DECL const std::error_category& error_category() noexcept {
    return detail::never_destroyed<detail::ErrorCategory>();
}

HAWSER_DECL const std::error_category& condition_category() noexcept {
    return detail::never_destroyed<detail::ConditionCategory>();
}

HAWSER_DECL std::error_code make_error_code(error value) noexcept {
    return {static_cast<int>(value), error_category()};
}

HAWSER_DECL std::error_condition make_error_condition(condition value) noexcept {
    return {static_cast<int>(value), condition_category()};
}

HAWSER_DECL error error_of(const std::error_code& code) noexcept {
    return code.category() == error_category() ? detail::error_in(code.value()) : error{};
}

HAWSER_DECL bool operator==(const std::error_code& code, error value) noexcept {
    return error_of(code) == value && code.category() == error_category();
}

namespace detail {

HAWSER_DECL std::error_code with_cause(error value, const std::error_code& cause) noexcept {
    constexpr int most = (1 << (31 - cause_shift)) - 1;
    const std::string_view category = cause.category().name();
    const bool of_system = cause.category() == std::system_category() ||
                           category == "asio.system" || cause.category() == std::generic_category();
    const int number = of_system && cause.value() > 0 && cause.value() <= most ? cause.value() : 0;
    return {static_cast<int>(value) | number << cause_shift, error_category()};
}

HAWSER_DECL std::error_code cause_of(const std::error_code& code) noexcept {
    return code.category() == error_category() ? cause_in(code.value()) : std::error_code();
}

}  // namespace detail

}  // namespace hawser

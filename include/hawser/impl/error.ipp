// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/never_destroyed.hpp>
#include <hawser/error.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI {

namespace detail {

struct ErrorRow {
    error value;
    condition kind;
    const char* text;
};

/// Every error, in the order of their values.
inline constexpr ErrorRow error_rows[] = {
    {error::invalid_url, condition::bad_request, "the URL is not a valid http or https URL"},
    {error::invalid_request, condition::bad_request, "the request cannot be written safely"},
    {error::resolve_failed, condition::refused, "the host name could not be resolved"},
    {error::connect_failed, condition::refused, "no connection to the host could be made"},
    {error::tls_error, condition::refused, "the TLS handshake or a TLS record failed"},
    {error::cert_error, condition::refused, "the peer's certificate was not accepted"},
    {error::bad_response,
     condition::bad_response,
     "the peer's response is not well-formed HTTP/1.1"},
    {error::unsupported_coding,
     condition::bad_response,
     "the response uses an unsupported transfer coding"},
    {error::headers_too_large,
     condition::bad_response,
     "the response head or trailers exceed the limit"},
    {error::body_too_large, condition::bad_response, "the response body exceeds the limit"},
    {error::server_closed,
     condition::connection_lost,
     "the peer closed the connection without a response"},
    {error::incomplete_body,
     condition::connection_lost,
     "the connection ended before the end of the body"},
    {error::connection_reset, condition::connection_lost, "the peer reset the connection"},
    {error::decode_error, condition::bad_response, "the content coding of the body is corrupt"},
    {error::decode_limit, condition::bad_response, "the decoded body exceeds the limit"},
    {error::pool_wait_timeout, condition::timeout, "no connection became free in time"},
    {error::resolve_timeout, condition::timeout, "the host name was not resolved in time"},
    {error::connect_timeout, condition::timeout, "the connection was not made in time"},
    {error::tls_timeout, condition::timeout, "the TLS handshake did not finish in time"},
    {error::write_timeout, condition::timeout, "the peer did not take the request in time"},
    {error::header_timeout, condition::timeout, "no response head arrived in time"},
    {error::idle_timeout, condition::timeout, "the body stopped arriving"},
    {error::total_timeout, condition::timeout, "the deadline of the request passed"},
    {error::canceled, condition::canceled, "the operation was canceled"},
    {error::client_closed, condition::canceled, "the client is closed"},
    {error::resource_exhausted, condition::refused, "out of file descriptors, ports or memory"},
    {error::request_body_error, condition::bad_request, "the source of the request body failed"},
    {error::too_many_waiters, condition::refused, "too many requests wait for a connection"},
    {error::body_closed, condition::bad_request, "the body is closed"},
    {error::concurrent_read, condition::bad_request, "another read of this body is pending"},
    {error::would_deadlock, condition::bad_request, "a blocking call on the client's own thread"},
    {error::concurrent_write, condition::bad_request, "another write to this stream is pending"},
    {error::forked, condition::bad_request, "the client is that of the parent process"},
    {error::redirect_refused,
     condition::bad_response,
     "the server redirects to where the client must not go"},
    {error::too_many_redirects, condition::bad_response, "the server redirects too often"},
    {error::bad_status, condition::bad_response, "the response has an error status"},
    {error::bad_content_type, condition::bad_response, "the response is not an event stream"},
    {error::file_error, condition::refused, "the file could not be written"},
    {error::proxy_error, condition::refused, "the proxy made no tunnel to the server"},
};

constexpr bool error_rows_are_in_order() noexcept {
    int value = 0;
    for (const ErrorRow& row : error_rows) {
        if (static_cast<int>(row.value) != ++value) {
            return false;
        }
    }
    return true;
}
static_assert(error_rows_are_in_order());
static_assert(std::size(error_rows) == static_cast<std::size_t>(detail::last_error));

/// Null for a value that is not an `error`.
constexpr const ErrorRow* find_error(error value) noexcept {
    const auto index = static_cast<std::size_t>(value) - 1;
    return index < std::size(error_rows) ? &error_rows[index] : nullptr;
}

HAWSER_DECL const char* describe(error value) noexcept {
    const ErrorRow* const row = find_error(value);
    return row != nullptr ? row->text : "unknown error";
}

/// 0 for a value that is not an `error`.
HAWSER_DECL int condition_of(error value) noexcept {
    const ErrorRow* const row = find_error(value);
    return row != nullptr ? static_cast<int>(row->kind) : 0;
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

}  // namespace hawser::inline HAWSER_ABI

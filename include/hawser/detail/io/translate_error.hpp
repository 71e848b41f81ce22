// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Translates system errors to hawser::error, in the places that know what they mean.

#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

inline bool is_reset(std::error_code ec) noexcept {
    return ec == asio::error::connection_reset || ec == asio::error::connection_aborted ||
           ec == asio::error::broken_pipe || ec == asio::error::not_connected;
}

/// The peer closed: in an orderly way, or (TLS) without close_notify.
inline bool is_end(std::error_code ec) noexcept {
    return ec == asio::error::eof || ec == asio::error::shut_down;
}

/// The connection failed before the response head was complete.
inline std::error_code lost_in_head(std::error_code ec, bool response_started) noexcept {
    if (is_end(ec)) {
        return response_started ? error::bad_response : error::server_closed;
    }
    return is_reset(ec) ? make_error_code(error::connection_reset) : ec;
}

/// The connection failed in the middle of a response body.
inline std::error_code lost_in_body(std::error_code ec) noexcept {
    return is_end(ec) || is_reset(ec) ? make_error_code(error::incomplete_body) : ec;
}

/// Asio's system category lacks the generic condition for some values (ETIMEDOUT, EADDRNOTAVAIL).
inline std::error_code in_std_category(std::error_code ec) noexcept {
    return ec.category() == asio::error::get_system_category()
               ? std::error_code(ec.value(), std::system_category())
               : ec;
}

/// This machine has run out of a resource (N06).
inline bool is_exhausted(std::error_code ec) noexcept {
    ec = in_std_category(ec);
    return ec == std::errc::too_many_files_open || ec == std::errc::not_enough_memory ||
           ec == std::errc::no_buffer_space || ec == std::errc::too_many_files_open_in_system ||
           ec == std::errc::address_not_available || ec == std::errc::no_space_on_device ||
           ec == std::errc::resource_unavailable_try_again;
}

/// The lookup of a name failed.
inline std::error_code lost_in_resolve(std::error_code ec) noexcept {
    ec = in_std_category(ec);
    return with_cause(is_exhausted(ec) ? error::resource_exhausted : error::resolve_failed, ec);
}

/// Connecting to an address failed.
inline std::error_code lost_in_connect(std::error_code ec) noexcept {
    ec = in_std_category(ec);
    if (is_exhausted(ec)) {
        return with_cause(error::resource_exhausted, ec);
    }
    return ec == std::errc::timed_out ? make_error_code(error::connect_timeout)
                                      : with_cause(error::connect_failed, ec);
}

}  // namespace hawser::inline HAWSER_ABI::detail

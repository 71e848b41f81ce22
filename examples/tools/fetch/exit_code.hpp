// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/error.hpp>

#include <system_error>

/// The exit code of fetch for an error: that of curl, where curl has one.
inline int exit_code(const std::error_code& ec) {
    using hawser::error;
    if (ec == hawser::condition::timeout) {
        return 28;
    }
    switch (hawser::error_of(ec)) {
        case error::invalid_url:
            return 3;
        case error::resolve_failed:
            return 6;
        case error::connect_failed:
            return 7;
        case error::bad_response:
        case error::headers_too_large:
        case error::unsupported_coding:
            return 8;
        case error::incomplete_body:
            return 18;
        case error::bad_status:
            return 22;
        case error::file_error:
            return 23;
        case error::request_body_error:
            return 26;
        case error::tls_error:
            return 35;
        case error::too_many_redirects:
            return 47;
        case error::server_closed:
            return 52;
        case error::connection_reset:
            return 56;
        case error::cert_error:
            return 60;
        case error::decode_error:
        case error::decode_limit:
            return 61;
        case error::proxy_error:
            return 97;
        default:
            return 1;
    }
}

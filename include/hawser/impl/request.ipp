// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/base64.hpp>
#include <hawser/request.hpp>

namespace hawser::inline HAWSER_ABI {

// A URL that was refused, or is now, fails the request when it is sent.
HAWSER_DECL void Request::add_query(std::string_view name, std::string_view value) {
    std::error_code reported_later;
    url = url.with_query({{name, value}}, reported_later);
}

HAWSER_DECL void Request::set_authorization(std::string_view scheme, std::string_view credentials) {
    headers.set("Authorization", std::string(scheme).append(credentials));
}

HAWSER_DECL void Request::set_basic(std::string_view user, std::string_view password) {
    set_authorization("Basic ", detail::base64(std::string(user).append(1, ':').append(password)));
}

}  // namespace hawser::inline HAWSER_ABI

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/net/body_origin.hpp>

#include <new>
#include <utility>

namespace hawser::detail {

HAWSER_DECL const char* known_method(std::string_view method) noexcept {
    if (is_exactly(method, "GET")) {
        return "GET";
    }
    static constexpr const char* others[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};
    for (const char* const other : others) {
        if (method == other) {
            return other;
        }
    }
    return nullptr;
}

HAWSER_DECL std::string failing_url(const Url& url) {
    std::string text;
    if (!url.empty()) {
        text.append(url.scheme()).append("://").append(url.host_header()).append(url.target());
    }
    return text;
}

HAWSER_DECL Failure BodyOrigin::describe(std::error_code code, Fault fault) const noexcept {
    try {
        FailureData data;
        data.code = code;
        data.phase = Failure::Phase::body;
        data.fault = std::move(fault);
        data.method = method != nullptr ? method : "";
        data.url = failing_url(url);
        data.attempt = 1;
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace hawser::detail

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_origin.hpp>

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

inline constexpr std::string_view method_names[] = {
    "", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};

HAWSER_DECL KnownMethod find_method(std::string_view method) noexcept {
    const auto known = std::find(std::begin(method_names), std::end(method_names), method);
    return known == std::end(method_names)
               ? KnownMethod::other
               : static_cast<KnownMethod>(known - std::begin(method_names));
}

HAWSER_DECL std::string failing_url(const Url& url) {
    std::string text;
    if (!url.empty()) {
        text.append(url.scheme()).append("://").append(url.host_header()).append(url.target());
    }
    return text;
}

HAWSER_DECL std::string BodyOrigin::method_name() const {
    return std::string(method_names[static_cast<unsigned>(method)]);
}

HAWSER_DECL Failure BodyOrigin::describe(std::error_code code,
                                         Fault fault,
                                         const char* reason) const noexcept {
    try {
        FailureData data;
        data.code = code;
        data.phase = Failure::Phase::body;
        data.fault = std::move(fault);
        if (data.fault.reason.empty()) {
            data.fault.reason = reason;
        }
        data.method = method_name();
        data.url = failing_url(url);
        data.attempt = 1;
        return FailureData::make(std::move(data));
    } catch (const std::bad_alloc&) {
        return {};
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail

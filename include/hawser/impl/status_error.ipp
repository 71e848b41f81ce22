// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/error.hpp>
#include <hawser/status_error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL StatusError::StatusError(Failure failure,
                                     int status,
                                     std::string reason,
                                     std::string body)
    : RequestError(std::move(failure)),
      facts_(std::make_shared<const Facts>(Facts{status, std::move(reason), std::move(body)})) {}

namespace detail {

HAWSER_DECL std::string status_text(int status, std::string_view reason) {
    std::string text = std::to_string(status);
    if (!reason.empty()) {
        text.append(1, ' ').append(printable(reason, 80));
    }
    return text;
}

HAWSER_DECL void throw_bad_status(
    int status, std::string_view reason, std::string method, std::string url, std::string body) {
    FailureData data;
    data.code = error::bad_status;
    data.phase = Failure::Phase::head;
    data.fault.reason = status_text(status, reason);
    data.method = std::move(method);
    data.url = std::move(url);
    data.attempt = 1;
    throw StatusError(
        FailureData::make(std::move(data)), status, std::string(reason), std::move(body));
}

}  // namespace detail

}  // namespace hawser::inline HAWSER_ABI

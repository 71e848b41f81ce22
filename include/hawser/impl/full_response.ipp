// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/access.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/full_response.hpp>
#include <hawser/response.hpp>
#include <hawser/status_error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL FullResponse::FullResponse(Response&& response, std::string&& content) noexcept
    : status(response.status),
      reason(std::move(response.reason)),
      version(response.version),
      headers(std::move(response.headers)),
      body(std::move(content)),
      trailers(detail::Access::unread(response.body).take_trailers()),
      method(detail::Access::unread(response.body).origin().method_name()),
      url(std::move(response.url)),
      history(std::move(response.history)),
      connection(std::move(response.connection)),
      failure(std::move(response.failure)) {}

HAWSER_DECL void FullResponse::throw_bad_status() const {
    detail::throw_bad_status(status,
                             reason,
                             method,
                             detail::failing_url(url),
                             body.substr(0, detail::max_status_error_body));
}

}  // namespace hawser::inline HAWSER_ABI

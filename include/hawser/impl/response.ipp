// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/response.hpp>
#include <hawser/status_error.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL void Response::throw_bad_status() {
    detail::UnreadBody& unread = detail::Access::unread(body);
    detail::throw_bad_status(status,
                             reason,
                             unread.origin().method_name(),
                             detail::failing_url(url),
                             std::string(unread.peek(detail::max_status_error_body)));
}

}  // namespace hawser::inline HAWSER_ABI

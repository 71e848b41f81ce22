// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/full_response.hpp>
#include <hawser/status_error.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL void FullResponse::throw_bad_status() const {
    detail::throw_bad_status(status,
                             reason,
                             method,
                             detail::failing_url(url),
                             body.substr(0, detail::max_status_error_body));
}

}  // namespace hawser::inline HAWSER_ABI

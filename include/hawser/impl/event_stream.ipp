// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/event_stream.hpp>
#include <hawser/status_error.hpp>

namespace hawser::inline HAWSER_ABI {

HAWSER_DECL EventStream::EventStream(Response response, std::size_t max_event_bytes)
    : ItemStream(std::move(response.body), max_event_bytes) {
    if (!response.ok()) {
        items().fail(error::bad_status,
                     detail::status_text(response.status, response.reason).c_str());
    }
}

}  // namespace hawser::inline HAWSER_ABI

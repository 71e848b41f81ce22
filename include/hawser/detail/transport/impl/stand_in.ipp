// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/transport/stand_in.hpp>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL void StandIn::wrote_head(const Headers& fields) {
    began_ = true;
    tell([](ClientTrace& trace) { trace.attempt_begin(1); });
    for (const auto& [name, value] : fields) {
        tell([&, field = name, text = value](ClientTrace& trace) {
            trace.wrote_header_field(field, text);
        });
    }
    tell([](ClientTrace& trace) { trace.wrote_headers(); });
}

HAWSER_DECL void StandIn::answered(Response& response, BodyOrigin origin) {
    tell([](ClientTrace& trace) { trace.got_first_response_byte(); });
    if (meter_) {
        Access::count(response.body, std::move(meter_), response.content_length, std::move(origin));
    }
}

HAWSER_DECL void StandIn::end(std::error_code ec, const Failure& failure) {
    if (began_) {
        tell([&](ClientTrace& trace) { trace.attempt_end({.ec = ec, .failure = failure}); });
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail

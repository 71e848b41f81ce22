// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// When a lost event stream is opened again (WHATWG HTML, section 9.2.3 "Processing model").

#include <hawser/error.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// What the response to the request for an event stream means.
enum class StreamAnswer {
    events,            ///< read it
    stop,              ///< 204: the server wants no more requests
    bad_status,        ///< an error
    bad_content_type,  ///< an error
};

/// Whether a Content-Type is "text/event-stream", with any parameters.
inline bool is_event_stream(std::string_view type) noexcept {
    constexpr std::string_view wanted = "text/event-stream";
    type = type.substr(0, type.find(';'));
    const std::size_t end = type.find_last_not_of(" \t");
    type = type.substr(0, end == std::string_view::npos ? 0 : end + 1);
    return std::equal(type.begin(), type.end(), wanted.begin(), wanted.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
}

inline StreamAnswer judge_event_stream(int status, std::string_view content_type) noexcept {
    if (status == 204) {
        return StreamAnswer::stop;
    }
    if (status != 200) {
        return StreamAnswer::bad_status;
    }
    return is_event_stream(content_type) ? StreamAnswer::events : StreamAnswer::bad_content_type;
}

/// Whether another attempt may succeed: what was lost is the network or the server, not the request
/// or the trust in its peer.
inline bool may_reconnect(const std::error_code& ec) noexcept {
    return ec == condition::connection_lost || ec == condition::timeout ||
           ec == error::bad_response ||
           (ec == condition::refused && ec != make_error_code(error::cert_error));
}

/// Whether an attempt that opened a stream, which has ended, succeeded. A server may have nothing
/// to say for long; but one that says nothing and ends at once is broken.
inline bool was_stream(bool had_event, std::chrono::nanoseconds open_for) noexcept {
    return had_event || open_for >= std::chrono::seconds{1};
}

/// The pause before the next attempt, after so many that have failed in a row: `retry`, then twice
/// as long each time, up to `longest` (but never less than `retry`). A server that asks for no
/// pause at all (`retry: 0`) gets one from the second failure on.
inline std::chrono::milliseconds reconnect_pause(std::chrono::milliseconds retry,
                                                 unsigned failures,
                                                 std::chrono::milliseconds longest) noexcept {
    constexpr std::chrono::milliseconds least{50};
    std::chrono::milliseconds pause = failures < 2 ? retry : std::max(retry, least);
    for (unsigned i = 1; i < failures && pause < longest; ++i) {
        pause *= 2;
    }
    return std::max(retry, std::min(pause, longest));
}

}  // namespace hawser::inline HAWSER_ABI::detail

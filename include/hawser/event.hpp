// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/config.hpp>

#include <string>

namespace hawser::inline HAWSER_ABI {

/// One event of an event stream (WHATWG HTML, "Server-sent events"). All text is passed on as the
/// server sent it, which should be UTF-8: bytes that are not are neither refused nor replaced.
struct Event {
    /// The type of the event: "message" if the server gave it none.
    std::string event = "message";
    /// The lines of `data`, joined by line feeds.
    std::string data;
    /// The last event id: of this event or, if it has none, of the last one before that had. Empty
    /// if there was none.
    std::string id;

    friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace hawser::inline HAWSER_ABI

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parses an event stream (WHATWG HTML, section 9.2.6 "Interpreting an event stream"), in pieces of
// any size. An event is complete with the end of its blank line, even if that is a CR which a LF
// may follow. Must not know where the bytes come from, nor what a reconnection needs. Bytes that
// are not UTF-8 pass through.

#include <hawser/config.hpp>
#include <hawser/event.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class EventParser {
public:
    using Item = hawser::Event;

    /// One line, and the data and type of one event together, are at most `max_bytes`.
    explicit EventParser(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

    /// The stream continues another one, whose last event id was this.
    void start_after(const std::string& id) { id_ = last_id_ = id; }

    /// Parses until an event is complete, and returns how many bytes that took. Takes none while an
    /// event is ready(), and after a failure.
    std::size_t feed(std::string_view bytes);
    /// The stream has ended: an event without its blank line is discarded.
    void end() noexcept {}

    /// Whether an event is complete.
    [[nodiscard]] bool ready() const noexcept { return ready_; }
    /// Takes that event.
    [[nodiscard]] hawser::Event take();

    /// Whether a line or an event is longer than allowed.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    static constexpr const char* too_long = "an event is longer than allowed";

    /// The last event id of the stream, also of blocks without data.
    [[nodiscard]] const std::string& last_id() const noexcept { return last_id_; }
    /// The last valid `retry`; none if there was none. A number too large for the clock saturates.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

private:
    void line(std::string_view text);
    void field(std::string_view name, std::string_view value);
    void set_retry(std::string_view digits) noexcept;
    void dispatch();

    std::size_t max_bytes_;
    std::string line_;  // the part of a line seen so far
    std::string data_;  // of the event so far, each line with a line feed
    std::string type_;  // of the event so far
    std::string id_;    // becomes last_id_ with the end of the block
    std::string last_id_;
    std::optional<std::chrono::milliseconds> retry_;
    bool first_line_ = true;
    bool after_cr_ = false;  // a LF that comes next belongs to the line before
    bool ready_ = false;
    bool failed_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/event_parser.ipp>
#endif

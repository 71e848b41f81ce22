// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/message/event_parser.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::size_t EventParser::feed(std::string_view bytes) {
    std::string_view rest = bytes;
    while (!rest.empty() && !ready_ && !failed_) {
        if (std::exchange(after_cr_, false) && rest.front() == '\n') {
            rest.remove_prefix(1);
            continue;
        }
        const std::size_t at = rest.find_first_of("\r\n");
        const std::string_view part = rest.substr(0, at);
        if (part.size() > max_bytes_ - std::min(max_bytes_, line_.size())) {
            failed_ = true;
        } else if (at == std::string_view::npos) {
            line_.append(part);
            rest = {};
        } else {
            after_cr_ = rest[at] == '\r';
            rest.remove_prefix(at + 1);
            if (line_.empty()) {
                line(part);
            } else {
                line_.append(part);
                line(line_);
                line_.clear();
            }
        }
    }
    return bytes.size() - rest.size();
}

HAWSER_DECL void EventParser::line(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (std::exchange(first_line_, false) && text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    if (text.empty()) {
        dispatch();
        return;
    }
    const std::size_t colon = text.find(':');
    if (colon == 0) {
        return;  // a comment
    }
    std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    field(text.substr(0, colon), value);
}

HAWSER_DECL void EventParser::field(std::string_view name, std::string_view value) {
    if (name == "data") {
        failed_ = data_.size() + type_.size() + value.size() > max_bytes_;
        if (!failed_) {
            data_.append(value).append(1, '\n');
        }
    } else if (name == "event") {
        failed_ = data_.size() + value.size() > max_bytes_;
        type_ = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
    } else if (name == "retry") {
        set_retry(value);
    }
}

HAWSER_DECL void EventParser::set_retry(std::string_view digits) noexcept {
    constexpr std::int64_t most = std::chrono::milliseconds(std::chrono::hours(24 * 365)).count();
    std::int64_t number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return;
        }
        number = std::min(number * 10 + (c - '0'), most);
    }
    if (!digits.empty()) {
        retry_ = std::chrono::milliseconds(number);
    }
}

// The end of a block. One without data is no event, but its id counts.
HAWSER_DECL void EventParser::dispatch() {
    last_id_ = id_;
    ready_ = !data_.empty();
    if (!ready_) {
        type_.clear();
    }
}

HAWSER_DECL hawser::Event EventParser::take() {
    hawser::Event event;
    ready_ = false;
    data_.pop_back();  // the line feed of the last line
    event.data = std::exchange(data_, {});
    event.id = last_id_;
    if (!type_.empty()) {
        event.event = std::exchange(type_, {});
    }
    return event;
}

}  // namespace hawser::inline HAWSER_ABI::detail

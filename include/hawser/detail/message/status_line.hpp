// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Checks and reads the status line of a response (RFC 9112 section 4), byte by byte as it arrives.
// Knows nothing of what follows it.

#include <hawser/config.hpp>
#include <hawser/detail/message/response_head.hpp>

#include <cstddef>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class StatusLine {
public:
    /// If `tolerant`, the line may end in a bare LF.
    explicit StatusLine(bool tolerant) noexcept : tolerant_(tolerant) {}

    void reset() noexcept {
        checked_ = size_ = 0;
        exact_ = true;
    }

    /// Continues with `text`, everything received since the head began. False if a byte is wrong.
    /// Once the line is complete, `head` has its version, status and reason; that must be empty.
    [[nodiscard]] bool feed(std::string_view text, ResponseHead& head);

    /// Bytes of the line, including its end; 0 until it is complete.
    std::size_t size() const noexcept { return size_; }
    /// Whether it conforms to RFC 9112.
    bool exact() const noexcept { return exact_; }
    /// The first wrong byte of `text`, which feed() rejected; its size if none is wrong.
    std::size_t fault(std::string_view text) const noexcept;

private:
    bool is_valid(std::string_view text, std::size_t at) const noexcept;
    void take(std::string_view line, ResponseHead& head);

    const bool tolerant_;
    bool exact_ = true;
    std::size_t checked_ = 0;
    std::size_t size_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/status_line.ipp>
#endif

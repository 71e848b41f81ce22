// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Splits text into lines, in pieces of any size. A line ends with LF or CRLF; a CR elsewhere is
// part of it. The last line need not have an end. Must not know where the bytes come from.

#include <hawser/config.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::inline HAWSER_ABI::detail {

class LineSplitter {
public:
    using Item = std::string;

    /// A line is at most `max_bytes` long, with its CR.
    explicit LineSplitter(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

    /// Splits until a line is complete, and returns how many bytes that took. Takes none while a
    /// line is ready(), and after a failure.
    std::size_t feed(std::string_view bytes);
    /// The text has ended: what came after the last line feed is a line, unless it is nothing.
    void end() noexcept { ready_ = !failed_ && (ready_ || !line_.empty()); }

    /// Whether a line is complete.
    [[nodiscard]] bool ready() const noexcept { return ready_; }
    /// Takes that line, without its end.
    [[nodiscard]] std::string take();

    /// Whether a line is longer than allowed.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    static constexpr const char* too_long = "a line is longer than allowed";

private:
    std::size_t max_bytes_;
    std::string line_;
    bool ready_ = false;
    bool failed_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/line_splitter.ipp>
#endif

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parses the head of one response (RFC 9112 sections 2 to 5). StatusLine reads its first line. A
// head that arrived whole and has only ordinary lines is parsed in one pass. For any other, llhttp
// finds the field names (FieldNames), and everything between the names is checked here, so that the
// result is the same with llhttp 8.1 and 9.x and for every segmentation: CRLF only, no folding, no
// blank before a colon, no CTL. If the parser is tolerant, HeadLines rereads what these checks
// refuse. Must not know the
// request, the body or the socket; FramingScan knows what the fields mean.

#include <hawser/config.hpp>
#include <hawser/detail/message/field_names.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/head_lines.hpp>
#include <hawser/detail/message/response_head.hpp>
#include <hawser/detail/message/status_line.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class HeadParser {
public:
    using Outcome = HeadProgress;

    explicit HeadParser(HeadLimits limits = {}, bool tolerant = false);

    /// Prepares for the next head, also between an interim and the final one.
    void reset();
    /// The same with other limits, e.g. what interim heads left of the budget.
    void reset(HeadLimits limits);

    /// All heads from now on answer CONNECT. If one has status 2xx, what its fields say about a
    /// body means nothing, however malformed (RFC 9110 section 9.3.6).
    void answers_connect() noexcept { answers_connect_ = true; }

    /// Continues with `text`, everything received since the head began. On later calls, `text` has
    /// grown at its end and may have moved. A result other than `more` is final until `reset()`.
    [[nodiscard]] Outcome feed(std::string_view text);

    /// Bytes of the head, including the blank line; valid once complete. Bytes beyond that are not
    /// part of it.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Why it failed: bad_response, unsupported_coding or headers_too_large.
    [[nodiscard]] std::error_code error() const noexcept {
        return error_ == no_error ? std::error_code() : make_error_code(error_);
    }

    /// The result; may be moved from. Valid once complete.
    [[nodiscard]] ResponseHead& head() noexcept { return head_; }

    /// Lines of the head that are not fields and were dropped; null if there are none.
    [[nodiscard]] std::vector<std::string>* ignored() noexcept {
        return lines_ && !lines_->ignored().empty() ? &lines_->ignored() : nullptr;
    }

    /// What is wrong with `text`, which feed() rejected. `before`: bytes of the response before it.
    [[nodiscard]] Fault fault(std::string_view text, std::uint64_t before) const;

private:
    static constexpr auto no_error = FieldNames::no_error;

    Fault framing_fault(std::string_view text,
                        std::uint64_t before,
                        const HeadLines& lines,
                        const Headers& headers) const;
    Outcome fail(hawser::error reason) noexcept;
    Outcome feed_lines(std::string_view text);
    HAWSER_COLD Outcome feed_deviating(std::string_view text);
    bool take_ordinary(std::string_view text);
    bool scan_lines(std::string_view text) noexcept;
    bool check_fields(std::string_view text) noexcept;
    void take_value(std::string_view text, FieldSpan& field) noexcept;
    bool check_values(std::string_view text) const noexcept;
    hawser::error finish(std::string_view text);
    hawser::error finish_framing() noexcept;
    void take_fields(std::string_view text);
    /// Where the fields begin; 0 until the status line is complete.
    std::size_t first_line() const noexcept { return status_line_.size(); }

    HeadLimits limits_;
    const bool tolerant_;
    bool answers_connect_ = false;
    StatusLine status_line_;
    FieldNames names_;
    std::size_t checked_ = 0;  // fields that were checked
    std::size_t line_ = 0;     // where the next line to check begins; 0 within the status line
    std::size_t size_ = 0;     // of the complete head
    hawser::error error_ = no_error;
    FramingScan framing_;
    ResponseHead head_;
    std::unique_ptr<HeadLines> lines_;  // if the head is not well-formed
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/head_parser.ipp>
#endif

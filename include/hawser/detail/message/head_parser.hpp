// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Parses the head of one response (RFC 9112 sections 2 to 5). A head that arrived whole and has
// only ordinary lines is parsed in one pass. For any other, llhttp finds the field names. The
// status line and everything between the names is checked here, so that the result is the same with
// llhttp 8.1 and 9.x and for every segmentation: CRLF only, no folding, no blank before a colon, no
// CTL. If the parser is tolerant, HeadLines rereads what these checks refuse. Must not know the
// request, the body or the socket; FramingScan knows what the fields mean.

#include <hawser/config.hpp>
#include <hawser/detail/message/framing.hpp>
#include <hawser/detail/message/head_lines.hpp>
#include <hawser/detail/message/response_head.hpp>
#include <hawser/error.hpp>
#include <hawser/failure.hpp>

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hawser::detail {

class HeadParser {
public:
    using Outcome = HeadProgress;

    explicit HeadParser(HeadLimits limits = {}, bool tolerant = false);
    HeadParser(const HeadParser&) = delete;  // llhttp points back into the object
    HeadParser& operator=(const HeadParser&) = delete;

    /// Prepares for the next head, also between an interim and the final one.
    void reset();
    /// The same with other limits, e.g. what interim heads left of the budget.
    void reset(HeadLimits limits);

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
    struct Callbacks;
    static constexpr auto no_error = static_cast<hawser::error>(0);

    Fault framing_fault(std::string_view text,
                        std::uint64_t before,
                        const HeadLines& lines,
                        const Headers& headers) const;
    Outcome fail(hawser::error reason) noexcept;
    Outcome feed_lines(std::string_view text);
    HAWSER_COLD Outcome feed_deviating(std::string_view text);
    bool check_status_line(std::string_view text) noexcept;
    bool check_status_byte(std::string_view text, std::size_t at) const noexcept;
    void take_status_line(std::string_view text);
    bool take_ordinary(std::string_view text);
    bool scan_lines(std::string_view text) noexcept;
    void run_llhttp(std::string_view text) noexcept;
    bool check_fields(std::string_view text) noexcept;
    void take_value(std::string_view text, FieldSpan& field) noexcept;
    std::size_t complete_fields(std::string_view text) noexcept;
    hawser::error check_excess(std::string_view text) const noexcept;
    bool check_values(std::string_view text) const noexcept;
    hawser::error finish(std::string_view text);
    void take_fields(std::string_view text);
    int name_piece(const char* at, std::size_t size) noexcept;
    HAWSER_COLD int odd_name_piece(std::size_t offset, std::size_t size) noexcept;
    bool make_room() noexcept;
    void set_room() noexcept;

    llhttp_t llhttp_;
    HeadLimits limits_;
    const bool tolerant_;
    bool exact_ = true;               // the status line is exact
    const char* base_ = nullptr;      // where the text is during feed()
    std::vector<FieldSpan> fields_;   // count_ of them, by offset from the start of the head
    std::size_t count_ = 0;           // the last name may still grow
    std::size_t room_ = 0;            // fields that may be added without make_room()
    std::size_t name_end_ = 0;        // end of the last field's name
    std::size_t checked_ = 0;         // fields that were checked
    std::size_t status_checked_ = 0;  // checked bytes of the status line
    std::size_t first_line_ = 0;      // where the fields begin; 0 until the status line is complete
    std::size_t line_ = 0;            // where the next line to check begins
    std::size_t fed_ = 0;             // bytes that llhttp has seen
    std::size_t size_ = 0;            // of the complete head
    bool headers_complete_ = false;   // according to llhttp
    hawser::error stopped_ = no_error;  // why a callback or llhttp stopped; earlier faults take
                                        // precedence
    hawser::error error_ = no_error;
    FramingScan framing_;
    ResponseHead head_;
    std::unique_ptr<HeadLines> lines_;  // if the head is not well-formed
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/message/impl/head_parser.ipp>
#endif

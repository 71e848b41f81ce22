// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads of a response body as operations: one piece, or everything to the end. They see only
// decoded bytes.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

/// Completes with the first bytes that arrive. With an empty buffer it cannot fail.
class ReadSome : public Completion<std::size_t>, public BodyRead {
public:
    void read_into(std::span<char> buffer) noexcept { buffer_ = buffer; }

    std::span<char> space() override { return buffer_; }
    Task* received(std::size_t n, std::error_code code) override {
        result() = n;
        ec = buffer_.empty() ? std::error_code{} : code;
        failed = ec && ec != asio::error::eof;
        return this;
    }
    std::error_code error() const noexcept override { return ec; }
    void set_failure(Failure why) noexcept override { slot.failure() = std::move(why); }

private:
    std::span<char> buffer_;
};

/// Collects the body until its end, or until it is more than `max` bytes.
class ReadAll : public Completion<std::string>, public BodyRead {
public:
    /// The body starts with `prefix`.
    void collect(std::string&& prefix, std::size_t max) noexcept {
        size_ = prefix.size();
        max_ = max;
        result() = std::move(prefix);
    }

    HAWSER_DECL std::span<char> space() override;
    HAWSER_DECL Task* received(std::size_t n, std::error_code code) override;
    std::error_code error() const noexcept override { return ec; }
    const char* reason() const noexcept override {
        return ec == hawser::error::body_too_large && size_ > max_ ? too_much : "";
    }
    void set_failure(Failure why) noexcept override { slot.failure() = std::move(why); }

    static constexpr const char* too_much = "more bytes than the read, or max_fetch_bytes, allows";

private:
    static constexpr std::size_t first_step = 16 * 1024;

    std::size_t size_ = 0;  // of the body; the rest of result() is still unused
    std::size_t max_ = 0;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_reads.ipp>
#endif

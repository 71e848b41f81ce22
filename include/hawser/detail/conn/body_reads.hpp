// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads of a response body as operations: one piece, or everything to the end. Those of a coded
// body have the connection fill the decoder's memory instead of the reader's.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_wait.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <system_error>

namespace hawser::detail {

class BodyDecoder;

/// A read that may have to decode what comes.
class DecodingWait : public BodyWait {
public:
    void decode_with(BodyDecoder& decoder) noexcept;
    HAWSER_DECL Fault refusal() const noexcept override;

protected:
    DecodingWait() noexcept;
    ~DecodingWait();
    std::span<char> coded_space();
    std::size_t read_decoded(std::span<char> out, std::error_code& code) noexcept;
    void let_go() noexcept;
    /// No space for want of memory: the read fails, and with it the connection.
    template <class Space>
    std::span<char> or_exhausted(Space space) noexcept {
        try {
            return space();
        } catch (const std::exception&) {
            refused = error::resource_exhausted;
            return {};
        }
    }

    IntrusivePtr<BodyDecoder> decoder_;
};

/// Completes with the first bytes that come.
class ReadSome : public Completion<std::size_t>, public DecodingWait {
public:
    explicit ReadSome(std::span<char> buffer) noexcept : buffer_(buffer) {}

    std::span<char> space() override { return decoder_ ? coded_space() : buffer_; }
    Task* received(std::size_t n, std::error_code code) override {
        return decoder_ ? decode(n, code) : complete(n, code);
    }
    HAWSER_DECL void explain(Exchange& exchange) noexcept override;

private:
    Task* complete(std::size_t n, std::error_code code) noexcept {
        result() = n;
        ec = code;
        failed = code && code != asio::error::eof;
        return this;
    }
    Task* decode(std::size_t n, std::error_code code);

    std::span<char> buffer_;
};

/// Collects the body until its end, or until it is more than `max` bytes.
class ReadAll : public Completion<std::string>, public DecodingWait {
public:
    ReadAll(std::string&& begun, std::size_t max) noexcept : max_(max) {
        size_ = begun.size();
        result() = std::move(begun);
    }

    std::span<char> space() override {
        return decoder_ ? coded_space() : or_exhausted([this] { return room(); });
    }
    Task* received(std::size_t n, std::error_code code) override {
        if (decoder_) {
            return decode(n, code);
        }
        count(n, code);
        code = refused ? refused : code;
        return code ? complete(code) : nullptr;
    }
    HAWSER_DECL void explain(Exchange& exchange) noexcept override;
    static constexpr const char* too_much = "more bytes than the read allows";
    /// Of its own error, if that is what it completes with.
    const char* reason() const noexcept {
        return ec == error::body_too_large && size_ > max_ ? too_much : "";
    }

private:
    static constexpr std::size_t first_step = 16 * 1024;
    static constexpr std::size_t budget = 256 * 1024;  // decoded at a time: others wait, too

    /// When all is here, but not yet decoded: the connection is done with the read, which goes on
    /// through the executor.
    struct Rest final : Task {
        explicit Rest(ReadAll& whole) noexcept : read(&whole) {}
        HAWSER_DECL void run(CalledFrom from) override;
        ReadAll* const read;
    };
    class DecodeOn;

    // Memory grows with what has come, not with what was promised.
    std::span<char> room() {
        if (size_ == result().size()) {
            result().resize(std::max(result().capacity(), std::max(size_ * 2, first_step)));
        }
        return {result().data() + size_, result().size() - size_};
    }
    void count(std::size_t n, std::error_code& code) noexcept {
        size_ += n;
        if (size_ > max_) {
            code = error::body_too_large;
        }
    }
    Task* complete(std::error_code code) noexcept {
        result().resize(std::min(size_, max_));
        ec = code == asio::error::eof ? std::error_code{} : code;
        failed = static_cast<bool>(ec);
        return this;
    }
    Task* decode(std::size_t n, std::error_code code);
    void decode_some(std::error_code& code);

    std::size_t size_ = 0;  // of `result`, the rest is room
    std::size_t max_;
    Rest rest_{*this};
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_reads.ipp>
#endif

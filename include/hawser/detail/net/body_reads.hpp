// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Reads of a response body as operations: one piece, or everything to the end.

#include <hawser/detail/net/body_wait.hpp>
#include <hawser/detail/net/completion.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace hawser::detail {

/// Completes with the first bytes that come.
class ReadSome : public Completion<std::size_t>, public BodyWait {
public:
    explicit ReadSome(std::span<char> buffer) noexcept : buffer_(buffer) {}

    std::span<char> space() override { return buffer_; }
    Task* received(std::size_t n, std::error_code code) override {
        result() = n;
        ec = code;
        return this;
    }

private:
    std::span<char> buffer_;
};

/// Collects the body until its end, or until it is more than `max` bytes.
class ReadAll : public Completion<std::string>, public BodyWait {
public:
    ReadAll(std::string begun, std::size_t max) noexcept : max_(max) {
        size_ = begun.size();
        result() = std::move(begun);
    }

    // Memory grows with what has come, not with what was promised.
    std::span<char> space() override {
        if (size_ == result().size()) {
            result().resize(std::max(result().capacity(), std::max(size_ * 2, first_step)));
        }
        return {result().data() + size_, result().size() - size_};
    }

    Task* received(std::size_t n, std::error_code code) override {
        size_ += n;
        if (size_ > max_) {
            code = error::body_too_large;
        }
        if (!code) {
            return nullptr;
        }
        result().resize(std::min(size_, max_));
        ec = code == asio::error::eof ? std::error_code{} : code;
        return this;
    }

private:
    static constexpr std::size_t first_step = 16 * 1024;

    std::size_t size_ = 0;  // of `result`, the rest is room
    std::size_t max_;
};

}  // namespace hawser::detail

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What stands between a coded body and its reader: the coded bytes that are here, how they end, and
// the decoder. Nothing of the connection: whoever reads feeds it. Used by the body, or, while a
// read is under way, by that read alone, within turns of the connection and after them; `busy` says
// which, and only stop() may come from elsewhere.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/message/content_decoder.hpp>

#include <asio/any_io_executor.hpp>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace hawser::detail {

class BodyDecoder final : public RefCounted {
public:
    /// `held` is the beginning of the coded bytes; `whole`: it is all of them.
    BodyDecoder(const CodingPlan& plan,
                const DecodeLimits& limits,
                std::string held,
                bool whole,
                asio::any_io_executor executor,
                BodyOrigin origin);

    /// Where a read goes on that takes long.
    const asio::any_io_executor& executor() const noexcept { return executor_; }

    /// Decodes from what is here. Without a byte: asio::error::would_block, more coded bytes are
    /// needed; asio::error::eof, the end; or why it failed. The last two repeat themselves.
    std::size_t read(std::span<char> out, std::error_code& ec);

    /// Where coded bytes go; none as long as read() would not block.
    std::span<char> space();
    /// `n` of them came, or they ended (asio::error::eof) or failed.
    void received(std::size_t n, std::error_code ec) noexcept;

    /// All coded bytes are here, or why there will be no more is known.
    bool ended() const noexcept { return static_cast<bool>(ended_); }

    enum class Stop { no, closed, aborted };
    /// The reader gave up: from now on, read() fails. From any thread.
    void stop(Stop why) noexcept { stopped_.store(why, std::memory_order_release); }

    /// Why the bytes are no good, if they are not: the connection should not go on with them.
    std::error_code refused() const noexcept { return refused_; }
    /// What is known of refused().
    Fault fault() const noexcept;
    /// `code` as far as it is known here.
    Failure describe(std::error_code code, const char* reason = "") const noexcept;

    bool busy() const noexcept { return busy_.load(std::memory_order_acquire); }
    void set_busy(bool on) noexcept { busy_.store(on, std::memory_order_release); }

private:
    // With the ratio limit as it is by default, one filling makes 8 MiB at most.
    static constexpr std::size_t room = 8 * 1024;

    void let_go() noexcept;

    const asio::any_io_executor executor_;
    const BodyOrigin origin_;
    ContentDecoder decoder_;
    std::string coded_;
    std::size_t begin_ = 0;  // of what is not decoded yet
    std::size_t end_;
    bool dry_ = false;         // nothing can be made of what is here
    std::error_code ended_;    // how the coded bytes do
    std::error_code refused_;  // by the decoder
    std::atomic<bool> busy_{false};
    std::atomic<Stop> stopped_{Stop::no};
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/body_decoder.ipp>
#endif

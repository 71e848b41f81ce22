// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A layer of a response body that shows somebody else what its reader reads: each byte once, and
// how the body ended. Reads go through it unchanged, straight into the reader's memory.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/cancellation_signal.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

/// Who is shown the body. Both functions may be called on any thread, one at a time, except that a
/// body may be closed during a read.
class BodyTap {
public:
    virtual ~BodyTap() = default;
    /// Called within a turn of the connection: copies them and returns.
    virtual void bytes(std::string_view text) noexcept = 0;
    /// No more will come: asio::error::eof after the last byte, error::body_closed if the reader
    /// gave up, or why reading failed. No lock is held. May be called more than once.
    virtual void ended(std::error_code why) noexcept = 0;
};

class TappedBody final : public BodyStream, private BodyRead, private Task {
public:
    TappedBody(BodyStreamPtr next, std::unique_ptr<BodyTap> tap) noexcept
        : next_(std::move(next)), tap_(std::move(tap)) {}

    HAWSER_DECL std::size_t read_some(std::span<char> out, std::error_code& ec) override;
    HAWSER_DECL void read(BodyRead& reader, asio::cancellation_slot slot) override;
    HAWSER_DECL void cancel(BodyRead& reader, std::error_code cause) override;
    HAWSER_DECL void close() override;
    HAWSER_DECL void reject(std::error_code ec, Fault fault) override;
    HAWSER_DECL Failure failure() const override;
    HAWSER_DECL Failure tell(std::error_code code, const char* reason) override;
    HAWSER_DECL Exchange* exchange() const noexcept override;
    ProgressBody* progress() noexcept override { return next_->progress(); }

private:
    // As the reader of the next layer, on behalf of its own.
    HAWSER_DECL std::span<char> space() override;
    HAWSER_DECL Task* received(std::size_t n, std::error_code ec) override;
    HAWSER_DECL std::error_code error() const noexcept override;
    HAWSER_DECL const char* reason() const noexcept override;
    HAWSER_DECL Fault fault() const noexcept override;
    HAWSER_DECL void set_failure(Failure why) noexcept override;
    HAWSER_DECL void discard() noexcept override;
    /// The read is complete.
    HAWSER_DECL void run(CalledFrom from) override;

    IntrusivePtr<TappedBody> end_read() noexcept;

    const BodyStreamPtr next_;
    const std::unique_ptr<BodyTap> tap_;
    BodyRead* reader_ = nullptr;
    Task* done_ = nullptr;  // completes the reader
    std::span<char> space_;
    std::error_code end_;
    std::atomic<bool> busy_{false};  // reader_ reads
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/tapped_body.ipp>
#endif

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A layer of a response body that counts what its reader reads; only for requests with
// RequestOptions::on_progress. That function is user code. So a read goes through the executor
// after each piece, with no lock held, and continues there. A blocking reader tells of its pieces
// itself, on its own thread.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/conn/progress_meter.hpp>
#include <hawser/detail/held_bytes.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class ProgressBody final : public BodyStream, private BodyRead, private Task {
public:
    /// `held` are the bytes received so far; `next` delivers the others, and is null if there are
    /// none.
    ProgressBody(IntrusivePtr<ProgressMeter> meter,
                 std::string&& held,
                 BodyStreamPtr next,
                 asio::any_io_executor executor,
                 BodyOrigin origin) noexcept
        : next_(std::move(next)),
          executor_(std::move(executor)),
          origin_(std::move(origin)),
          meter_(std::move(meter)),
          held_(std::move(held)) {}

    HAWSER_DECL std::size_t read_some(std::span<char> out, std::error_code& ec) override;
    HAWSER_DECL void read(BodyRead& reader, asio::cancellation_slot slot) override;
    HAWSER_DECL void cancel(BodyRead& reader, std::error_code cause) override;
    HAWSER_DECL void close() override;
    HAWSER_DECL void reject(std::error_code ec, Fault fault) override;
    HAWSER_DECL Failure failure() const override;
    HAWSER_DECL Failure tell(std::error_code code, const char* reason) override;
    HAWSER_DECL Exchange* exchange() const noexcept override;
    ProgressBody* progress() noexcept override { return this; }

    /// Nobody wants to know.
    void mute() noexcept { meter_ = nullptr; }
    /// The next read does not tell of its piece. Once it has ended, its caller calls tell_read(),
    /// which returns its error.
    void read_silently() noexcept { silent_next_ = true; }
    std::error_code tell_read(std::error_code ec) { return count(count_, ec); }

private:
    class Continuation;

    // As the reader of the next layer, on behalf of its own.
    HAWSER_DECL std::span<char> space() override;
    HAWSER_DECL Task* received(std::size_t n, std::error_code ec) override;
    HAWSER_DECL std::error_code error() const noexcept override;
    HAWSER_DECL const char* reason() const noexcept override;
    HAWSER_DECL void set_failure(Failure why) noexcept override;
    HAWSER_DECL void discard() noexcept override;
    /// The next layer has served the read.
    HAWSER_DECL void run(CalledFrom from) override;

    std::error_code count(std::size_t n, std::error_code ec);
    void stop_read(std::error_code cause) noexcept;
    void cancel_by(asio::cancellation_slot slot);
    void read_piece();
    std::error_code tell_piece();
    void piece_told(std::error_code ec);
    IntrusivePtr<ProgressBody> end_read() noexcept;

    const BodyStreamPtr next_;
    const asio::any_io_executor executor_;
    const BodyOrigin origin_;
    IntrusivePtr<ProgressMeter> meter_;
    HeldBytes held_;
    std::error_code thrown_;  // by the function
    Failure told_;            // if there is no next layer to remember it

    BodyRead* reader_ = nullptr;
    Task* done_ = nullptr;   // completes the reader, if the read is silent
    std::size_t count_ = 0;  // bytes of the last piece
    std::error_code end_;    // how the piece ended
    bool silent_next_ = false;
    bool silent_ = false;
    std::atomic<bool> busy_{false};  // reader_ reads
    std::atomic<bool> stopping_{false};
    std::atomic<bool> stopped_{false};  // because of cause_
    std::error_code cause_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/progress_body.ipp>
#endif

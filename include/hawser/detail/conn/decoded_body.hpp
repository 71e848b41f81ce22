// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Makes a compressed body look as if it had never been compressed: a decoder, and the stream of its
// input. It reads that stream on behalf of its own reader: as a BodyRead of the compressed bytes,
// it decodes arriving bytes straight into the reader's memory. The reader does not notice.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_origin.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/message/body_decoder.hpp>
#include <hawser/detail/rt/task.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/cancellation_signal.hpp>

#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class DecodedBody final : public BodyStream, private BodyRead {
public:
    /// `held` are the compressed bytes received so far; `coded` delivers the others, and is null if
    /// there are none. A read that takes long continues through `executor`.
    DecodedBody(const CodingPlan& plan,
                const DecodeLimits& limits,
                std::string held,
                BodyStreamPtr coded,
                asio::any_io_executor executor,
                BodyOrigin origin);

    HAWSER_DECL std::size_t read_some(std::span<char> out, std::error_code& ec) override;
    HAWSER_DECL void read(BodyRead& reader, asio::cancellation_slot slot) override;
    HAWSER_DECL void cancel(BodyRead& reader, std::error_code cause) override;
    HAWSER_DECL void close() override;
    HAWSER_DECL void reject(std::error_code ec, Fault fault) override;
    HAWSER_DECL Failure failure() const override;
    HAWSER_DECL Failure tell(std::error_code code, const char* reason) override;
    HAWSER_DECL Exchange* exchange() const noexcept override;

private:
    friend struct ReturnDecoder;
    class Continuation;
    /// The connection has finished the read, which continues through the executor.
    struct ResumeDecoding final : Task {
        explicit ResumeDecoding(DecodedBody& of) noexcept : body(of) {}
        HAWSER_DECL void run(CalledFrom from) override;
        DecodedBody& body;
    };
    enum class Stop : unsigned char { no, closed, aborted };

    static constexpr std::size_t budget = 256 * 1024;  // decoded at a time, to be fair to other
                                                       // work

    // As the reader of the compressed bytes.
    HAWSER_DECL std::span<char> space() override;
    HAWSER_DECL Task* received(std::size_t n, std::error_code ec) override;
    HAWSER_DECL std::error_code error() const noexcept override;
    HAWSER_DECL const char* reason() const noexcept override;
    HAWSER_DECL Fault fault() const noexcept override;
    HAWSER_DECL void set_failure(Failure why) noexcept override;
    HAWSER_DECL void discard() noexcept override;

    bool busy() const noexcept { return busy_.load(std::memory_order_acquire); }
    void lend_to(BodyRead& reader) noexcept;
    void add_coded(std::size_t n, std::error_code ec) noexcept;
    std::size_t decode(std::span<char> out, std::error_code& ec);
    std::error_code end_of_input() noexcept;
    Task* serve_reader();
    void explain_failure();
    void cancel_by(asio::cancellation_slot slot);

    const BodyStreamPtr coded_;
    const asio::any_io_executor executor_;
    const BodyOrigin origin_;
    BodyDecoder decoder_;
    std::error_code coded_end_;  // how the compressed bytes ended: asio::error::eof, or an error
    BodyRead* reader_ = nullptr;
    ResumeDecoding resume_{*this};
    Failure told_;                   // if there is no connection to remember it
    std::atomic<bool> busy_{false};  // lent to a read
    std::atomic<Stop> stopped_{Stop::no};
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/decoded_body.ipp>
#endif

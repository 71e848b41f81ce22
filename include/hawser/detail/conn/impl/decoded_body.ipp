// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/decoded_body.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL DecodedBody::DecodedBody(const CodingPlan& plan,
                                     const DecodeLimits& limits,
                                     std::string held,
                                     BodyStreamPtr coded,
                                     asio::any_io_executor executor,
                                     BodyOrigin origin)
    : coded_(std::move(coded)),
      executor_(std::move(executor)),
      origin_(std::move(origin)),
      decoder_(plan, limits, std::move(held)) {
    if (!coded_) {
        add_coded(0, asio::error::eof);
    }
}

// ── As the stream of the decoded bytes ───────────────────────────────────────────────────────────

HAWSER_DECL std::size_t DecodedBody::read_some(std::span<char> out, std::error_code& ec) {
    if (busy()) {
        ec = error::concurrent_read;
        return 0;
    }
    fatal = {};
    std::size_t n = decode(out, ec);
    if (ec == asio::error::would_block) {
        std::error_code end;
        const std::size_t received = coded_->read_some(space(), end);
        if (end == asio::error::would_block) {
            return 0;
        }
        ec = {};
        add_coded(received, end);
        n = decode(out, ec);
    }
    if (fatal) {
        reject(fatal, fault());
        tell(fatal, "");
    }
    return n;
}

HAWSER_DECL void DecodedBody::read(BodyRead& reader, asio::cancellation_slot slot) {
    if (busy()) {
        reader.received(0, error::concurrent_read)->run(CalledFrom::user);
        return;
    }
    lend_to(reader);
    Task* const next = serve_reader();
    explain_failure();
    if (next == nullptr || next == &resume_) {
        cancel_by(slot);
    }
    next != nullptr ? next->run(CalledFrom::user) : coded_->read(*this, {});
}

// Does for a read that failed without the connection what the connection does for other reads.
HAWSER_DECL void DecodedBody::explain_failure() {
    if (failed && fatal) {
        reject(fatal, fault());
    }
    if (failed) {
        set_failure(tell(error(), reason()));
    }
}

HAWSER_DECL void DecodedBody::lend_to(BodyRead& reader) noexcept {
    busy_.store(true, std::memory_order_relaxed);
    add_ref();
    reader.decoder.reset(this);
    reader_ = &reader;
    failed = false;
    fatal = {};
    produced = 0;
}

HAWSER_DECL void ReturnDecoder::operator()(DecodedBody* decoder) const noexcept {
    decoder->busy_.store(false, std::memory_order_release);
    decoder->release();
}

HAWSER_DECL void DecodedBody::cancel_by(asio::cancellation_slot slot) {
    if (!slot.is_connected()) {
        return;
    }
    or_discard(*reader_, [&] {
        slot.assign([self = IntrusivePtr<DecodedBody>(this)](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                self->stopped_.store(Stop::aborted, std::memory_order_release);
                self->cancel(*self, asio::error::operation_aborted);
            }
        });
    });
}

HAWSER_DECL void DecodedBody::cancel(BodyRead&, std::error_code cause) {
    if (coded_) {
        coded_->cancel(*this, cause);
    }
}

HAWSER_DECL void DecodedBody::close() {
    stopped_.store(Stop::closed, std::memory_order_release);
    if (coded_) {
        coded_->close();
    }
}

HAWSER_DECL void DecodedBody::reject(std::error_code ec, Fault fault) {
    if (coded_) {
        coded_->reject(ec, std::move(fault));
    }
}

HAWSER_DECL Failure DecodedBody::failure() const {
    if (coded_) {
        return coded_->failure();
    }
    return busy() ? Failure() : told_;
}

HAWSER_DECL Failure DecodedBody::tell(std::error_code code, const char* reason) {
    if (coded_) {
        return coded_->tell(code, reason);
    }
    return told_ = origin_.describe(code, code == decoder_.error() ? fault() : Fault(), reason);
}

HAWSER_DECL Exchange* DecodedBody::exchange() const noexcept {
    return coded_ ? coded_->exchange() : nullptr;
}

// ── Decoding ─────────────────────────────────────────────────────────────────────────────────────

// If memory is short, the read fails, and its connection is closed.
HAWSER_DECL std::size_t DecodedBody::decode(std::span<char> out, std::error_code& ec) {
    if (out.empty()) {
        return 0;
    }
    if (const Stop why = stopped_.load(std::memory_order_acquire); why != Stop::no) {
        ec = why == Stop::closed ? make_error_code(error::canceled)
                                 : std::error_code(asio::error::operation_aborted);
        return 0;
    }
    std::size_t n = 0;
    try {
        n = decoder_.read(out);
    } catch (const std::exception&) {
        ec = fatal = hawser::error::resource_exhausted;
        return 0;
    }
    if (n == 0) {
        ec = end_of_input();
    }
    return n;
}

// Why no more can be decoded.
HAWSER_DECL std::error_code DecodedBody::end_of_input() noexcept {
    switch (decoder_.state()) {
        case BodyDecoder::State::failed:
            return fatal = decoder_.error();
        case BodyDecoder::State::ended:
            return coded_end_;
        case BodyDecoder::State::decoding:
        case BodyDecoder::State::needs_input:
            break;
    }
    return asio::error::would_block;
}

HAWSER_DECL void DecodedBody::add_coded(std::size_t n, std::error_code ec) noexcept {
    decoder_.received(n);
    if (ec) {
        coded_end_ = ec;
        decoder_.end_input(ec == asio::error::eof);
    }
}

// Decodes until the reader has what it wants, no more can be decoded, or other work should get a
// turn. Returns the task to run if the connection is no longer needed.
HAWSER_DECL Task* DecodedBody::serve_reader() {
    for (std::size_t decoded = 0; decoded < budget;) {
        std::error_code ec = fatal;
        const std::span<char> out = ec ? std::span<char>() : reader_->space();
        const std::size_t n = decode(out.first(std::min(out.size(), budget)), ec);
        if (ec == asio::error::would_block) {
            return nullptr;
        }
        decoded += n;
        produced += n;
        if (Task* const done = reader_->received(n, ec)) {
            failed = reader_->failed;
            fatal = fatal ? fatal : reader_->fatal;
            return done;
        }
    }
    return coded_end_ ? &resume_ : nullptr;
}

/// Owns the read while the executor has it.
class DecodedBody::Continuation {
public:
    explicit Continuation(DecodedBody& body) noexcept : body_(&body) {}
    Continuation(Continuation&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
    Continuation& operator=(Continuation&&) = delete;
    ~Continuation() {
        if (body_ != nullptr) {
            body_->discard();
        }
    }
    void operator()() {
        DecodedBody& body = *std::exchange(body_, nullptr);
        Task* const next = body.serve_reader();
        body.explain_failure();
        next->run(CalledFrom::executor);
    }

private:
    DecodedBody* body_;
};

HAWSER_DECL void DecodedBody::ResumeDecoding::run(CalledFrom) {
    post_handler(body.executor_, Continuation(body));
}

// ── As the reader of the compressed bytes ────────────────────────────────────────────────────────

HAWSER_DECL std::span<char> DecodedBody::space() {
    try {
        return decoder_.space();
    } catch (const std::exception&) {
        fatal = hawser::error::resource_exhausted;
        return {};
    }
}

HAWSER_DECL Task* DecodedBody::received(std::size_t n, std::error_code ec) {
    add_coded(n, ec);
    return serve_reader();
}

HAWSER_DECL std::error_code DecodedBody::error() const noexcept {
    return reader_->error();
}

HAWSER_DECL const char* DecodedBody::reason() const noexcept {
    return reader_->reason();
}

HAWSER_DECL Fault DecodedBody::fault() const noexcept {
    return decoder_.fault();
}

HAWSER_DECL void DecodedBody::set_failure(Failure why) noexcept {
    reader_->set_failure(std::move(why));
}

HAWSER_DECL void DecodedBody::discard() noexcept {
    reader_->discard();
}

}  // namespace hawser::inline HAWSER_ABI::detail

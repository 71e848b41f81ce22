// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/progress_body.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/detail/rt/completion.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>

#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL std::size_t ProgressBody::read_some(std::span<char> out, std::error_code& ec) {
    if (busy_.load(std::memory_order_acquire)) {
        ec = hawser::error::concurrent_read;
        return 0;
    }
    std::size_t n = 0;
    ec = thrown_;
    if (!ec && !held_.empty()) {
        n = held_.read(out);
    } else if (!ec && next_) {
        n = next_->read_some(out, ec);
    } else if (!ec) {
        ec = asio::error::eof;
    }
    ec = count(n, ec);
    return n;
}

HAWSER_DECL void ProgressBody::read(BodyRead& reader, asio::cancellation_slot slot) {
    if (busy_.exchange(true, std::memory_order_acq_rel)) {
        reader.received(0, hawser::error::concurrent_read)->run(CalledFrom::user);
        return;
    }
    add_ref();
    reader_ = &reader;
    silent_ = std::exchange(silent_next_, false);
    stopping_ = false;
    stopped_ = false;
    cancel_by(slot);
    read_piece();
}

HAWSER_DECL void ProgressBody::cancel_by(asio::cancellation_slot slot) {
    if (!slot.is_connected()) {
        return;
    }
    or_discard(static_cast<BodyRead&>(*this), [&] {
        slot.assign([self = IntrusivePtr<ProgressBody>(this)](asio::cancellation_type type) {
            if (type != asio::cancellation_type::none) {
                self->cancel(*self, asio::error::operation_aborted);
            }
        });
    });
}

HAWSER_DECL void ProgressBody::cancel(BodyRead&, std::error_code cause) {
    stop_read(cause);
    if (next_) {
        next_->cancel(*this, cause);
    }
}

// Ends the read even if it is between two pieces. The first cause wins.
HAWSER_DECL void ProgressBody::stop_read(std::error_code cause) noexcept {
    if (!stopping_.exchange(true)) {
        cause_ = cause;
        stopped_ = true;
    }
}

HAWSER_DECL void ProgressBody::close() {
    stop_read(hawser::error::canceled);
    if (next_) {
        next_->close();
    }
}

HAWSER_DECL void ProgressBody::reject(std::error_code ec, Fault fault) {
    if (next_) {
        next_->reject(ec, std::move(fault));
    }
}

HAWSER_DECL Failure ProgressBody::failure() const {
    return next_ ? next_->failure() : told_;
}

HAWSER_DECL Failure ProgressBody::tell(std::error_code code, const char* reason) {
    return next_ ? next_->tell(code, reason) : told_ = origin_.describe(code, {}, reason);
}

HAWSER_DECL Exchange* ProgressBody::exchange() const noexcept {
    return next_ ? next_->exchange() : nullptr;
}

// ── The pieces of a read ─────────────────────────────────────────────────────────────────────────

// Counts a piece, and calls the function; the last time, it lets go of it. Returns how the piece
// ended after that.
HAWSER_DECL std::error_code ProgressBody::count(std::size_t n, std::error_code ec) {
    const bool end = ec == asio::error::eof;
    if (meter_ && (end || (n != 0 && !ec))) {
        Fault fault;
        if (const std::error_code thrown = meter_->received(n, end, fault)) {
            ec = thrown_ = thrown;
            reject(ec, fault);
            tell(ec, fault.reason.c_str());
        }
    }
    if (ec && ec != asio::error::would_block) {
        meter_ = nullptr;
    }
    return ec;
}

/// Owns the read while the function is called, and while the executor has it.
class ProgressBody::Continuation {
public:
    explicit Continuation(ProgressBody& body) noexcept : body_(&body) {}
    Continuation(Continuation&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
    Continuation& operator=(Continuation&&) = delete;
    ~Continuation() {
        if (body_ != nullptr) {
            body_->discard();
        }
    }
    void operator()() {
        const std::error_code ec = body_->tell_piece();
        std::exchange(body_, nullptr)->piece_told(ec);
    }

private:
    ProgressBody* body_;
};

HAWSER_DECL void ProgressBody::read_piece() {
    failed = false;
    fatal = {};
    count_ = 0;
    end_ = thrown_;
    if (!end_ && held_.empty() && next_) {
        const IntrusivePtr<ProgressBody> self(this);
        next_->read(*this, {});
        if (stopped_) {
            next_->cancel(*this, cause_);
        }
        return;
    }
    if (!end_ && held_.empty()) {
        end_ = asio::error::eof;
    } else if (!end_) {
        count_ = held_.read(space());
    }
    run(CalledFrom::user);
}

HAWSER_DECL void ProgressBody::run(CalledFrom from) {
    if (silent_) {
        Task* const done = done_;
        const IntrusivePtr<ProgressBody> self = end_read();
        done->run(from);
        return;
    }
    Continuation next(*this);
    if (from == CalledFrom::executor) {
        next();
    } else {
        post_handler(executor_, std::move(next));
    }
}

HAWSER_DECL std::error_code ProgressBody::tell_piece() {
    decoder.reset();
    std::error_code ec = fatal ? fatal : count(count_, end_);
    if (!ec && stopped_) {
        ec = cause_;
        reject(ec, {});
    }
    return ec;
}

HAWSER_DECL void ProgressBody::piece_told(std::error_code ec) {
    Task* const done = reader_->received(count_, ec);
    if (done == nullptr) {
        return read_piece();
    }
    if (reader_->failed) {
        reader_->set_failure(tell(reader_->error(), reader_->reason()));
    }
    const IntrusivePtr<ProgressBody> self = end_read();
    done->run(CalledFrom::executor);
}

// Gives back what was borrowed for the read. The result keeps this alive a little longer.
HAWSER_DECL IntrusivePtr<ProgressBody> ProgressBody::end_read() noexcept {
    auto self = IntrusivePtr<ProgressBody>::adopt(this);
    decoder.reset();
    busy_.store(false, std::memory_order_release);
    return self;
}

// ── As the reader of the next layer ──────────────────────────────────────────────────────────────

HAWSER_DECL std::span<char> ProgressBody::space() {
    const std::span<char> out = reader_->space();
    fatal = reader_->fatal;
    return out;
}

HAWSER_DECL Task* ProgressBody::received(std::size_t n, std::error_code ec) {
    count_ += n;
    end_ = ec;
    if (!silent_) {
        failed = static_cast<bool>(fatal);
        return this;
    }
    done_ = reader_->received(n, ec);
    failed = reader_->failed;
    fatal = reader_->fatal;
    return done_ != nullptr ? this : nullptr;
}

HAWSER_DECL std::error_code ProgressBody::error() const noexcept {
    return silent_ ? reader_->error() : fatal;
}

HAWSER_DECL const char* ProgressBody::reason() const noexcept {
    return silent_ ? reader_->reason() : "";
}

HAWSER_DECL void ProgressBody::set_failure(Failure why) noexcept {
    reader_->set_failure(std::move(why));
}

HAWSER_DECL void ProgressBody::discard() noexcept {
    BodyRead& reader = *reader_;
    const IntrusivePtr<ProgressBody> self = end_read();
    reader.discard();
}

}  // namespace hawser::inline HAWSER_ABI::detail

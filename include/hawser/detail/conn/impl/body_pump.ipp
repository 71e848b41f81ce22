// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/conn/body_pump.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/exceptions.hpp>
#include <hawser/detail/rt/any_handler.hpp>
#include <hawser/error.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/strand.hpp>

#include <string>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

HAWSER_DECL BodyPump::BodyPump(asio::any_io_executor executor) : executor_(std::move(executor)) {}

HAWSER_DECL BodyPump::~BodyPump() {
    if (reader_ && !finished_) {
        reader_->close();
    }
}

HAWSER_DECL std::error_code BodyPump::open(std::shared_ptr<BodySource>&& source,
                                           IntrusivePtr<ProgressMeter> meter,
                                           Fault& fault) {
    SourceRead failure;
    reader_ = source->open(failure);
    meter_ = std::move(meter);
    if (reader_ && meter_) {
        meter_->begin_sending(reader_->length());
    }
    if (!failure.ec) {
        source_ = std::move(source);
    }
    if (reader_ && reader_->waits()) {
        serial_ = asio::make_strand(executor_);
    }
    fault = std::move(failure.fault);
    return failure.ec;
}

HAWSER_DECL void BodyPump::rewind() noexcept {
    reader_->rewind();
    if (meter_) {
        meter_->begin_sending(reader_->length());
    }
}

HAWSER_DECL void BodyPump::fetch(PersistConn& conn) {
    {
        std::lock_guard lock(mutex_);
        if (busy_) {
            return;
        }
        busy_ = true;
        conn_ = &conn;
    }
    conn.after_turn(*schedule_.begin());
}

HAWSER_DECL Task* BodyPump::leave() noexcept {
    {
        std::lock_guard lock(mutex_);
        conn_ = nullptr;  // not the last reference: the connection itself called
    }
    return retract();
}

HAWSER_DECL bool BodyPump::busy() const noexcept {
    std::lock_guard lock(mutex_);
    return busy_;
}

HAWSER_DECL bool BodyPump::hold(Task& task) noexcept {
    std::lock_guard lock(mutex_);
    if (busy_) {
        held_.push(task);
    }
    return busy_;
}

// ── A call ───────────────────────────────────────────────────────────────────────────────────────

// The only place that submits a call of the source.
HAWSER_DECL void BodyPump::schedule(CalledFrom from) {
    if (mailbox.loop != nullptr && !serial_) {
        mailbox.loop->post(mailbox, *make_.begin());
        if (!wanted()) {
            if (Task* const made = retract()) {
                made->run(from);
            }
        }
        return;
    }
    auto step = [call = SourceCall(*this)]() mutable {
        BodyPump& pump = call.pump();
        pump.make(std::move(call), CalledFrom::executor);
    };
    try {
        // Not as an AnyHandler: Asio keeps small blocks at hand, which this can use.
        asio::post(serial_ ? serial_ : executor_, std::move(step));
    } catch (const std::exception&) {  // the call was lost; its destructor has told the request
    }
}

// Runs on the thread of the caller that sent the request.
HAWSER_DECL void BodyPump::make_here(CalledFrom from) {
    make(SourceCall(*this), from);
}

// Takes back a call that still waits for its caller and is no longer wanted.
HAWSER_DECL Task* BodyPump::retract() noexcept {
    return mailbox.loop != nullptr && mailbox.loop->retract(mailbox, make_) ? &make_ : nullptr;
}

// Refuses a source that claims to have filled more than its buffer.
inline void check_size(SourceRead& result) {
    constexpr std::size_t most = BodyPump::buffer_size;
    if (result.size > most) {
        result = failed_read(error::request_body_error,
                             "its source claims " + std::to_string(result.size) + " bytes of " +
                                 std::to_string(most));
    }
}

// Counts a piece, and calls the function for it. If that throws, the request fails.
HAWSER_DECL void BodyPump::tell(SourceRead& result) {
    check_size(result);
    if (!result.ec && wanted()) {
        result.ec = meter_->sent(result.size, result.fault);
    }
}

HAWSER_DECL SourceCall::SourceCall(BodyPump& pump) noexcept : pump_(&pump) {}

HAWSER_DECL SourceCall::~SourceCall() {
    if (pump_) {
        try {
            returned({.ec = error::resource_exhausted}, CalledFrom::user);
        } catch (...) {  // there is no one left to tell
        }
    }
}

HAWSER_DECL void SourceCall::returned(SourceRead result, CalledFrom from) {
    if (pump_ && pump_->meter_) {
        pump_->tell(result);  // before the call counts as returned, since this is user code as well
    }
    if (const IntrusivePtr<BodyPump> pump = std::move(pump_)) {  // else the call was lost
        pump->returned(std::move(result), from);
    }
}

HAWSER_DECL const asio::any_io_executor& SourceCall::executor() const noexcept {
    return pump_->serial_;
}

HAWSER_DECL asio::cancellation_slot SourceCall::slot() const noexcept {
    return pump_->signal_.slot();
}

HAWSER_DECL void SourceCall::awaited(std::exception_ptr exception, std::size_t n) {
    slot().clear();
    returned(exception ? source_failure(exception) : SourceRead{.size = n}, CalledFrom::executor);
}

HAWSER_DECL bool BodyPump::wanted() const noexcept {
    std::lock_guard lock(mutex_);
    return conn_ && !stopped_;
}

HAWSER_DECL void BodyPump::make(SourceCall call, CalledFrom from) {
    if (!wanted()) {
        call.returned({}, from);
        return;
    }
    SourceRead result;
    try {
        if (!data_) {
            data_.reset(new char[buffer_size]);
        }
        result = reader_->read({data_.get(), buffer_size});
        if (result.awaited != nullptr) {
            delayed();
            return result.await(result.awaited, std::move(call));
        }
        if (result.descriptor != -1) {
            return wait_for(std::move(call), result.descriptor);
        }
    } catch (const std::exception&) {
        result = {.ec = error_of_exception()};
    }
    call.returned(std::move(result), from);
}

#if defined(ASIO_HAS_POSIX_STREAM_DESCRIPTOR)
/// A descriptor that still belongs to the reader.
struct BodyPump::Borrowed {
    Borrowed(const asio::any_io_executor& executor, int descriptor)
        : stream(executor, descriptor) {}
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
        try {
            stream.release();
        } catch (const std::system_error&) {  // its reactor no longer watches it
        }
    }

    asio::posix::stream_descriptor stream;
};

HAWSER_DECL void BodyPump::wait_for(SourceCall call, int descriptor) {
    delayed();
    auto borrowed = std::make_unique<Borrowed>(serial_, descriptor);
    auto& stream = borrowed->stream;
    stream.async_wait(
        asio::posix::stream_descriptor::wait_read,
        AnyHandler(
            [call = std::move(call), borrowed = std::move(borrowed)](std::error_code ec) mutable {
                BodyPump& pump = call.pump();
                pump.signal_.slot().clear();
                borrowed.reset();
                if (ec && ec != asio::error::operation_aborted) {
                    call.returned(failed_read(error::request_body_error, "waiting for it", ec),
                                  CalledFrom::executor);
                    return;
                }
                pump.make(std::move(call), CalledFrom::executor);
            },
            signal_.slot()));
}
#else
HAWSER_DECL void BodyPump::wait_for(SourceCall call, int) {
    call.returned({.ec = error::request_body_error}, CalledFrom::executor);
}
#endif

// The source is slow: write what is pending meanwhile.
HAWSER_DECL void BodyPump::delayed() {
    IntrusivePtr<PersistConn> conn;
    {
        std::lock_guard lock(mutex_);
        conn = conn_;
    }
    if (conn) {
        conn->turn(CalledFrom::user, [&] { conn->out.piece_delayed(*this); });
    }
}

HAWSER_DECL void BodyPump::returned(SourceRead result, CalledFrom from) {
    IntrusivePtr<PersistConn> conn;
    std::shared_ptr<BodySource> source;
    std::shared_ptr<BodyReader> done;
    IntrusivePtr<ProgressMeter> meter;
    asio::any_io_executor serial;
    TaskList held = [&] {
        std::lock_guard lock(mutex_);
        busy_ = false;
        conn = std::move(conn_);
        if (finished_) {
            source = std::move(source_);
            done = std::move(reader_);
            meter = std::move(meter_);
            serial.swap(serial_);
        }
        return std::move(held_);
    }();
    if (done) {
        done->close();
        done.reset();
    }
    check_size(result);
    if (conn) {
        const std::string_view piece(data_.get(), result.ec ? 0 : result.size);
        conn->turn(from, [&] {
            result.ec = conn->out.piece_arrived(*this, piece, result.ec, std::move(result.fault));
            if (result.ec) {
                conn->close_now(result.ec);  // any network error is only a consequence from now on
            }
        });
    }
    held.run(from);
}

// ── The end ──────────────────────────────────────────────────────────────────────────────────────

HAWSER_DECL Task* BodyPump::stop() noexcept {
    bool waits = false;
    {
        std::lock_guard lock(mutex_);
        if (!busy_ || std::exchange(stopped_, true)) {
            return nullptr;
        }
        waits = bool(serial_);
    }
    return waits ? cancel_.begin() : retract();
}

HAWSER_DECL void BodyPump::cancel(CalledFrom) {
    asio::any_io_executor serial;
    {
        std::lock_guard lock(mutex_);
        serial = serial_;
    }
    if (!serial) {
        return;  // the call has returned
    }
    try {
        post_handler(serial, [self = IntrusivePtr<BodyPump>(this)] {
            self->signal_.emit(asio::cancellation_type::terminal);
        });
    } catch (const std::exception&) {  // then the call ends by itself
    }
}

HAWSER_DECL Task* BodyPump::finish() noexcept {
    std::lock_guard lock(mutex_);
    if (finished_ || !reader_) {
        return nullptr;
    }
    finished_ = true;
    if (!busy_) {
        reader_->close();
    }
    return let_go_.begin();
}

/// What a request leaves behind of its body.
struct BodyPump::Last {
    IntrusivePtr<ProgressMeter> meter;
    std::shared_ptr<BodyReader> reader;
    std::shared_ptr<BodySource> source;
};

// Destroys the user's source, on the executor. The strand is destroyed with it: this object may
// outlive the strand's execution context.
HAWSER_DECL void BodyPump::let_go(CalledFrom from) {
    std::shared_ptr<BodySource> source;
    std::shared_ptr<BodyReader> done;
    IntrusivePtr<ProgressMeter> meter;
    asio::any_io_executor serial;
    {
        std::lock_guard lock(mutex_);
        if (!busy_) {  // else returned() does it
            source = std::move(source_);
            done = std::move(reader_);
            meter = std::move(meter_);
            serial.swap(serial_);
        }
    }
    if (done && from == CalledFrom::user) {
        try {
            std::unique_ptr<Last> last(
                new Last{std::move(meter), std::move(done), std::move(source)});
            post_handler(executor_, [last = std::move(last)] {});
        } catch (const std::exception&) {  // then it is destroyed here
        }
    }
}

}  // namespace hawser::inline HAWSER_ABI::detail

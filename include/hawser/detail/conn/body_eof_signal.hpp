// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// A response body's end of the connection (Go's bodyEOFSignal). It reads the body straight from the
// connection and is the only one that says what became of it, once: the end was read, or it was
// closed, at the latest by its destructor. Not for two threads at once; the connection behind is.

#include <hawser/config.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/blocking_loop.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>

#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

namespace hawser::detail {

class BodyEofSignal {
public:
    BodyEofSignal(PersistConn& conn, Exchange& exchange) noexcept
        : conn_(&conn), exchange_(&exchange) {}
    BodyEofSignal(const BodyEofSignal&) = delete;
    BodyEofSignal& operator=(const BodyEofSignal&) = delete;
    ~BodyEofSignal() { close(); }

    /// Reads what is there; asio::error::would_block, asio::error::eof, or why it failed.
    std::size_t read_some(std::span<char> out, std::error_code& ec) {
        if (process_.inherited()) {
            ec = error::forked;
            return 0;
        }
        return conn_->read_body(*exchange_, out, ec);
    }
    void read(BodyWait& wait) {
        if (process_.inherited()) {
            wait.received(0, error::forked)->run(CalledFrom::user);
        } else {
            conn_->read_body(*exchange_, wait);
        }
    }
    /// Lets `slot` cancel a read that is about to start.
    void cancel_by(asio::cancellation_slot slot, BodyWait& wait) {
        if (slot.is_connected()) {
            slot.assign([conn = conn_, exchange = exchange_, &wait](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    conn->cancel_read(*exchange, wait, asio::error::operation_aborted);
                }
            });
        }
    }
    /// The same for one that decodes, which may be busy with that meanwhile.
    template <class Decoder>
    void cancel_by(asio::cancellation_slot slot, BodyWait& wait, IntrusivePtr<Decoder> decoder) {
        if (slot.is_connected()) {
            slot.assign([conn = conn_, exchange = exchange_, &wait, decoder = std::move(decoder)](
                            asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    decoder->stop(Decoder::Stop::aborted);
                    conn->cancel_read(*exchange, wait, asio::error::operation_aborted);
                }
            });
        }
    }
    void close() {
        if (process_.inherited()) {  // it is the parent's: nothing of it may be touched
            keep_for_ever(std::make_shared<IntrusivePtr<PersistConn>>(conn_));
            keep_for_ever(std::make_shared<IntrusivePtr<Exchange>>(exchange_));
            return;
        }
        const NoThreadCancel no_cancel;
        conn_->close_body(*exchange_);
    }
    /// What was read is no good: ends the connection, if the end of the body was not read yet.
    void fail(std::error_code ec, Fault fault) { conn_->refuse(*exchange_, ec, std::move(fault)); }
    /// All that is known of an error, with a reason for one that the connection did not see.
    Failure describe(std::error_code ec, const char* reason = "") const {
        return conn_->describe(*exchange_, ec, reason);
    }
    void explain(BodyWait& wait) const { conn_->explain(*exchange_, wait); }
    /// What the last read failed with, or the next one would.
    Failure failure() const { return conn_->body_failure(*exchange_); }

    // After an upgrade.
    void write(TunnelWrite& write) { conn_->write_tunnel(*exchange_, write); }
    /// Lets `slot` cancel a write that is about to start.
    void cancel_by(asio::cancellation_slot slot, TunnelWrite& write) {
        if (slot.is_connected()) {
            slot.assign([conn = conn_, exchange = exchange_, &write](asio::cancellation_type type) {
                if (type != asio::cancellation_type::none) {
                    conn->cancel_write(*exchange, write, asio::error::operation_aborted);
                }
            });
        }
    }
    void close_write() { conn_->close_write(*exchange_); }

    bool request_sent() const noexcept {
        return exchange_->response.request_sent.load(std::memory_order_relaxed);
    }

    // For blocking calls.
    TimePoint ends_by() const noexcept { return exchange_->ends_by(); }
    void give_up(BodyWait& wait, std::error_code ec) { conn_->cancel_read(*exchange_, wait, ec); }
    void give_up(TunnelWrite& write, std::error_code ec) {
        conn_->cancel_write(*exchange_, write, ec);
    }
    /// Where the caller calls the body source, should the request still be on its way.
    BlockingLoop::Desk* desk() noexcept {
        BodyPump* const pump = exchange_->request.pump.get();
        return pump != nullptr && pump->desk.loop != nullptr ? &pump->desk : nullptr;
    }

    /// Complete once read_some() said eof.
    const Headers* trailers() const noexcept { return exchange_->response.trailers.get(); }
    /// The same, for good.
    std::unique_ptr<Headers> take_trailers() noexcept {
        return std::move(exchange_->response.trailers);
    }
    /// Writing goes on when reading has ended.
    bool is_tunnel() const noexcept { return exchange_->response.upgraded; }
    /// Known once read_some() said eof.
    bool cut_short() const noexcept { return exchange_->response.cut_short; }

private:
    const IntrusivePtr<PersistConn> conn_;
    const IntrusivePtr<Exchange> exchange_;
    const OfThisProcess process_;
};

/// A blocking read or write of a body, as its caller waits for it.
template <class Operation>
class AwaitedOn final : public Awaited {
public:
    AwaitedOn(BodyEofSignal& live, Operation& operation) noexcept
        : live_(live), operation_(operation) {}

    TimePoint ends_by() const noexcept override { return live_.ends_by(); }
    void give_up(std::error_code cause) override { live_.give_up(operation_, cause); }

private:
    BodyEofSignal& live_;
    Operation& operation_;
};

}  // namespace hawser::detail

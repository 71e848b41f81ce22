// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The body's side of the connection (Go's bodyEOFSignal). It reads the body straight from the
// connection, and it alone sends the verdict, once: the end was read, or the body was closed, at
// the latest by its owner's destructor. Not thread-safe itself; the connection behind it is.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_stream.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/conn/tunnel_write.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/rt/fork_guard.hpp>
#include <hawser/detail/rt/thread_cancel.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

class ConnBody final : public BodyStream {
public:
    ConnBody(PersistConn& conn, Exchange& exchange) noexcept : conn_(&conn), exchange_(&exchange) {}

    std::size_t read_some(std::span<char> out, std::error_code& ec) override {
        if (process_.inherited()) {
            ec = error::forked;
            return 0;
        }
        return conn_->body.read_some(*exchange_, out, ec);
    }
    void read(BodyRead& read, asio::cancellation_slot slot) override {
        if (process_.inherited()) {
            read.received(0, error::forked)->run(CalledFrom::user);
            return;
        }
        cancel_by(slot, read);
        conn_->body.read(*exchange_, read);
    }
    void cancel(BodyRead& read, std::error_code cause) override {
        conn_->body.cancel(*exchange_, read, cause);
    }
    HAWSER_DECL void close() override;
    void reject(std::error_code ec, Fault fault) override {
        conn_->body.reject(*exchange_, ec, std::move(fault));
    }

    HAWSER_DECL Failure failure() const override;
    HAWSER_DECL Failure tell(std::error_code code, const char* reason) override;
    Exchange* exchange() const noexcept override { return exchange_.get(); }

    // For the other direction after an upgrade. Does not affect failure().
    void write(TunnelWrite& write, asio::cancellation_slot slot) {
        cancel_by(slot, write);
        conn_->tunnel.write(*exchange_, write);
    }
    void cancel(TunnelWrite& write, std::error_code cause) {
        conn_->tunnel.cancel(*exchange_, write, cause);
    }
    void close_write() { conn_->tunnel.close_write(*exchange_); }
    HAWSER_DECL Failure describe(std::error_code code) const;

private:
    /// Lets `slot` cancel an operation that is about to start.
    template <class Operation>
    void cancel_by(asio::cancellation_slot slot, Operation& operation) {
        if (!slot.is_connected()) {
            return;
        }
        or_discard(operation, [&] {
            slot.assign(
                [self = IntrusivePtr<ConnBody>(this), &operation](asio::cancellation_type type) {
                    if (type != asio::cancellation_type::none) {
                        self->cancel(operation, asio::error::operation_aborted);
                    }
                });
        });
    }
    Failure describe_inherited(std::error_code code) const noexcept;

    const IntrusivePtr<PersistConn> conn_;
    const IntrusivePtr<Exchange> exchange_;
    const OfThisProcess process_;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/conn_body.ipp>
#endif

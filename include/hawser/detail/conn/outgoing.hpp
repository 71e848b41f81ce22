// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The sending side of a connection: sends the request of the exchange being served, and handles an
// upload whose response arrives early. write_loop acts on what begin() and next() return. The read
// side reports the server's response, and the body source (BodyPump) delivers the pieces.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_pump.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/message/outgoing_request.hpp>
#include <hawser/detail/rt/monitor.hpp>

#include <string_view>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn;

class Outgoing {
public:
    using Next = OutgoingRequest::Next;

    Outgoing(Monitor& monitor, Wire& wire) noexcept;

    // Called by write_loop.
    /// Begins the request of `exchange`, which must stay valid until release(). Returns what to do
    /// first.
    Next begin(Exchange& exchange);
    HAWSER_INLINE Next next() {
        if (exchange_ == nullptr) {
            return Next::done;
        }
        return request().next(request().pending().empty() && wire_.stream().has_unsent());
    }
    /// Writes what is pending. False: wait until the wire accepts more.
    bool write_some();
    /// Fetches a piece of the body. Waits until it arrives, or until the source turns out to be
    /// slow.
    Event::Wait next_piece(PersistConn& conn);
    /// Waits until the server says whether it wants the body, or until the timeout.
    Event::Wait go_ahead();
    /// next() returned Next::done.
    void end(Exchange& exchange);

    // Called by the body source, within turns of the connection.
    /// Delivers the next piece, the end (empty), or an error. Returns an error if that ends the
    /// request.
    std::error_code piece_arrived(BodyPump& pump,
                                  std::string_view piece,
                                  std::error_code ec,
                                  Fault fault);
    /// The source is slow: write what is pending meanwhile.
    void piece_delayed(BodyPump& pump) noexcept;

    // Called by the read side.
    /// The server, or a timeout, decided about a withheld body.
    void decide(bool send_body) noexcept;
    /// The final head arrived before the whole request was written.
    void answered_early(const ResponseHead& head);
    /// Whether the request is still being written, or its source has not returned yet.
    bool busy() const noexcept;
    /// Whether the response, whose head has arrived, must wait for the request.
    bool holds_response(const Incoming& in);
    /// Waits until one of these changes.
    Event::Wait changed() noexcept { return changed_.wait(); }

    // Ending.
    /// Stops writing the request. A call of its source in progress is still awaited.
    void stop();
    /// Drops the exchange.
    void release();
    /// The connection closes.
    void close();
    /// The exchange's upload has ended, and no other attempt needs its source.
    void finish(Exchange& exchange) {
        if (exchange.request.pump) {
            finish_source(exchange);
        }
    }
    /// Runs a task that tells the caller that the request has ended, but not before its source has
    /// returned.
    void run_after_source(Exchange& exchange, Task& task);

private:
    void finish_source(Exchange& exchange);
    OutgoingRequest& request() const noexcept { return exchange_->attempt.outgoing; }

    Monitor& monitor_;
    Wire& wire_;
    Exchange* exchange_ = nullptr;  // from begin() to release()
    IntrusivePtr<BodyPump> pump_;   // of a streamed request body, while it is written
    Event piece_;                   // awaited by write_loop: a piece, or the go-ahead
    Event changed_;                 // awaited by read_loop
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/outgoing.ipp>
#endif

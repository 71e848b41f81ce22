// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What goes out on a connection: the request of the exchange that it serves, and what becomes of an
// upload whose response is there already. write_loop asks next() and does what it says; the read
// side tells it what the server answered, and the body source (BodyPump) brings the pieces.

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

namespace hawser::detail {

class PersistConn;

class Outgoing {
public:
    using Next = OutgoingRequest::Next;

    Outgoing(Monitor& monitor, Wire& wire) noexcept;

    // For write_loop.
    /// Begins with the request of `exchange`, which stays where it is until release().
    void begin(Exchange& exchange);
    Next next();
    /// Writes what is pending. False: wait until the wire takes more.
    bool write_some();
    /// Fetches a piece of the body. Waits until it is here, or the source turns out to be slow.
    Event::Wait next_piece(PersistConn& conn);
    /// Waits until the server says whether it wants the body, or has had its time to.
    Event::Wait go_ahead();
    /// Next::done was reached.
    void end(Exchange& exchange);

    // For the body source, within turns of the connection.
    /// The next piece is here, or the end (empty), or an error. Fails if that ends the request.
    std::error_code piece_arrived(BodyPump& pump,
                                  std::string_view piece,
                                  std::error_code ec,
                                  Fault fault);
    /// The source is slow: what is pending is written meanwhile.
    void piece_delayed(BodyPump& pump) noexcept;

    // For the read side.
    /// The server, or its silence, decided about a body that was withheld.
    void decide(bool send_body) noexcept;
    /// The final head came before all of the request is written.
    void answered_early(const ResponseHead& head);
    /// Whether the request is still being written, or its source has to return still.
    bool busy() const noexcept;
    /// Whether the response, whose head is here, must wait for the request.
    bool holds_response(const Incoming& in);
    /// Waits for a change of these.
    Event::Wait changed() noexcept { return changed_.wait(); }

    // The end.
    /// Nothing more of the request is written. The call of its source that is under way stays
    /// awaited.
    void stop();
    /// Has nothing to do with the exchange any more.
    void release();
    /// The connection closes.
    void close();
    /// Nothing of the exchange's upload is needed any more, nor its source for another attempt.
    void finish(Exchange& exchange);
    /// Runs a task that tells the caller that the request is over: not before its source returned.
    void run_after_source(Exchange& exchange, Task& task);

private:
    OutgoingRequest& request() const noexcept { return exchange_->attempt.outgoing; }

    Monitor& monitor_;
    Wire& wire_;
    Exchange* exchange_ = nullptr;  // from begin() to release()
    IntrusivePtr<BodyPump> pump_;   // of a streamed request body, while it is written
    Event piece_;                   // awaited by write_loop: a piece, or the go-ahead
    Event changed_;                 // awaited by read_loop
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/conn/impl/outgoing.ipp>
#endif

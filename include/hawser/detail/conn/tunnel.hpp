// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// After an upgrade, or a CONNECT that was granted, a connection carries the bytes of another
// protocol. They are read as a body without an end (BodyDelivery); here is what the caller writes,
// one write at a time.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_delivery.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/tunnel_write.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/rt/monitor.hpp>

#include <system_error>

namespace hawser::detail {

class PersistConn;

class Tunnel {
public:
    Tunnel(PersistConn& conn,
           Monitor& monitor,
           Wire& wire,
           Incoming& in,
           const BodyDelivery& body) noexcept
        : conn_(conn), monitor_(monitor), wire_(wire), in_(in), body_(body) {}

    // For the caller's stream (ConnBody); each is one turn of the connection.
    void write(Exchange& exchange, TunnelWrite& write);
    /// Cancels a pending write, which closes the connection.
    void cancel(Exchange& exchange, TunnelWrite& write, std::error_code cause);
    /// Nothing more will be written; reading goes on.
    void close_write(Exchange& exchange);

    // For the connection, within its turns.
    /// Ends HTTP on it, as the head of the response says. False: that does not answer the request.
    bool begin(Exchange& exchange);
    /// The wire takes bytes.
    void serve();
    /// Ends a pending write.
    void end(std::error_code ec);

private:
    void complete(Exchange& exchange, TunnelWrite& write, std::error_code ec);

    PersistConn& conn_;
    Monitor& monitor_;
    Wire& wire_;
    Incoming& in_;
    const BodyDelivery& body_;
    Exchange* exchange_ = nullptr;  // whose write is pending
    TunnelWrite* write_ = nullptr;  // waits for room
};

}  // namespace hawser::detail

// Its bodies need the connection: they come with persist_conn.hpp.

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// After an upgrade or a successful CONNECT, a connection carries the bytes of another protocol.
// They are read as a body without an end (BodyDelivery); this class serves the caller's writes, one
// at a time.

#include <hawser/config.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/tunnel_write.hpp>

#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn;

class Tunnel {
public:
    explicit Tunnel(PersistConn& conn) noexcept : conn_(conn) {}

    // Called by the caller's stream (ConnBody). Each call is one turn of the connection.
    void write(Exchange& exchange, TunnelWrite& write);
    /// Cancels a pending write, which closes the connection.
    void cancel(Exchange& exchange, TunnelWrite& write, std::error_code cause);
    /// The caller will write no more; reading continues.
    void close_write(Exchange& exchange);

    // Called by the connection, within its turns.
    /// Ends HTTP on the connection, as the response head demands. False: the head does not fit the
    /// request.
    bool begin(Exchange& exchange);
    /// The wire accepts bytes.
    void serve();
    /// Ends a pending write.
    void end(std::error_code ec);

private:
    void complete(Exchange& exchange, TunnelWrite& write, std::error_code ec);

    PersistConn& conn_;
    Exchange* exchange_ = nullptr;  // the exchange whose write is pending
    TunnelWrite* write_ = nullptr;  // waits for room
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need the connection: persist_conn.hpp includes them.

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Delivers the body of a response from the connection to the caller's reads, at most one of which
// waits at a time, and sends the verdict: the body was read to its end, closed early, or failed.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/conn/incoming.hpp>
#include <hawser/detail/conn/outgoing.hpp>
#include <hawser/detail/conn/wire.hpp>
#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/detail/rt/bounded_channel.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/task.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <system_error>

namespace hawser::detail {

class PersistConn;

class BodyDelivery {
public:
    using Verdicts = BoundedChannel<std::optional<Verdict>>;

    BodyDelivery(PersistConn& conn,
                 Monitor& monitor,
                 Wire& wire,
                 Incoming& in,
                 Outgoing& out,
                 Verdicts& verdicts) noexcept;

    // For the body (ConnBody), which may ask even when the connection is done with its
    // exchange. Each is one turn of the connection.
    /// Reads what is there. asio::error::would_block: nothing yet; asio::error::eof: the end.
    std::size_t read_some(Exchange& exchange, std::span<char> out, std::error_code& ec);
    /// Reads as `read` says until it is satisfied; never completes it right here.
    void read(Exchange& exchange, BodyRead& read);
    /// Cancels a pending read, which closes the connection.
    void cancel(Exchange& exchange, BodyRead& read, std::error_code cause);
    /// The bytes that were read are invalid: closes the connection if it still serves the exchange.
    void reject(Exchange& exchange, std::error_code ec, Fault fault);
    /// The caller is done with the body, read or not.
    void close(Exchange& exchange);
    /// All that is known of an error of the body's.
    Failure describe(const Exchange& exchange, std::error_code ec);
    /// The same for a read, which failed with it: failure() says so from now on.
    Failure tell(Exchange& exchange, std::error_code ec, const char* reason);
    /// What the last read failed with, or the next one would.
    Failure failure(const Exchange& exchange);

    // For the connection, within its turns.
    /// The response of `exchange` was delivered without its whole body.
    void open(Exchange& exchange) noexcept;
    /// Whether that is so and the connection is not done with the exchange.
    bool serves(const Exchange& exchange) const noexcept { return exchange_ == &exchange; }
    /// Bytes came, or the end: the time of a pending read begins anew.
    void ready();
    /// Reads for the caller until it has what it wants, nothing more is there, or others should
    /// have a turn.
    void serve();
    /// The connection is done with the exchange.
    void finish(Exchange& exchange);
    /// The exchange failed after its response was delivered.
    void fail(Exchange& exchange, std::error_code cause);

private:
    /// Goes on with a read that has had its share of the executor's time.
    struct ServeLater final : Task {
        explicit ServeLater(PersistConn& served) noexcept;
        HAWSER_DECL void run(CalledFrom from) override;
        PersistConn& conn;
        bool pending = false;
    };

    std::size_t take(Exchange& exchange, std::span<char> out, std::error_code& ec);
    std::size_t fill(Exchange& exchange, std::span<char> out, std::error_code& ec);
    void end(Exchange& exchange, Verdict verdict, std::error_code ec);
    void complete(Task& done, std::error_code ec);
    void end_read(Exchange& exchange, std::error_code ec);
    void wait_for_bytes();
    void serve_later();
    bool holds_end(const Exchange& exchange) const noexcept;

    PersistConn& conn_;
    Monitor& monitor_;
    Wire& wire_;
    Incoming& in_;
    Outgoing& out_;
    Verdicts& verdicts_;
    Exchange* exchange_ = nullptr;  // from open() to finish() or fail()
    BodyRead* read_ = nullptr;      // a read of the caller's that waits for bytes
    ServeLater later_;              // holds a reference while it is pending
};

}  // namespace hawser::detail

// Its bodies need the connection: they come with persist_conn.hpp.

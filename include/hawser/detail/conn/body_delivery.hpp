// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Delivers the body of a response from the connection to the caller's reads. At most one read waits
// at a time. Sends the verdict: the body was read to its end, closed early, or failed.

#include <hawser/config.hpp>
#include <hawser/detail/conn/body_read.hpp>
#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/policy/may_reuse.hpp>
#include <hawser/detail/rt/task.hpp>

#include <cstddef>
#include <span>
#include <system_error>

namespace hawser::inline HAWSER_ABI::detail {

class PersistConn;

class BodyDelivery : private Task {
public:
    explicit BodyDelivery(PersistConn& conn) noexcept : conn_(conn) {}

    // Called by the body (ConnBody), even after the connection has finished the exchange. Each call
    // is one turn of the connection.
    /// Reads what has been received. asio::error::would_block: no bytes yet. asio::error::eof: the
    /// end.
    std::size_t read_some(Exchange& exchange, std::span<char> out, std::error_code& ec);
    /// Reads until `read` is satisfied. Never completes it within this call.
    void read(Exchange& exchange, BodyRead& read);
    /// Cancels a pending read, which closes the connection.
    void cancel(Exchange& exchange, BodyRead& read, std::error_code cause);
    /// The bytes just read are invalid: closes the connection if it still serves the exchange.
    void reject(Exchange& exchange, std::error_code ec, Fault fault);
    /// The caller is finished with the body, read or not.
    void close(Exchange& exchange);
    /// Everything known about an error of the body.
    Failure describe(const Exchange& exchange, std::error_code ec);
    /// The same for a failed read; failure() returns the result from now on.
    Failure tell(Exchange& exchange, std::error_code ec, const char* reason);
    /// The failure of the last read, or of the next one.
    Failure failure(const Exchange& exchange);

    // Called by the connection, within its turns.
    /// The response of `exchange` was delivered without its whole body.
    void open(Exchange& exchange) noexcept;
    /// Whether the body of `exchange` is open and the connection has not finished the exchange.
    bool serves(const Exchange& exchange) const noexcept { return exchange_ == &exchange; }
    /// Bytes or the end arrived: restarts the timeout of a pending read.
    void ready();
    /// Reads for the caller until it has what it wants, no more bytes are available, or other work
    /// should get a turn.
    void serve();
    /// The connection has finished the exchange.
    void finish(Exchange& exchange);
    /// The exchange failed after its response was delivered.
    void fail(Exchange& exchange, std::error_code cause);

private:
    /// As a task: continues a read that has used its share of the executor's time.
    HAWSER_DECL void run(CalledFrom from) override;

    std::size_t take(Exchange& exchange, std::span<char> out, std::error_code& ec);
    std::size_t fill(Exchange& exchange, std::span<char> out, std::error_code& ec);
    void end(Exchange& exchange, Verdict verdict, std::error_code ec);
    void complete(Task& done, std::error_code ec);
    void end_read(Exchange& exchange, std::error_code ec);
    void wait_for_bytes();
    void serve_later();
    bool holds_end(const Exchange& exchange) const noexcept;

    PersistConn& conn_;
    Exchange* exchange_ = nullptr;  // from open() to finish() or fail()
    BodyRead* read_ = nullptr;      // a pending read of the caller's
    bool serves_later_ = false;     // the task is pending; it holds a reference to the connection
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need the connection: persist_conn.hpp includes them.

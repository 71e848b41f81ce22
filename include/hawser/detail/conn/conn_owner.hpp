// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection asks of the transport it belongs to. Called within turns of the connection's
// monitor, so an owner may lock its pool (lock order: connection, then pool) but never turn another
// connection's monitor: it leaves that to a task after the turn.

#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/policy/may_reuse.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace hawser::detail {

class Deadlines;
class PersistConn;

/// Limits that hold for every connection of a transport.
struct ConnSettings {
    ResponseLimits response;
    std::chrono::milliseconds write_timeout{0};
    std::chrono::milliseconds body_idle_timeout{0};
    std::chrono::milliseconds drain_timeout{0};
    std::uint64_t drain_bytes = 0;
    bool thread_safe = true;
};

class ConnOwner : public RefCounted {
public:
    virtual const ConnSettings& settings() const noexcept = 0;
    virtual const asio::any_io_executor& executor() const noexcept = 0;
    virtual Deadlines& deadlines() noexcept = 0;

    /// Readers with their buffers are lent while a response is read; an idle connection has none.
    virtual std::unique_ptr<ResponseReader> take_reader() = 0;
    virtual void give_back(std::unique_ptr<ResponseReader> reader) noexcept = 0;

    /// A connection that may be reused is free: it is kept idle, or `next` is for it to serve, or
    /// neither and it has to close. `hint` is of the response it served; null if it was not used
    /// since it was lent.
    struct Put {
        bool kept = false;
        IntrusivePtr<Exchange> next{};
    };
    virtual Put put(PersistConn& conn, const KeepAlive* hint) = 0;

    /// A connection closed. `why` is set when that followed an exchange.
    virtual void closed(PersistConn& conn, std::optional<Reuse> why) noexcept = 0;

    /// The rest of a closed body was read, for the connection's sake.
    virtual void count_drained() noexcept = 0;

    /// A strand began (+1) or ended (-1).
    virtual void count_strand(int change) noexcept = 0;
};

}  // namespace hawser::detail

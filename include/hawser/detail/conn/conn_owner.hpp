// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// What a connection asks of the transport it belongs to. Called within turns of the connection's
// monitor: an owner may lock its pool (lock order: connection, then pool), but must never enter
// another connection's monitor. It leaves that to a task that runs after the turn.

#include <hawser/detail/conn/exchange.hpp>
#include <hawser/detail/free_list.hpp>
#include <hawser/detail/intrusive_ptr.hpp>
#include <hawser/detail/message/response_reader.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/policy/may_reuse.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace hawser::inline HAWSER_ABI::detail {

class Deadlines;
class PersistConn;

/// Limits that apply to every connection of a transport.
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

    /// Readers and their buffers are lent while a response is being read; an idle connection has
    /// none.
    virtual std::unique_ptr<ResponseReader> take_reader() = 0;
    virtual void give_back(std::unique_ptr<ResponseReader> reader) noexcept = 0;

    /// A reusable connection is free. The owner keeps it idle, or gives it `next` to serve, or
    /// neither, and then it must close. `hint`: the Keep-Alive field of the response just served;
    /// null if it served none.
    struct Put {
        bool kept = false;
        IntrusivePtr<Exchange> next{};
    };
    virtual Put put(PersistConn& conn, const KeepAlive* hint) = 0;

    /// A connection closed. `why` is set if it closed after an exchange.
    virtual void closed(PersistConn& conn, std::optional<Reuse> why) noexcept = 0;

    /// The rest of a closed body was drained, so that its connection could be reused.
    virtual void count_drained() noexcept = 0;

    /// A coroutine of the connection began (+1) or ended (-1).
    virtual void count_strand(int change) noexcept = 0;

    RecycledMemory<PersistConn, 2> conns;
};

}  // namespace hawser::inline HAWSER_ABI::detail

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who gets which connection: idle connections, waiting requests and permits to dial, for each
// connect key. It decides and keeps the books; it performs no I/O, reads no clock, takes no lock,
// and calls nobody: what has to be done is in the return values, for the caller to do once its lock
// is released (rules 3, 4 and 10 of the connection).

#include <hawser/config.hpp>
#include <hawser/detail/intrusive_list.hpp>
#include <hawser/detail/pool/connect_key.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace hawser::detail {

struct PoolHost;
struct PoolDial;

using TimePoint = std::chrono::steady_clock::time_point;

/// What the pool knows of a connection. Every open one is in `open`; an idle one is also in the
/// idle list of its host and in the list of all idle ones, least recently used first.
struct PoolConn : ListHook<struct IdleOfHost>,
                  ListHook<struct IdleOfAll>,
                  ListHook<struct OpenConns> {
    PoolHost* host = nullptr;
    bool idle = false;
    bool reused = false;  // was idle before: a failure may only mean that it had gone stale
    TimePoint idle_since{};
    TimePoint expires{};  // while idle
};

/// A request that wants a connection (Go's wantConn).
struct PoolWant : ListHook<struct WaitingWants>, ListHook<struct UnpermittedWants> {
    PoolHost* host = nullptr;
    PoolDial* dial = nullptr;  // the dial under way for it, if any
    bool fresh_only = false;   // a retry: never an idle connection

    bool waiting() const noexcept { return ListHook<WaitingWants>::linked(); }
};

/// A dial under way. It holds a permit, which its connection inherits.
struct PoolDial : ListHook<struct AbandonedDials>, ListHook<struct AllDials> {
    PoolHost* host = nullptr;
    PoolWant* want = nullptr;  // null: abandoned, its connection goes to whoever comes next
};

/// Everything about one connect key. It exists as long as anything refers to it.
struct PoolHost : ListHook<struct StarvedHosts> {
    ConnectKey key;
    IntrusiveList<PoolConn, IdleOfHost> idle;               // newest last
    IntrusiveList<PoolWant, WaitingWants> wants;            // oldest first
    IntrusiveList<PoolWant, UnpermittedWants> unpermitted;  // those that may not dial yet
    IntrusiveList<PoolDial, AbandonedDials> abandoned;
    std::size_t open = 0;  // permits in use: dialing, leased and idle
};

/// Zero means no limit.
struct PoolLimits {
    std::size_t max_idle = 0;
    std::size_t max_idle_per_host = 0;
    std::size_t max_open_per_host = 0;
    bool keep_alives = true;
};

class ConnPool {
public:
    using Victims = IntrusiveList<PoolConn, IdleOfAll>;

    explicit ConnPool(const PoolLimits& limits) : limits_(limits) {}
    ConnPool(const ConnPool&) = delete;
    ConnPool& operator=(const ConnPool&) = delete;

    /// The host of a key, made on first use. Valid until the next call that may empty it.
    PoolHost& host(const ConnectKeyView& key);

    enum class Next {
        lend,  // `conn` is the want's
        dial,  // a permit is taken: start a dial and tell the pool by dialing()
        wait,  // a connection, an abandoned dial or a permit will come
    };
    struct Acquired {
        Next next;
        PoolConn* conn = nullptr;
    };
    /// Looks for an idle connection, else registers the want: one step. Idle connections found
    /// expired become victims.
    Acquired acquire(PoolWant& want, const ConnectKeyView& key, TimePoint now, Victims& victims);

    /// The dial that acquire() or permit() asked for has started.
    void dialing(PoolDial& dial, PoolWant& want);

    /// Takes a permit for a dial that no request waits for; null if the limits do not allow one.
    PoolHost* may_dial_ahead(const ConnectKeyView& key);
    /// That dial has started; it counts as abandoned.
    void dialing_ahead(PoolDial& dial, PoolHost& host);

    /// A dial became a connection, which is now counted in its place. Returns the request that gets
    /// it: the oldest that waits; null when none does, and the connection is the caller's to put().
    PoolWant* dialed(PoolDial& dial, PoolConn& conn);

    /// A dial failed. Returns the request it was for, which fails with it; null when abandoned.
    PoolWant* dial_failed(PoolDial& dial);

    /// Takes a request out; its dial, if any, is abandoned. False if it did not wait any more.
    bool cancel(PoolWant& want);

    enum class Put {
        lent,  // to `want`
        idle,
        refused,  // close it
    };
    struct Returned {
        Put put;
        PoolWant* want = nullptr;
    };
    /// A leased connection is free again. Connections beyond the limits become victims.
    Returned put(PoolConn& conn, TimePoint now, TimePoint expires, Victims& victims);

    /// A connection is closed, whatever it was doing. Idempotent.
    void closed(PoolConn& conn);

    /// The next request that may dial because a permit is free; its permit is taken. Null: none.
    PoolWant* permit();

    /// Moves idle connections that expired by `now` to the victims; returns when the next one will,
    /// TimePoint::max() if none.
    TimePoint expire(TimePoint now, Victims& victims);

    /// Moves every idle connection to the victims and refuses those that return, until a request
    /// asks for a connection again (Go's CloseIdleConnections).
    void close_idle(Victims& victims);

    /// Some request that waits; null when none does.
    PoolWant* any_want() noexcept;

    IntrusiveList<PoolConn, OpenConns>& open_conns() noexcept { return open_conns_; }
    IntrusiveList<PoolDial, AllDials>& dials() noexcept { return dials_; }
    std::size_t idle_count() const noexcept { return idle_.size(); }
    std::size_t waiting_count() const noexcept { return waiting_; }
    std::size_t host_count() const noexcept { return hosts_.size(); }

private:
    using Hosts =
        std::unordered_map<ConnectKey, std::unique_ptr<PoolHost>, ConnectKeyHash, ConnectKeyEqual>;

    PoolConn* take_idle(PoolHost& host, TimePoint now, Victims& victims);
    void leave_idle(PoolConn& conn) noexcept;
    void enter_idle(PoolConn& conn, TimePoint now, TimePoint expires);
    void evict(PoolConn& conn, Victims& victims);
    PoolWant* oldest_want(PoolHost& host, bool fresh) noexcept;
    void satisfied(PoolWant& want) noexcept;
    void hand_over(PoolDial& dial, PoolWant& served) noexcept;
    bool may_open(const PoolHost& host) const noexcept;
    void update_starved(PoolHost& host) noexcept;
    void release_permit(PoolHost& host);
    void forget_if_unused(PoolHost& host);

    PoolLimits limits_;
    Hosts hosts_;
    PoolHost* last_host_ = nullptr;            // the one asked for last, often asked for again
    IntrusiveList<PoolConn, IdleOfAll> idle_;  // least recently used first
    IntrusiveList<PoolConn, OpenConns> open_conns_;  // dialed and not closed
    IntrusiveList<PoolDial, AllDials> dials_;
    IntrusiveList<PoolHost, StarvedHosts> starved_;  // have unpermitted wants and room for them
    std::size_t waiting_ = 0;
    bool closing_idle_ = false;
};

}  // namespace hawser::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/pool/impl/conn_pool.ipp>
#endif

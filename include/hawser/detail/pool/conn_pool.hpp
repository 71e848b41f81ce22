// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who gets which connection: idle connections, waiting requests, and permits to dial, per connect
// key and in total. It decides and keeps the books. It performs no I/O, reads no clock, takes no
// lock, and calls nobody. Return values tell the caller what to do once its lock is released (rules
// 3, 4 and 10 of the connection).
//
// Only host() allocates, and it does so before it changes anything: an exception from any other
// function is a bug.
//
// Every function takes constant time, with two exceptions. expire() walks all idle connections.
// Handing a permit to another host that is short of them takes time logarithmic in the number of
// such hosts.

#include <hawser/config.hpp>
#include <hawser/detail/indexed_heap.hpp>
#include <hawser/detail/intrusive_list.hpp>
#include <hawser/detail/policy/lifetime.hpp>
#include <hawser/detail/pool/connect_key.hpp>
#include <hawser/detail/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace hawser::inline HAWSER_ABI::detail {

struct PoolHost;
struct PoolDial;

/// What the pool knows about a connection. Every open one is in the `open` list. An idle one is
/// also in the idle list of its host and in the list of all idle ones, least recently used first.
struct PoolConn : ConnLife,
                  ListHook<struct IdleOfHost>,
                  ListHook<struct IdleOfAll>,
                  ListHook<struct OpenConns> {
    PoolHost* host = nullptr;
    bool idle = false;
    TimePoint idle_since{};
};

/// A request that wants a connection (Go's wantConn). Either it waits with a dial of its own, or it
/// queues: for a permit to dial, or for a connection or dial that another request no longer needs.
/// Within a host, requests that queue are always younger than those that dial.
struct PoolWant : ListHook<struct WaitingWants>,
                  ListHook<struct QueuedWants>,
                  ListHook<struct AllQueuedWants> {
    PoolHost* host = nullptr;
    PoolDial* dial = nullptr;  // the dial in progress for it, if any
    bool fresh_only = false;   // a retry: never takes an idle connection
    std::uint64_t ticket = 0;  // order of arrival over all hosts
    TimePoint queued_since{};

    bool waiting() const noexcept { return ListHook<WaitingWants>::linked(); }
};

/// A dial in progress. It holds a permit, which its connection inherits. A dial whose request has
/// left is abandoned: it lingers so that the next request can adopt it, and is aborted after that.
/// A dial that was made ahead of any request does not linger: it runs to its end.
struct PoolDial : ListHook<struct AbandonedDials>,
                  ListHook<struct LingeringDials>,
                  ListHook<struct AllDials> {
    PoolHost* host = nullptr;
    PoolWant* want = nullptr;
    bool ahead = false;
    bool given_up = false;  // it has lingered long enough
    TimePoint lingers_until{};
};

/// Everything about one connect key. Exists as long as anything refers to it; the last one that
/// was in use stays.
struct PoolHost : IndexedHeap<std::uint64_t>::Node {
    ConnectKey key;
    IntrusiveList<PoolConn, IdleOfHost> idle;           // newest last
    IntrusiveList<PoolWant, WaitingWants> wants;        // take any connection, oldest first
    IntrusiveList<PoolWant, WaitingWants> fresh_wants;  // take only a new one
    IntrusiveList<PoolWant, QueuedWants> queued;        // those of both lists that have no dial
    IntrusiveList<PoolDial, AbandonedDials> abandoned;  // empty while any request queues
    std::size_t open = 0;                               // permits in use: dialing, leased and idle

    bool wanted() const noexcept { return !wants.empty() || !fresh_wants.empty(); }
};

/// Zero means no limit.
struct PoolLimits {
    std::size_t max_idle = 0;
    std::size_t max_idle_per_host = 0;
    std::size_t max_open_per_host = 0;
    bool keep_alives = true;
    std::size_t max_open = 0;
    std::size_t max_queued = 0;
    std::chrono::milliseconds max_wait{0};  // in the queue
    std::chrono::milliseconds linger{0};    // of an abandoned dial; zero means none
    bool oldest_idle_first = false;
    /// How often returned connections may serve newer requests of their own host while an older
    /// request of another host waits for a permit. Then one is closed to free its permit. One dial
    /// per 16 requests is cheap, and no host starves.
    std::size_t max_overtakes = 16;
};

class ConnPool {
public:
    using Victims = IntrusiveList<PoolConn, IdleOfAll>;

    explicit ConnPool(const PoolLimits& limits) : limits_(limits) {}
    ConnPool(const ConnPool&) = delete;
    ConnPool& operator=(const ConnPool&) = delete;

    /// The host of a key, created on first use. Valid until the next call that may erase it.
    PoolHost& host(const ConnectKeyView& key);

    enum class Next {
        lend,  // `conn` now belongs to the want
        dial,  // the pool took a permit: start a dial and report it with dialing()
        wait,  // for a connection, an abandoned dial or a permit
        full,  // the queue is full: the want was not registered
    };
    struct Acquired {
        Next next;
        PoolConn* conn = nullptr;
    };
    /// Takes an idle connection, or else registers the want, in one step. Victims are the idle
    /// connections found expired, and one that makes room for the want.
    Acquired acquire(PoolWant& want, const ConnectKeyView& key, TimePoint now, Victims& victims);

    /// The dial that acquire() or permit() asked for has started.
    void dialing(PoolDial& dial, PoolWant& want);

    /// That dial could not be started: the request stops waiting, and its permit is free.
    void not_dialed(PoolWant& want);

    /// Takes a permit for a dial that no request waits for; null if the limits do not allow one.
    PoolHost* may_dial_ahead(const ConnectKeyView& key);
    /// That dial could not be started: the permit is free.
    void not_dialed_ahead(PoolHost& host) { release_permit(host); }
    /// That dial has started; the pool treats it as abandoned.
    void dialing_ahead(PoolDial& dial, PoolHost& host);

    /// A dial became a connection, which inherits its permit. Returns the request that gets it, the
    /// oldest one waiting. Null if none waits: the caller then returns the connection with put().
    PoolWant* dialed(PoolDial& dial, PoolConn& conn, TimePoint now);

    /// A dial failed. Returns the request that it was for, which fails as well; null if abandoned.
    PoolWant* dial_failed(PoolDial& dial);
    /// A dial failed, and `next` takes its place, for the same request with the same permit.
    void dial_again(PoolDial& failed, PoolDial& next);

    /// Removes a request and abandons its dial, if any. False if it was no longer waiting.
    bool cancel(PoolWant& want, TimePoint now);

    /// Removes and returns a request that has queued too long; null if there is none.
    PoolWant* overdue(TimePoint now);
    /// When to ask again; max() if no request queues.
    TimePoint overdue_at() noexcept;

    /// Removes and returns an abandoned dial that has lingered long enough: no request can adopt it
    /// any more, and the caller aborts it. Null if there is none.
    PoolDial* lingered_out(TimePoint now);
    /// When to ask again; max() if no dial lingers. May lie in the past.
    TimePoint lingered_out_at() noexcept;

    enum class Put {
        lent,  // to `want`
        idle,
        refused,  // close it
    };
    struct Returned {
        Put put;
        PoolWant* want = nullptr;
    };
    /// A leased connection is free again. Connections beyond the limits become victims. `refused`
    /// means that others wait for its permit.
    Returned put(PoolConn& conn, TimePoint now, TimePoint expires, Victims& victims);

    /// A connection was closed, whatever it was doing. Idempotent.
    void closed(PoolConn& conn);

    /// The next request that may dial because a permit is free; this takes its permit. Null if
    /// there is none. Among requests whose host has room, the one that has waited longest comes
    /// first.
    PoolWant* permit(Victims& victims);

    /// Makes the least recently used idle connection a victim. False if there is none.
    bool evict_oldest(Victims& victims);

    /// Moves idle connections that expired by `now` to the victims. Returns when the next one
    /// expires; TimePoint::max() if none does.
    TimePoint expire(TimePoint now, Victims& victims);

    /// Calls `f` for connections that became idle after `from` and not after `to`, latest first.
    template <class F>
    void for_each_idle_since(TimePoint from, TimePoint to, F f) {
        for (PoolConn* conn = idle_.back(); conn != nullptr && conn->idle_since > from;
             conn = idle_.before(*conn)) {
            if (conn->idle_since <= to) {
                f(*conn);
            }
        }
    }

    /// Moves every idle connection to the victims, and refuses connections that return, until a
    /// request next asks for a connection. Abandoned dials stop lingering (Go's
    /// CloseIdleConnections).
    void close_idle(Victims& victims);

    /// Any request that waits; null if none does.
    PoolWant* any_want() noexcept;

    IntrusiveList<PoolConn, OpenConns>& open_conns() noexcept { return open_conns_; }
    IntrusiveList<PoolDial, AllDials>& dials() noexcept { return dials_; }
    const PoolConn* newest_idle() noexcept { return idle_.back(); }
    std::size_t idle_count() const noexcept { return idle_.size(); }
    std::size_t waiting_count() const noexcept { return waiting_; }
    std::size_t queued_count() const noexcept { return queued_.size(); }
    std::size_t host_count() const noexcept { return hosts_.size() - (spare_ != nullptr ? 1 : 0); }

private:
    using Hosts =
        std::unordered_map<ConnectKey, std::unique_ptr<PoolHost>, ConnectKeyHash, ConnectKeyEqual>;

    PoolHost& look_up(const ConnectKeyView& key);
    PoolHost& new_host(const ConnectKeyView& key);
    PoolConn* take_idle(PoolHost& host, TimePoint now, Victims& victims);
    void leave_idle(PoolConn& conn) noexcept;
    void enter_idle(PoolConn& conn, TimePoint now, TimePoint expires);
    void evict(PoolConn& conn, Victims& victims);
    static PoolWant* oldest_want(PoolHost& host) noexcept;
    void enter(PoolWant& want) noexcept;
    void leave(PoolWant& want) noexcept;
    void queue(PoolWant& want, TimePoint now);
    void leave_queue(PoolWant& want);
    static void adopt(PoolDial& dial, PoolWant& want) noexcept;
    void abandon(PoolDial& dial, TimePoint now);
    void leave_abandoned(PoolDial& dial) noexcept;
    bool has_room(const PoolHost& host) const noexcept;
    bool full() const noexcept { return limits_.max_open != 0 && permits_ >= limits_.max_open; }
    bool may_dial(const PoolHost& host) const noexcept;
    void take_permit(PoolHost& host) noexcept;
    void release_permit(PoolHost& host);
    bool must_yield(const PoolWant& want) noexcept;
    void make_room(Victims& victims);
    void update_starved(PoolHost& host);
    void forget_if_unused(PoolHost& host);

    PoolLimits limits_;
    Hosts hosts_;
    PoolHost* spare_ =
        nullptr;  // unused: it may be asked for again soon, or its memory for another
    PoolHost* last_host_ = nullptr;            // the last one looked up; often asked for again
    IntrusiveList<PoolConn, IdleOfAll> idle_;  // least recently used first
    IntrusiveList<PoolConn, OpenConns> open_conns_;  // dialed and not closed
    IntrusiveList<PoolDial, AllDials> dials_;
    IntrusiveList<PoolDial, LingeringDials> lingering_;  // abandoned, oldest first
    IntrusiveList<PoolWant, AllQueuedWants> queued_;     // of all hosts, oldest first
    IndexedHeap<std::uint64_t> starved_;  // hosts with room whose requests queue, by their oldest
    std::size_t permits_ = 0;             // in use, over all hosts
    std::size_t waiting_ = 0;
    std::size_t overtakes_ = 0;  // since a permit was last handed over
    std::uint64_t last_ticket_ = 0;
    bool closing_idle_ = false;
};

}  // namespace hawser::inline HAWSER_ABI::detail

#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/pool/impl/conn_pool.ipp>
#endif

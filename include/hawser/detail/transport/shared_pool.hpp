// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The pool of a transport and the lock that guards it. Used by requests that look for a connection,
// by dials, by timers, and by connections that return. The lock is taken after that of a
// connection. Nothing that could call back is called while it is held: such work goes into a task
// list, or to the end of the connection's turn (rule 10).

#include <hawser/config.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/dialer.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/monitor.hpp>
#include <hawser/detail/rt/task.hpp>
#include <hawser/detail/transport/round_trip.hpp>
#include <hawser/detail/transport/transport_counters.hpp>
#include <hawser/transport_options.hpp>

#include <cstddef>
#include <mutex>

namespace hawser::inline HAWSER_ABI::detail {

// What the nodes of the pool really are. Null stays null.
inline RoundTrip* trip_of(PoolWant* want) noexcept {
    return static_cast<RoundTrip*>(want);
}
inline PersistConn* conn_of(PoolConn* conn) noexcept {
    return static_cast<PersistConn*>(conn);
}
inline Dial* dial_of(PoolDial* dial) noexcept {
    return static_cast<Dial*>(dial);
}
/// Takes over the pool's reference to a request that leaves the pool.
inline IntrusivePtr<RoundTrip> left(PoolWant* want) noexcept {
    return IntrusivePtr<RoundTrip>::adopt(trip_of(want));
}

/// Passes each connection that the pool evicted to `later`, which must run it once no lock is held.
template <class Later>
void close_victims(ConnPool::Victims& victims, Later later) {
    while (PersistConn* const victim = conn_of(victims.pop_front())) {
        victim->add_ref();  // released by the task
        later(*victim);
    }
}
inline void close_victims(ConnPool::Victims& victims, TaskList& due) {
    close_victims(victims, [&](Task& task) { due.push(task); });
}

struct SharedPool {
    explicit SharedPool(const TransportOptions& options);

    OptionalMutex mutex;  // guards everything below
    ConnPool conns;
    TransportCounters counters;
    bool closed = false;  // the transport accepts no more requests

    /// Takes the lock.
    TransportStats stats();

    /// Calls `f` for each open connection, with the lock not held. If others close meanwhile, it
    /// may be called twice for some. Not called for those that open meanwhile.
    template <class F>
    void for_each_open(F f) {
        for_each(conns.open_conns(), conn_of, f);
    }
    /// The same for each dial.
    template <class F>
    void for_each_dial(F f) {
        for_each(conns.dials(), dial_of, f);
    }

private:
    template <class List, class Node, class Object, class F>
    void for_each(List& list, Object* (*object_of)(Node*) noexcept, F& f) {
        std::unique_lock lock(mutex);
        for (std::size_t todo = list.size(); todo != 0 && !list.empty(); --todo) {
            Node& next = *list.pop_front();
            list.push_back(next);
            IntrusivePtr<Object> object(object_of(&next));
            lock.unlock();
            f(*object);
            object = nullptr;
            lock.lock();
        }
    }
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need TransportCore: transport_core.hpp includes them.

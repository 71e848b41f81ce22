// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// The dials of a transport: for requests that have a permit from the pool, and ahead of any
// request. The connection of a successful dial serves the oldest waiting request, or becomes idle.
// A failed dial ends the request that it was made for.

#include <hawser/config.hpp>
#include <hawser/detail/conn/conn_owner.hpp>
#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/io/dialer.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/transport/shared_pool.hpp>
#include <hawser/detail/transport/transport_timers.hpp>
#include <hawser/failure.hpp>
#include <hawser/transport_options.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace hawser::inline HAWSER_ABI::detail {

class TransportDials final : private DialOwner {
public:
    TransportDials(SharedPool& pool,
                   TransportTimers& timers,
                   ConnOwner& owner,
                   const TransportOptions& options) noexcept
        : pool_(pool), timers_(timers), owner_(owner), options_(options) {}

    /// Call before first use.
    void use(std::unique_ptr<Dialer> dialer) noexcept { dialer_ = std::move(dialer); }

    // Call with the pool's lock held. A dial starts as a task, once the lock is released.

    /// A dial for a request that has a permit. Null if memory is short: the request then no longer
    /// waits.
    Dial* dial_for(PoolWant& want) noexcept;
    /// A dial that no request waits for. False: the limits allow no more.
    bool dial_ahead(const ConnectKeyView& key,
                    const IntrusivePtr<WaitGroup>& gathering,
                    TaskList& due);
    /// Gives free permits to requests that wait for one; `later` must run the tasks once no lock
    /// is held.
    template <class Later>
    void use_permits(Later later) noexcept {
        ConnPool::Victims victims;
        while (PoolWant* const want = pool_.conns.permit(victims)) {
            if (Dial* const dial = dial_for(*want)) {
                later(*dial);
            } else {
                IntrusivePtr<RoundTrip> trip = left(want);
                trip->note_in_queue(error::resource_exhausted);
                later(Exchange::failing(std::move(trip), error::resource_exhausted));
            }
        }
        close_victims(victims, later);
    }

    /// The dials made ahead for `gathering` that no request has adopted. Takes the lock.
    std::vector<IntrusivePtr<Dial>> ahead_for(const WaitGroup& gathering);

private:
    HAWSER_DECL void dialed(Dial& dial, std::unique_ptr<Stream> stream, CalledFrom from) override;
    HAWSER_DECL void dial_failed(Dial& dial, std::error_code ec, CalledFrom from) override;

    Dial& make(const PoolHost& host);
    bool dial_again(Dial& dial, std::error_code ec, TaskList& due) noexcept;
    static void serve(RoundTrip& trip, PersistConn& conn, std::error_code failed, TaskList& due);
    IntrusivePtr<PersistConn> new_conn(std::unique_ptr<Stream>& stream) noexcept;
    HAWSER_COLD Fault fault_of(const Dial& dial, std::error_code ec) const noexcept;
    HAWSER_COLD Failure failure_of(const Dial& dial, std::error_code ec) const noexcept;
    HAWSER_COLD void tell_failed(Dial& dial, std::error_code ec, TaskList& due) noexcept;

    SharedPool& pool_;
    TransportTimers& timers_;
    ConnOwner& owner_;
    const TransportOptions& options_;
    std::unique_ptr<Dialer> dialer_;
    std::atomic<std::uint64_t> last_id_{0};  // the last connection's
};

}  // namespace hawser::inline HAWSER_ABI::detail

// The function bodies need TransportCore, whose header includes them.
#if !defined(HAWSER_SEPARATE_COMPILATION)
#include <hawser/detail/transport/transport_core.hpp>
#endif

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <hawser/detail/transport/shared_pool.hpp>

namespace hawser::inline HAWSER_ABI::detail {

inline PoolLimits pool_limits(const TransportOptions& options) {
    return {options.max_idle_conns,
            options.max_idle_conns_per_host,
            options.max_conns_per_host,
            !options.disable_keep_alives,
            options.max_conns_total,
            options.max_waiters,
            options.pool_wait_timeout,
            options.dial_linger,
            options.idle_pick == IdlePick::oldest_first};
}

HAWSER_DECL SharedPool::SharedPool(const TransportOptions& options)
    : mutex(options.thread_safe), conns(pool_limits(options)) {}

HAWSER_DECL TransportStats SharedPool::stats() {
    std::lock_guard lock(mutex);
    TransportStats stats = counters;
    stats.open = conns.open_conns().size();
    stats.idle = conns.idle_count();
    stats.active = stats.open - stats.idle;
    stats.dialing = conns.dials().size();
    stats.waiting = conns.waiting_count();
    stats.queued = conns.queued_count();
    return stats;
}

}  // namespace hawser::inline HAWSER_ABI::detail

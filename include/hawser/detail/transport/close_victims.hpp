// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Connections that the pool evicted under its lock: they are closed once no lock is held (rule 10).

#include <hawser/detail/conn/persist_conn.hpp>
#include <hawser/detail/pool/conn_pool.hpp>
#include <hawser/detail/rt/task.hpp>

namespace hawser::detail {

/// Passes each to `later`, which must run it once no lock is held.
template <class Later>
void close_victims(ConnPool::Victims& victims, Later later) {
    while (PoolConn* victim = victims.pop_front()) {
        auto& conn = static_cast<PersistConn&>(*victim);
        conn.add_ref();  // released by the task
        later(conn);
    }
}

inline void close_victims(ConnPool::Victims& victims, TaskList& due) {
    close_victims(victims, [&](Task& task) { due.push(task); });
}

}  // namespace hawser::detail

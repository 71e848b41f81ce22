# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Writes results as Markdown tables."""

from workloads import CLIENTS

TITLES = {
    "cpu": "Client CPU, µs per request: median (lowest)",
    "bulk": "Client CPU, ms per GiB: median (lowest)",
    "ir": "Instructions per request",
    "allocs": "Allocations per request",
    "syscalls": "System calls per request",
    "memory": "Heap bytes per idle connection",
}
THREADS_NOTE = (
    "Threads: clients with a loop keep 64 requests in flight on one io_context, which all threads "
    "run; blocking clients have as many requests in flight as threads. hawser's threads share one "
    "client; others have a handle or a client for each thread, or for each request in flight.\n")
LOCKS_NOTE = (
    "Measured in a build of its own, whose mutexes read the processor's time stamp: about 10 ns "
    "of each time are the measurement. The longest times include those in which the system took "
    "the processor away from the thread.\n")
# By the file that makes the mutex.
LOCKS = {"shared_pool": "pool", "monitor": "connection", "operation_core": "operation",
         "caller_run_loop": "blocking calls", "blocking_loop": "blocking calls"}


def cell(value, figure):
    if value is None:
        return "–"
    if value == "failed":
        return "failed"
    if isinstance(value, dict):
        digits = 0 if figure == "bulk" else 1
        return f"{value['median']:.{digits}f} ({value['lowest']:.{digits}f})"
    return f"{value:,.0f}".replace(",", " ") if figure in ("ir", "memory") else f"{value:.2f}"


def grid(first, titles, rows):
    """Leaves out rows without a value."""
    lines = ["| " + " | ".join([first, *titles]) + " |", "|---|" + "---:|" * len(titles)]
    lines += ["| " + " | ".join([name, *cells]) + " |" for name, cells in rows
              if any(c != "–" for c in cells)]
    return "\n".join(lines) + "\n"


def figure_table(title, figure, columns, clients, workloads):
    names = [w for w in workloads if w.name in columns]
    return f"### {title}\n\n" + grid("client", [w.title for w in names], [
        (CLIENTS[client].title, [cell(columns[w.name].get(client), figure) for w in names])
        for client in clients])


def lock_cell(times):
    if times is None:
        return "–"
    return " · ".join(f"{times[key]:,.0f}".replace(",", " ") for key in ("p50", "p99", "max"))


def lock_table(columns, clients, workloads):
    names = [w for w in workloads if w.name in columns]
    rows = []
    for client in clients:
        of = [columns[w.name].get(client) for w in names]
        of = [found if isinstance(found, dict) else {} for found in of]
        for lock in sorted({lock for found in of for lock in found}):
            taken = max(found[lock]["taken"] for found in of if lock in found)
            if taken >= 0.01:
                rows.append((f"{CLIENTS[client].title}: {LOCKS.get(lock, lock)}",
                             [f"{taken:.1f}", *(lock_cell(found.get(lock)) for found in of)]))
    return ("### Nanoseconds that a lock is held: median · 99 % · longest\n\n" + LOCKS_NOTE + "\n" +
            grid("lock", ["taken per request", *(w.title for w in names)], rows))


def compile_table(seconds):
    return ("### Compile a hello program, CPU seconds at -O2: median (lowest)\n\n"
            "| library | s |\n|---|---:|\n" + "\n".join(
                f"| {name} | {value['median']:.2f} ({value['lowest']:.2f}) |"
                for name, value in seconds.items()) + "\n")


def differences(clients):
    return ("### What is not equal\n\n| client | |\n|---|---|\n" + "\n".join(
        f"| {CLIENTS[client].title} | {CLIENTS[client].differs} |" for client in clients) + "\n")


def markdown(results, clients, workloads, note):
    parts = [f"## Benchmark\n\n{note}\n", differences(clients)]
    for figure in ("cpu", "ir", "allocs", "syscalls", "memory"):
        for group in ("requests", "threads", "bulk"):
            names = {w.name for w in workloads if w.group == group}
            columns = {k: v for k, v in results.get(figure, {}).items() if k in names}
            if columns:
                shown = "bulk" if group == "bulk" else figure
                title = TITLES[shown] + (", by threads" if group == "threads" else "")
                parts.append(figure_table(title, shown, columns, clients, workloads))
    if any(w.group == "threads" for w in workloads):
        parts.append(THREADS_NOTE)
    if results.get("locks"):
        parts.append(lock_table(results["locks"], clients, workloads))
    if results.get("compile"):
        parts.append(compile_table(results["compile"]))
    return "\n".join(parts)

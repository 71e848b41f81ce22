# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Runs the servers and the clients, and takes the figures.

Every run of a client must prove its work: the number of responses, of bytes, and a checksum of all
bodies are compared with what the workload demands, worked out here independently.
"""

import functools
import json
import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

from workloads import CLIENTS, FIGURES, GiB, expected


class Failed(Exception):
    pass


class Unsupported(Exception):
    pass


def processors():
    return sorted(os.sched_getaffinity(0))


def client_cpus(kind):
    """One processor; all of them, or the first half where that is two or more, for threads."""
    cpus = processors()
    if kind != "threads":
        return cpus[:1]
    return cpus if len(cpus) < 4 else cpus[:len(cpus) // 2]


def server_cpus(kind):
    """The second processor; for threads the last, or the second half where that is two or more."""
    cpus = processors()
    if kind != "threads":
        return cpus[:2][-1:]
    return cpus[-1:] if len(cpus) < 4 else cpus[len(cpus) // 2:]


def pinned(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


class Servers:
    """Those that were needed so far, by kind."""

    def __init__(self, build):
        self.build, self.processes, self.started = build, [], {}
        self.directory = tempfile.TemporaryDirectory(prefix="hawser-bench-")

    def at(self, kind):
        """Ports and CA file."""
        if kind not in self.started:
            ca, cpus = os.path.join(self.directory.name, f"ca-{kind}.pem"), server_cpus(kind)
            process = subprocess.Popen(
                [f"{self.build}/bin/bench_server", "--lag-us", "400" if kind == "slow" else "0",
                 "--threads", str(len(cpus)), "--ca-out", ca],
                stdout=subprocess.PIPE, text=True, preexec_fn=pinned(cpus))
            self.processes.append(process)
            plain, tls = process.stdout.readline().split()
            self.started[kind] = process, {"http": plain, "https": tls, "ca": ca}
        process, at = self.started[kind]
        if process.poll() is not None:
            raise Failed(f"the server for {kind} has ended: {process.returncode}")
        return at

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.directory.cleanup()


@dataclass
class Bench:
    build: str
    servers: Servers
    quick: bool
    rounds: int
    failures: dict = field(default_factory=dict)

    def arguments(self, workload, count):
        args = dict(workload.args)
        at = self.servers.at(workload.server)
        args["port"] = at[args.get("scheme", "http")]
        args["ca"] = at["ca"]
        if args["mode"] == "download":
            path, _, piece = args["path"][1:].partition("/")
            args["path"] = f"/{path}/{count}" + (f"/{piece}" if piece else "")
            args["bytes"] = count
        elif args["mode"] == "upload":
            args["bytes"] = count
        elif args["mode"] == "idle":
            args |= {"requests": count, "inflight": count, "path": f"/gather/{count}"}
        else:
            args["requests"] = count
        return [f"{key}={value}" for key, value in args.items()]

    def run(self, client, workload, count, before=(), env=None, timeout=180):
        """One run, its work proven. Returns the client's JSON line and its standard error."""
        command = [*before, f"{self.build}/bin/bench_{client}", *self.arguments(workload, count)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                                  preexec_fn=pinned(client_cpus(workload.server)),
                                  env={**os.environ, **(env or {})})
        except subprocess.TimeoutExpired:
            raise Failed(f"no end after {timeout} s: {shlex.join(command)}") from None
        if done.returncode == 3:
            raise Unsupported
        if done.returncode != 0:
            raise Failed(f"status {done.returncode}: {shlex.join(command)}\n{done.stderr[-2000:]}")
        result = json.loads(done.stdout)
        got = (result["responses"], result["bytes"], result["sum"])
        want = expected(workload.args["mode"], count)
        if got != want:
            raise Failed(f"proved {got} instead of {want}: {shlex.join(command)}")
        return result, done.stderr

    def count(self, workload):
        return workload.quick if self.quick else workload.count

    # ── One figure of one client ──────────────────────────────────────────────────────────────────

    def ir(self, client, workload, count):
        _, text = self.run(client, workload, count, (
            "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
        return int(re.search(r"Collected : (\d+)", text).group(1))

    def allocs(self, client, workload, count):
        out = os.path.join(self.servers.directory.name, "allocs")
        result, _ = self.run(client, workload, count, (
            "env", f"LD_PRELOAD={self.build}/bin/bench_count_allocs.so", f"BENCH_ALLOCS={out}"))
        if "mallocs" in result:  # a runtime with its own heap and its own count
            return result["mallocs"]
        with open(out, encoding="ascii") as file:
            return int(file.read())

    def syscalls(self, client, workload, count):
        out = os.path.join(self.servers.directory.name, "strace")
        self.run(client, workload, count, ("strace", "-c", "-f", "-o", out))
        with open(out, encoding="ascii") as file:
            total = [line.split() for line in file if line.rstrip().endswith("total")]
        return int(total[-1][3] if len(total[-1]) > 4 else total[-1][2])

    def memory(self, client, workload):
        high = self.count(workload)
        low = high // 10
        heaps = [self.run(client, workload, n)[0]["heap"] for n in (low, high)]
        return (heaps[1] - heaps[0]) / (high - low)

    def locks(self, client, workload):
        """By the name of a lock: how often a request takes it, and for how long, in ns."""
        if not os.path.exists(f"{self.build}/bin/bench_{client}_locks"):
            raise Unsupported
        out, count = os.path.join(self.servers.directory.name, "locks"), self.count(workload)
        self.run(f"{client}_locks", workload, count, env={"BENCH_LOCKS": out})
        with open(out, encoding="ascii") as file:
            found = json.load(file)
        return {name: {**times, "taken": times["taken"] / count} for name, times in found.items()}

    def cpu(self, client, workload):
        """Microseconds per request, or milliseconds per GiB."""
        count = self.count(workload)
        result, _ = self.run(client, workload, count)
        used = result["user_us"] + result["system_us"]
        return used / 1000 * GiB / count if workload.group == "bulk" else used / count

    def one_figure(self, client, workload, figure):
        if figure in CLIENTS[client].cannot:
            raise Unsupported
        measure = getattr(self, figure)
        if figure in ("memory", "locks"):
            return measure(client, workload)
        low, high = workload.quick_steps if self.quick else workload.steps
        return (measure(client, workload, high) - measure(client, workload, low)) / (high - low)

    # ── All figures of all clients ────────────────────────────────────────────────────────────────

    def attempt(self, client, workload, figure, measure):
        try:
            return measure()
        except Unsupported:
            return None
        except (Failed, ValueError, AttributeError, OSError) as why:
            self.failures[f"{client} {workload.name} {figure}"] = str(why)
            print(f"FAILED {client} {workload.name} {figure}: {why}", file=sys.stderr)
            return "failed"

    def cpu_of_all(self, clients, workload):
        """Interleaved: each round runs every client once."""
        values, broken = {client: [] for client in clients}, {}
        for _ in range(self.rounds):
            for client in clients:
                if client not in broken:
                    value = self.attempt(client, workload, "cpu",
                                         lambda c=client: self.cpu(c, workload))
                    if isinstance(value, float):
                        values[client].append(value)
                    else:
                        broken[client] = value
        return {client: broken[client] if client in broken else
                {"median": statistics.median(values[client]), "lowest": min(values[client]),
                 "all": values[client]} for client in clients}

    def measure(self, clients, workloads, figures, save):
        results = {}
        for workload in workloads:
            for figure in (f for f in FIGURES if f in figures and f in workload.figures):
                begin = time.monotonic()
                if figure == "cpu":
                    row = self.cpu_of_all(clients, workload)
                else:
                    row = {client: self.attempt(client, workload, figure, functools.partial(
                        self.one_figure, client, workload, figure)) for client in clients}
                results.setdefault(figure, {})[workload.name] = row
                print(f"{workload.name} {figure}: {time.monotonic() - begin:.0f} s",
                      file=sys.stderr)
                save(results)  # an interrupted run keeps its results so far
        return results


def compile_seconds(build, rounds):
    """CPU seconds for a hello program of each library: the commands that CMake would run."""
    path = os.path.join(build, "compile_commands.json")
    seconds = {}
    with open(path, encoding="utf-8") as file:
        commands = json.load(file)
    for entry in commands:
        found = re.search(r"bench_hello_(\w+)\.dir", entry["command"])
        if not found:
            continue
        command = re.sub(r" -o \S+", " -o /dev/null", entry["command"])
        taken = []
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, shell=True, check=True, cwd=entry["directory"])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        seconds[found.group(1)] = {"median": statistics.median(taken), "lowest": min(taken)}
    return seconds

# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Measures the clients that tests/bench/run has built and prints the table.

Every run of a client must prove its work: the number of responses, of bytes, and a checksum of all
bodies are compared with what the workload demands, worked out here independently. A row without
that proof says "failed", and so does the exit status.
"""

import argparse
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

MiB, GiB = 1 << 20, 1 << 30
CLIENTS = {
    "raw_c": "raw C, fixed bytes",
    "raw_asio_llhttp": "raw Asio + llhttp",
    "hawser_callback": "hawser, callbacks",
    "hawser_coroutine": "hawser, coroutines",
    "hawser_blocking": "hawser, blocking",
    "beast_callback": "Beast, callbacks",
    "beast_coroutine": "Beast, coroutines",
    "curl_easy": "libcurl easy",
    "curl_multi": "libcurl multi",
    "httplib": "cpp-httplib",
    "go": "Go net/http",
}
FIGURES = ["cpu", "ir", "allocs", "syscalls", "memory", "compile"]


@dataclass
class Workload:
    name: str
    title: str
    args: dict
    count: int  # requests of a cpu run; bytes of a bulk run; connections of an idle run
    quick: int
    figures: tuple = ("cpu",)
    steps: tuple = (500, 2500)  # two lengths; their difference gives the cost of a request
    slow: bool = False  # uses the server that responds after 400 us
    quick_steps: tuple = (100, 500)


REQUEST = ("cpu", "ir", "allocs", "syscalls")


def workload_list():
    def get(**more):
        return {"mode": "get", **more}

    def bulk(name, title, mode, quick, **more):
        total = GiB if mode == "download" else 256 * MiB
        return Workload(name, title, {"mode": mode, **more}, total, quick * MiB)

    return [
        Workload("c1", "small GET, one connection", get(), 3000, 1000, REQUEST, slow=True),
        Workload("c64", "small GET, 64 in flight", get(inflight=64), 50000, 20000, REQUEST),
        Workload("fields", "30 fields, one connection", get(path="/fields"), 3000, 1000, REQUEST,
                 slow=True),
        Workload("fields64", "30 fields, 64 in flight", get(path="/fields", inflight=64), 50000,
                 20000, REQUEST),
        Workload("tls", "TLS, one connection", get(scheme="https"), 3000, 1000, REQUEST, slow=True),
        Workload("tls64", "TLS, 64 in flight", get(scheme="https", inflight=64), 50000, 20000,
                 REQUEST),
        Workload("hosts", "1 000 hosts in turn", get(hosts=1000), 10000, 5000, REQUEST,
                 steps=(2000, 4000), quick_steps=(1200, 1600)),
        Workload("new", "new connections", get(path="/close", fresh=1), 3000, 1000, REQUEST,
                 steps=(200, 700), quick_steps=(50, 150)),
        Workload("new_tls", "new TLS connections", get(scheme="https", path="/close", fresh=1),
                 1000, 300, REQUEST, steps=(100, 300), quick_steps=(30, 90)),
        bulk("down", "1 GiB down", "download", 256, path="/bytes"),
        bulk("down_16k", "1 GiB down, chunks of 16 KiB", "download", 256, path="/chunked/16384"),
        bulk("down_1k", "1 GiB down, chunks of 1 KiB", "download", 256, path="/chunked/1024"),
        bulk("down_tls", "1 GiB down, TLS", "download", 128, scheme="https", path="/bytes"),
        bulk("up", "256 MiB up", "upload", 64, path="/sink"),
        bulk("up_chunked", "256 MiB up, chunked", "upload", 64, path="/sink", chunked=1),
        Workload("idle", "idle connections", {"mode": "idle"}, 2000, 2000, ("memory",)),
        Workload("idle_tls", "idle TLS connections", {"mode": "idle", "scheme": "https"}, 2000,
                 500, ("memory",)),
    ]


# ── Checking the work ─────────────────────────────────────────────────────────────────────────────

MASK = (1 << 64) - 1


@functools.lru_cache(maxsize=None)
def pattern():
    made, x = bytearray(65536), 1
    for i in range(len(made)):
        x = (x * 1103515245 + 12345) & 0xFFFFFFFF
        made[i] = (x >> 16) & 0xFF
    return bytes(made)


def body_hash(body, size):
    """Of `size` bytes of `body`, repeated; the twin of BodySum in bench_client.hpp."""
    value, period = 0xCBF29CE484222325, len(body)
    for at in range(min(size, 1024)):
        value = ((value ^ body[at % period]) * 0x100000001B3) & MASK
    for at in range(1527, size, 509):  # 1527 = 3 * 509, the first beyond 1024
        value = ((value ^ body[at % period]) * 0x100000001B3) & MASK
    return value


@functools.lru_cache(maxsize=None)
def expected(mode, count):
    """Responses, bytes, checksum."""
    if mode == "download":
        return 1, count, f"{body_hash(pattern(), count):016x}"
    if mode == "upload":
        reply = f"{count} {body_hash(pattern(), count):016x}\n".encode()
        return 1, len(reply), f"{body_hash(reply, len(reply)):016x}"
    hello = b"Hello, World!"
    total = body_hash(hello, len(hello)) * count & MASK
    return count, count * len(hello), f"{total:016x}"


# ── Running ──────────────────────────────────────────────────────────────────────────────────────


class Failed(Exception):
    pass


class Unsupported(Exception):
    pass


def pinned(cpu):
    cpus = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cpus[cpu % len(cpus)]})


class Servers:
    def __init__(self, build):
        self.processes, self.ports = [], {}
        self.directory = tempfile.TemporaryDirectory(prefix="hawser-bench-")
        for slow, lag in ((False, 0), (True, 400)):
            ca = os.path.join(self.directory.name, f"ca-{lag}.pem")
            process = subprocess.Popen(
                [f"{build}/bin/bench_server", "--lag-us", str(lag), "--ca-out", ca],
                stdout=subprocess.PIPE, text=True, preexec_fn=pinned(1))
            self.processes.append(process)
            plain, tls = process.stdout.readline().split()
            self.ports[slow] = {"http": plain, "https": tls, "ca": ca}

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
        at = self.servers.ports[workload.slow]
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
                                  preexec_fn=pinned(0), env={**os.environ, **(env or {})})
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

    def difference(self, client, workload, measure):
        low, high = workload.quick_steps if self.quick else workload.steps
        return (measure(client, workload, high) - measure(client, workload, low)) / (high - low)

    def ir(self, client, workload, count):
        if client == "go":  # valgrind cannot follow the stacks of goroutines
            raise Unsupported
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

    def memory(self, client, workload, _):
        high = workload.quick if self.quick else workload.count
        low = high // 10
        heaps = [self.run(client, workload, n)[0]["heap"] for n in (low, high)]
        return (heaps[1] - heaps[0]) / (high - low)

    def cpu(self, client, workload):
        """Microseconds per request, or milliseconds per GiB."""
        count = workload.quick if self.quick else workload.count
        result, _ = self.run(client, workload, count)
        used = result["user_us"] + result["system_us"]
        if workload.args["mode"] in ("download", "upload"):
            return used / 1000 * GiB / count
        return used / count

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

    def one_figure(self, client, workload, figure):
        if figure == "memory":
            return self.memory(client, workload, None)
        return self.difference(client, workload, getattr(self, figure))


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


# ── The table ────────────────────────────────────────────────────────────────────────────────────

TITLES = {
    "cpu": "Client CPU, µs per request: median (lowest)",
    "bulk": "Client CPU, ms per GiB: median (lowest)",
    "ir": "Instructions per request",
    "allocs": "Allocations per request",
    "syscalls": "System calls per request",
    "memory": "Heap bytes per idle connection",
}


def cell(value, figure):
    if value is None:
        return "–"
    if value == "failed":
        return "failed"
    if isinstance(value, dict):
        digits = 0 if figure == "bulk" else 1
        return f"{value['median']:.{digits}f} ({value['lowest']:.{digits}f})"
    return f"{value:,.0f}".replace(",", " ") if figure in ("ir", "memory") else f"{value:.2f}"


def table(figure, columns, clients, workloads):
    names = [w for w in workloads if w.name in columns]
    lines = [f"### {TITLES[figure]}", "",
             "| client | " + " | ".join(w.title for w in names) + " |",
             "|---|" + "---:|" * len(names)]
    for client in clients:
        cells = [cell(columns[w.name].get(client), figure) for w in names]
        if any(c != "–" for c in cells):
            lines.append(f"| {CLIENTS[client]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def markdown(results, clients, workloads, note):
    parts = [f"## Benchmark\n\n{note}\n"]
    for figure in ("cpu", "ir", "allocs", "syscalls", "memory"):
        columns = results.get(figure, {})
        bulk = {w.name for w in workloads if w.args["mode"] in ("download", "upload")}
        groups = {figure: {k: v for k, v in columns.items() if k not in bulk},
                  "bulk": {k: v for k, v in columns.items() if k in bulk}}
        parts += [table(name, group, clients, workloads) for name, group in groups.items() if group]
    if results.get("compile"):
        parts.append("### Compile a hello program, CPU seconds at -O2: median (lowest)\n\n"
                     "| library | s |\n|---|---:|\n" + "\n".join(
                         f"| {name} | {value['median']:.2f} ({value['lowest']:.2f}) |"
                         for name, value in results["compile"].items()) + "\n")
    return "\n".join(parts)


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
    return f"{len(os.sched_getaffinity(0))} × {model}, Linux {os.uname().release}"


def chosen(given, known, what):
    names = given.split(",") if given else list(known)
    for name in names:
        if name not in known:
            sys.exit(f"bench.py: no {what} {name}; there is {', '.join(known)}")
    return names


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--build", required=True)
    parser.add_argument("--client")
    parser.add_argument("--workload")
    parser.add_argument("--figures")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    every = {w.name: w for w in workload_list()}
    if options.list:
        print("clients:  ", " ".join(CLIENTS), "\nworkloads:", " ".join(every))
        return 0
    build = os.path.abspath(options.build)
    wanted = chosen(options.client, CLIENTS, "client")
    clients = [c for c in CLIENTS
               if c in wanted and os.access(f"{build}/bin/bench_{c}", os.X_OK)]
    for absent in (c for c in wanted if c not in clients):
        print(f"not built: {absent}", file=sys.stderr)
    workloads = [every[name] for name in chosen(options.workload, every, "workload")]
    figures = chosen(options.figures, FIGURES, "figure")
    for figure, tool in (("ir", "valgrind"), ("syscalls", "strace")):
        if figure in figures and subprocess.run(["which", tool], capture_output=True).returncode:
            print(f"no {tool}: left out {figure}", file=sys.stderr)
            figures.remove(figure)

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    rounds = options.rounds or (3 if options.quick else 7)
    bench = Bench(build, Servers(build), options.quick, rounds)
    note = (f"{machine()}; {rounds} interleaved rounds{', quick' if options.quick else ''}; "
            "client on the first CPU, server on the second.")

    def save(results):
        text = markdown(results, clients, workloads, note)
        with open(f"{build}/results.md", "w", encoding="utf-8") as file:
            file.write(text)
        with open(f"{build}/results.json", "w", encoding="utf-8") as file:
            json.dump({"machine": machine(), "rounds": rounds, "quick": options.quick,
                       "results": results, "failures": bench.failures}, file, indent=1)
        return text

    try:
        results = bench.measure(clients, workloads, figures, save)
    finally:
        bench.servers.close()
    if "compile" in figures and (options.figures or not (options.workload or options.client)):
        results["compile"] = compile_seconds(build, 1 if options.quick else 3)
    print(save(results))
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""The clients, the workloads, and what each workload must prove."""

import functools
from dataclasses import dataclass

MiB, GiB = 1 << 20, 1 << 30
FIGURES = ["cpu", "ir", "allocs", "syscalls", "memory", "locks", "compile"]


@dataclass
class Client:
    title: str
    differs: str  # where its work is not that of the others
    cannot: tuple = ()  # figures that no tool can measure for it


HAWSER = "pool, limits, TLS sessions resumed, AES-128; timeouts as by default; "
CLIENTS = {
    "raw_c": Client("raw C, fixed bytes", "sends fixed bytes, receives a fixed number of them, "
                    "parses only the first response; no TLS"),
    "raw_asio_llhttp": Client("raw Asio + llhttp", "one connection for each request in flight, no "
                              "pool, no timeouts, no limits; keeps the fields as strings"),
    "hawser_callback": Client("hawser, callbacks", HAWSER + "one io_context"),
    "hawser_coroutine": Client("hawser, coroutines", HAWSER + "one io_context"),
    "hawser_blocking": Client("hawser, blocking", HAWSER + "in flight: that many threads, which "
                              "share one client"),
    "beast_callback": Client("Beast, callbacks", "no pool: one connection for each request in "
                             "flight; sends requests made before; no timeouts; full TLS "
                             "handshakes"),
    "beast_coroutine": Client("Beast, coroutines", "as with callbacks"),
    "curl_easy": Client("libcurl easy", "parses fields, but keeps none; full TLS handshakes"),
    "curl_multi": Client("libcurl multi", "as with easy handles; our epoll loop around "
                         "curl_multi_socket_action"),
    "httplib": Client("cpp-httplib", "no pool: one Client for each connection; in flight: that "
                      "many threads; full TLS handshakes"),
    "go": Client("Go net/http", "TLS of its own; a collected heap, whose idle memory includes "
                 "stacks; goroutines on as many threads as it has processors", ("ir",)),
    "hyper": Client("hyper", "its pooling client, on tokio; full TLS handshakes; version 0.14 where "
                    "the distribution has that"),
    "undici": Client("undici", "JavaScript: compiled while it runs, a collected heap; CPU of "
                     "helper threads counts; idle memory is all that is resident; few TLS sessions "
                     "resumed",
                     ("ir", "allocs")),
}


@dataclass
class Workload:
    name: str
    title: str
    args: dict
    count: int  # requests of a cpu run; bytes of a bulk run; connections of an idle run
    quick: int
    figures: tuple = ("cpu",)
    steps: tuple = (500, 2500)  # two lengths; their difference gives the cost of a request
    server: str = "fast"  # slow: responds after 400 us; threads: has several
    quick_steps: tuple = (100, 500)

    @property
    def group(self):
        """Of columns in a table."""
        if self.args["mode"] in ("download", "upload"):
            return "bulk"
        return "threads" if "threads" in self.args else "requests"


REQUEST = ("cpu", "ir", "allocs", "syscalls")


def get(**more):
    return {"mode": "get", **more}


def bulk(name, title, mode, quick, **more):
    total = GiB if mode == "download" else 256 * MiB
    return Workload(name, title, {"mode": mode, **more}, total, quick * MiB)


def threads(count):
    return Workload(f"t{count}", f"{count} thread{'s' if count > 1 else ''}",
                    get(inflight=64, threads=count), 50000, 20000, ("cpu", "syscalls", "locks"),
                    server="threads", steps=(2000, 10000), quick_steps=(500, 2500))


def workload_list():
    return [
        Workload("c1", "small GET, one connection", get(), 3000, 1000, REQUEST, server="slow"),
        Workload("c64", "small GET, 64 in flight", get(inflight=64), 50000, 20000, REQUEST),
        Workload("fields", "30 fields, one connection", get(path="/fields"), 3000, 1000, REQUEST,
                 server="slow"),
        Workload("fields64", "30 fields, 64 in flight", get(path="/fields", inflight=64), 50000,
                 20000, REQUEST),
        Workload("tls", "TLS, one connection", get(scheme="https"), 3000, 1000, REQUEST,
                 server="slow"),
        Workload("tls64", "TLS, 64 in flight", get(scheme="https", inflight=64), 50000, 20000,
                 REQUEST),
        Workload("hosts", "1 000 hosts in turn", get(hosts=1000), 10000, 5000, REQUEST,
                 steps=(2000, 4000), quick_steps=(1200, 1600)),
        Workload("new", "new connections", get(path="/close", fresh=1), 3000, 1000, REQUEST,
                 steps=(200, 700), quick_steps=(50, 150)),
        Workload("new_tls", "new TLS connections", get(scheme="https", path="/close", fresh=1),
                 1000, 300, REQUEST, steps=(100, 300), quick_steps=(30, 90)),
        *(threads(count) for count in (1, 2, 4, 8, 16)),
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

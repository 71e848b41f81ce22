#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Requests over a hostile network (storm.cpp): a client and a server in network namespaces, between
them a bad link (link.py) and a middle box that does harm (middlebox.py). Over links without such
harm, the exchanges of the table as well. Needs root.
"""
import argparse
import contextlib
import fcntl
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import servers
import table
from guardian import guardian

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 1_000_000  # of the large file
SERVER, CLIENT = "10.77.0.2", "10.77.0.1"

# The link: loss, delay, jitter, reorder, rate. The middle box: the share of connections that it
# harms. The requests: how many, at once, deadline in ms, longest body.
PROFILES = {
    "middle box": ((0, 0, 0, 0, 0), 0.5, (3000, 32, 4000, 400_000)),
    "loss 2 %": ((0.02, 0.01, 0.002, 0, 0), 0, (2000, 32, 10_000, 400_000)),
    "loss 15 %": ((0.15, 0.005, 0, 0, 0), 0, (600, 32, 15_000, 400_000)),
    "reordering": ((0, 0.05, 0.05, 0.2, 0), 0, (1500, 32, 10_000, 400_000)),
    "50 KB/s": ((0, 0.02, 0, 0, 50_000), 0, (150, 8, 15_000, 100_000)),
    "1 KB/s": ((0, 0.02, 0, 0, 1_000), 0, (40, 2, 60_000, 2_000)),
    "all": ((0.03, 0.02, 0.02, 0.05, 1_000_000), 0.4, (2000, 32, 6000, 400_000)),
}
HARMFUL = [name for name, (_, harm, _) in PROFILES.items() if harm]
# Those need another server, or one that is started again meanwhile.
ABSENT = ("restart", "reload", "Basic", "Digest", "session")
TINY = ("keep-alive", "HEAD", "204", "304", "1xx")  # what 1 KB/s can carry in a minute each
BRIEF = {"middle box": 400, "loss 2 %": 200, "1 KB/s": 6, "all": 200}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True)


def why_impossible():
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    try:
        name = f"hawser{os.getpid()}"
        run("ip", "netns", "add", name)
        run("ip", "netns", "del", name)
    except (OSError, subprocess.CalledProcessError) as e:
        return f"there are no network namespaces: {getattr(e, 'stderr', e)}".strip()
    return None


def make_tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    iff_tun, iff_no_pi, tunsetiff = 0x0001, 0x1000, 0x400454CA
    fcntl.ioctl(fd, tunsetiff, struct.pack("16sH22x", name.encode(), iff_tun | iff_no_pi))
    return fd


class Network:
    """Two namespaces, and all that runs in them. Nothing of it is left at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.names = [f"hawser{os.getpid()}{side}" for side in "cs"]
        self.processes = []
        self.fds = []

    def __enter__(self):
        try:
            for name, address in zip(self.names, (CLIENT, SERVER)):
                run("ip", "netns", "add", name)
                guardian.add("namespace", name)
                self.fds.append(make_tun(name))
                run("ip", "link", "set", name, "netns", name)
                for command in ("link set lo up", f"addr add {address}/24 dev {name}",
                                f"link set {name} up mtu 1400"):
                    run("ip", "-n", name, *command.split())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
            guardian.forget(process.pid)
        for fd in self.fds:
            os.close(fd)
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
            guardian.forget(name)

    def start(self, *command, inside=None, **more):
        if inside is not None:
            command = ("ip", "netns", "exec", self.names[inside], *command)
        with open(self.folder + "/log", "a") as log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log,
                                                   start_new_session=True, **more))
            guardian.add("session", self.processes[-1].pid)

    def wait_for(self, port, inside, address):
        probe = ("import socket,time\n"
                 "for _ in range(300):\n"
                 "  try: socket.create_connection(('%s', %d), 5).close(); break\n"
                 "  except OSError: time.sleep(0.1)\n"
                 "else: raise SystemExit('nobody answers')" % (address, port))
        run("ip", "netns", "exec", self.names[inside], sys.executable, "-c", probe)


@contextlib.contextmanager
def hostile(options, folder, link, harm):
    """The network with a server behind it; yields it, and what the client has to know."""
    inner = [servers.free_port() for _ in range(3)]
    outer = [servers.free_port() for _ in range(3)]
    pairs = [f"{outside}={inside}" for outside, inside in zip(outer, inner)]
    with Network(folder) as network:
        network.start(sys.executable, "-B", HERE + "/backend.py", folder,
                      *(str(port) for port in inner), inside=1,
                      env={**os.environ, "IDLE_SECONDS": "8"})  # longer than a lost packet takes
        network.start(sys.executable, "-B", HERE + "/middlebox.py", str(options.seed), str(harm),
                      SERVER, *pairs, inside=1)
        for port in inner:
            network.wait_for(port, 1, "127.0.0.1")
        network.wait_for(outer[-1], 1, SERVER)
        network.start(sys.executable, "-B", HERE + "/link.py", *(str(fd) for fd in network.fds),
                      str(options.seed), *(str(fact) for fact in link), pass_fds=network.fds)
        urls = [f"{name}={name.replace('mtls', 'https')}://{SERVER}:{port}"
                for name, port in zip(("http", "https", "mtls"), outer)]
        yield network, [*urls, f"big={SIZE}", f"ca={folder}/ca.pem", f"cert={folder}/client.pem",
                        f"key={folder}/client.key"]


def run_client(network, limit, *command):
    """Its exit status."""
    began = time.monotonic()
    client = subprocess.Popen(["ip", "netns", "exec", network.names[0], *command],
                              start_new_session=True, stdin=subprocess.DEVNULL)
    guardian.add("session", client.pid)
    try:
        status = client.wait(limit)
    except subprocess.TimeoutExpired:
        print("WRONG: it hangs")
        client.kill()
        status = client.wait()
    guardian.forget(client.pid)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return status


def storm(options, folder, name):
    """Many requests at once, of which some fail."""
    link, harm, (requests, threads, deadline, body) = PROFILES[name]
    if options.brief:
        requests = BRIEF[name]
    print(f"== {name}", flush=True)
    with hostile(options, folder, link, harm) as (network, arguments):
        limit = 60 + requests * (deadline / 1000 + 2) / threads
        return run_client(network, limit, options.client, *arguments, f"requests={requests}",
                          f"threads={threads}", f"deadline={deadline}", f"body={body}",
                          f"seed={options.seed}", f"slack={20_000 if options.brief else 2000}")


def exchanges(options, folder, name):
    """The exchanges of the table, none of which may fail."""
    link = PROFILES[name][0]
    chosen = TINY if name == "1 KB/s" else [exchange for exchange in table.EXCHANGES
                                            if exchange not in ABSENT]
    print(f"== {name}: the exchanges", flush=True)
    with hostile(options, folder, link, 0) as (network, arguments):
        return run_client(network, 1800, os.path.abspath(options.files), "run", *arguments, "--",
                          *chosen)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", help="hawser_storm")
    parser.add_argument("files", help="hawser_exchanges")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profiles", type=lambda text: text.split(","))
    options = parser.parse_args()
    if reason := why_impossible():
        print(f"the hostile network is not possible here: {reason}: skipped")
        return 0
    folder = tempfile.mkdtemp(prefix="hawser-hostile-")
    guardian.add("folder", folder)
    failed = []
    try:
        table.make_certificates(folder, SERVER)
        table.make_files(os.path.abspath(options.files), folder, SIZE)
        for name in options.profiles or (BRIEF if options.brief else PROFILES):
            if storm(options, folder, name):
                failed.append(name)
            if not options.brief and name not in HARMFUL and exchanges(options, folder, name):
                failed.append(name + ": the exchanges")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("failed: " + ", ".join(failed) if failed else "no wrong byte, no hang, nothing left")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

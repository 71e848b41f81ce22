#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Runs the exchanges (exchanges.cpp) against the servers (servers.py), directly and through squid,
and those of proxied.cpp through the proxies (proxies.py).

A server that is not installed is skipped; if the environment has HAWSER_SERVERS, which tests/run
sets, it is a failure. Ends with 1 if an exchange failed.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import proxies
import servers
from guardian import guardian

EXCHANGES = ("keep-alive", "close", "chunked", "gzip", "deflate", "br", "zstd", "HEAD", "204",
             "304", "range", "100-continue", "early 413", "1xx", "trailers", "idle close", "restart",
             "reload", "download", "upload", "slow reader", "slow writer", "upgrade", "TLS 1.2",
             "TLS 1.3", "resumption", "mTLS", "many fields", *servers.LOGINS)
BRIEF = ("nginx", "Apache", "HAProxy", "lighttpd", "Node", "Python http.server", "mini_httpd",
         "BusyBox httpd")
BRIEF_THROUGH = ("nginx", "Node")


def make_certificates(folder, address="127.0.0.1"):
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-subj",
            "/CN=hawser CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for name, more in (("server", f"subjectAltName=DNS:localhost,IP:{address}"),
                       ("client", "extendedKeyUsage=clientAuth")):
        openssl("req", "-x509", *new_key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-CA",
                "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN=hawser {name}", "-addext", more,
                "-addext", "basicConstraints=critical,CA:FALSE")
        os.chmod(f"{folder}/{name}.key", 0o644)  # whom a server runs as may read it; it is nobody's


def make_files(client, folder, size):
    www = folder + "/www"
    packed = {"none": "", "gzip": ".gz", "deflate": ".zz", "br": ".br", "zstd": ".zst"}
    for name in ("up", "limited", *(f"coded/{coding}" for coding in packed)):
        os.makedirs(f"{www}/{name}")
    subprocess.run([client, "files", www, str(size)], check=True)
    for coding, suffix in packed.items():
        shutil.copy(f"{www}/text.txt{suffix}", f"{www}/coded/{coding}/text.txt")
    for name in ("up", "limited"):
        os.chmod(f"{www}/{name}", 0o777)


class Run:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.size = 8_000_000 if options.brief else 200_000_000

    def exchange(self, server, names, proxy, say, more=()):
        """Runs these; returns name → "ok" or what failed."""
        tag = f"{server.port}_{proxy.port if proxy else 0}_"
        arguments = [self.options.client, "run", *server.client_arguments(), f"big={self.size}",
                     f"ca={self.folder}/ca.pem", f"cert={self.folder}/client.pem",
                     f"key={self.folder}/client.key", f"tag={tag}", *more]
        if proxy:
            arguments += [f"proxy={proxy.url()}", "upload=300000"]
        results = {}
        client = subprocess.Popen([*arguments, "--", *names], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, start_new_session=True)
        guardian.add("session", client.pid)
        guard = threading.Timer(600, client.kill)
        guard.start()
        try:
            began = time.monotonic()
            for line in client.stdout:
                line = line.rstrip("\n")
                if line.startswith("#"):
                    say("  " + line)
                    continue
                if line.startswith("?"):
                    client.stdin.write(self.do(server, line[1:]) + "\n")
                    client.stdin.flush()
                    continue
                name, result = line.split("\t")
                results[name] = result
                took, began = time.monotonic() - began, time.monotonic()
                say(f"  {name}: {result} ({took:.1f} s)")
        finally:
            guard.cancel()
            client.kill()
            client.wait()
            guardian.forget(client.pid)
            for path in glob.glob(f"{self.folder}/www/up/{tag}*"):
                os.remove(path)
        for name in names:
            results.setdefault(name, f"the client ended with {client.returncode}")
        return results

    @staticmethod
    def do(server, what):
        try:
            getattr(server, what)()
            return "done"
        except Exception as e:  # the client reports it
            return f"{type(e).__name__}: {e}".replace("\n", " ")

    def server(self, kind, lacks, proxy, say):
        names = [name for name in self.options.exchanges if name not in lacks]
        say(f"== {kind.name}{' through ' + proxy.name if proxy else ''}")
        server = kind(self.folder)
        try:
            server.start()
            return self.exchange(server, names, proxy, say)
        except Exception as e:  # the next server may do better
            say(f"  {kind.name}: {e}")
            return dict.fromkeys(names, "it did not start")
        finally:
            server.stop()

    def proxy(self, kind, server, say):
        say(f"== {kind.name}")
        proxy = kind(self.folder)
        names = [name for name in proxies.EXCHANGES if name not in proxy.lacks()]
        try:
            proxy.start()
            more = (*proxy.arguments, f"denied={proxy.denied}",
                    f"closed=localhost:{servers.free_port()}")
            return self.exchange(server, names, proxy, say, more)
        except Exception as e:  # the next one may do better
            say(f"  {kind.name}: {e}")
            return dict.fromkeys(names, "it did not start")
        finally:
            proxy.stop()

    def servers(self, title, kinds, proxy=None):
        """The table of servers, directly or through a running proxy."""
        table = Table(title, EXCHANGES)
        for kind in kinds:
            if proxy:
                table.note(proxy, proxy.passes_not)
            else:
                table.note(kind, kind.offers_not)
        jobs = [(kind, {**dict.fromkeys(set(servers.LOGINS) - set(kind.logins), "is not set up"),
                        **kind.offers_not, **(proxy.passes_not if proxy else {})})
                for kind in kinds]
        results = at_once(lambda job, say: self.server(*job, proxy, say), jobs)
        for (kind, lacks), result in zip(jobs, results):
            table.add(kind, lacks, result)
        return table

    def proxies(self, title, kinds):
        """The table of proxies, all with one server behind them."""
        table = Table(title, proxies.EXCHANGES)
        server = servers.Python(self.folder)
        server.start()
        try:
            results = at_once(lambda kind, say: self.proxy(kind, server, say), kinds)
        finally:
            server.stop()
        for kind, result in zip(kinds, results):
            lacks = kind(self.folder).lacks()
            table.note(kind, lacks)
            table.add(kind, lacks, result)
        return table


def at_once(run, jobs):
    """The results of run(job, say). Most of the time is spent waiting, so some run at once; what
    each of them says stays together."""
    def one(job):
        lines = []
        try:
            return run(job, lines.append)
        finally:
            print("\n".join(lines), flush=True)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, jobs))


class Table:
    """What is run against what, and the results."""

    def __init__(self, title, rows):
        self.title, self.rows = title, rows
        self.columns = {}  # name → {row: cell}
        self.failures = []
        self.notes = {}    # (name, reason) → rows

    def add(self, kind, lacks, results):
        column = self.columns[kind.name] = {}
        for row in self.rows:
            if row in lacks:
                column[row] = "–"
            elif row not in results:
                column[row] = ""  # it was not asked for
            elif results[row] == "ok":
                column[row] = "ok"
            else:
                column[row] = "FAILED"
                self.failures.append(f"{self.title}: {kind.name}: {row}: {results[row]}")

    def note(self, who, lacks):
        for row, reason in lacks.items():
            rows = self.notes.setdefault((who.name, reason), [])
            if row in self.rows and row not in rows:
                rows.append(row)

    def text(self):
        lines = [f"## {self.title}", "", "| | " + " | ".join(self.columns) + " |",
                 "|---|" + "---|" * len(self.columns)]
        for row in self.rows:
            cells = " | ".join(column[row] for column in self.columns.values())
            lines.append(f"| {row} | {cells} |")
        lines += ["", "Not offered:", ""]
        lines += [f"* {who}: {', '.join(rows)} ({reason})"
                  for (who, reason), rows in self.notes.items() if rows]
        return "\n".join(lines) + "\n"


def choose(kinds, names):
    """Those that are named, if there are names, and can run; and whether one is missing."""
    chosen, missing = [], False
    for kind in kinds:
        if names is not None and kind.name not in names:
            continue
        if not kind.installed():
            print(f"{kind.name} is not installed: skipped", flush=True)
            missing = missing or "HAWSER_SERVERS" in os.environ
        elif not kind.possible():
            print(f"{kind.name} is not possible here: skipped", flush=True)
        else:
            chosen.append(kind)
    return chosen, missing


def run_tables(run, options):
    """The tables, those they are about, and whether something is missing."""
    kinds, missing = choose(servers.ALL, options.servers)
    ways, lost = choose(proxies.ALL, options.proxies)
    tables = [run.servers("Servers, directly", kinds)]
    through = [kind for kind in kinds if not options.brief or kind.name in BRIEF_THROUGH]
    if proxies.Squid in ways and through:
        squid = proxies.Squid(run.folder)
        squid.start()
        try:
            tables.append(run.servers("Servers, through squid", through, squid))
        finally:
            squid.stop()
    tables.append(run.proxies("Proxies", ways))
    return [table for table in tables if table.columns], kinds + ways, missing or lost


def main():
    options = parse_arguments()
    folder = tempfile.mkdtemp(prefix="hawser-servers-")
    if not options.keep:
        guardian.add("folder", folder)
    os.chmod(folder, 0o755)
    try:
        make_certificates(folder)
        run = Run(options, folder)
        make_files(options.client, folder, run.size)
        tables, kinds, missing = run_tables(run, options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if options.results:
        versions = ", ".join(dict.fromkeys(f"{kind.packages[0]} {version_of(kind)}"
                                           for kind in kinds))
        with open(options.results, "w", encoding="utf-8") as file:
            file.write(INTRODUCTION.replace("VERSIONS", versions))
            for table in tables:
                file.write("\n" + table.text())
    failures = [failure for table in tables for failure in table.failures]
    for failure in failures:
        print("FAILED:", failure)
    cells = [cell for table in tables for column in table.columns.values()
             for cell in column.values()]
    print(f"{cells.count('ok')} ok, {cells.count('–')} not offered, {len(failures)} failed")
    return 1 if failures or missing or not cells else 0


def parse_arguments():
    def names(text):
        return text.split(",")

    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("client", help="hawser_exchanges")
    add("--brief", action="store_true", help="8 MB in place of 200; fewer servers; less of squid")
    add("--results", help="write the tables to this file")
    add("--servers", type=names, help="only these")
    add("--proxies", type=names, help="only these")
    add("--exchanges", type=names, default=EXCHANGES, help="only these")
    add("--keep", action="store_true", help="keep the folder with the configurations and logs")
    options = parser.parse_args()
    options.client = os.path.abspath(options.client)
    if options.brief and not options.servers:
        options.servers = BRIEF
    return options


def version_of(kind):
    package = kind.packages[0]
    found = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True,
                           text=True, check=False)
    return re.split("[-+~]", found.stdout.split(":")[-1])[0] or "?"


INTRODUCTION = """# Real servers

`tests/run --servers` makes this file: it installs and starts the servers, and runs each exchange
of [exchanges.cpp](exchanges.cpp) against each of them. How they are configured, and what each of
them serves, is in [servers.py](servers.py). "ok" means that each byte was right, and that each
connection was kept, resumed or closed as it should be; "–" that the server does not offer the
exchange; "FAILED" anything else.

Through squid 5.7, uploads have 300 KB in place of 200 MB: it breaks off long ones now and then, also
those of curl.

Through a proxy, each origin has to be reached in both schemes, and a refusal has to say which proxy
it was, its status, and its text ([proxied.cpp](proxied.cpp), [proxies.py](proxies.py)).

VERSIONS.
"""

if __name__ == "__main__":
    sys.exit(main())

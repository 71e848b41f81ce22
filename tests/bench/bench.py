# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Measures the clients that tests/bench/run has built, and prints the tables. A row whose work was
not proven says "failed", and so does the exit status.

workloads.py: what is measured; measure.py: how; tables.py and graphs.py: how it is shown.
"""

import argparse
import json
import os
import resource
import subprocess
import sys

from graphs import write_graphs
from measure import Bench, Servers, compile_seconds, processors
from tables import markdown
from workloads import CLIENTS, FIGURES, workload_list


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
    return f"{len(processors())} × {model}, Linux {os.uname().release}"


def chosen(given, known, what):
    names = given.split(",") if given else list(known)
    for name in names:
        if name not in known:
            sys.exit(f"bench.py: no {what} {name}; there is {', '.join(known)}")
    return names


def parse():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--build", required=True)
    parser.add_argument("--client")
    parser.add_argument("--workload")
    parser.add_argument("--figures")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--graphs-from", action="append")
    parser.add_argument("--graphs-to")
    return parser.parse_args()


def built(names, build):
    found = [c for c in CLIENTS if c in names and os.access(f"{build}/bin/bench_{c}", os.X_OK)]
    for absent in (c for c in names if c not in found):
        print(f"not built: {absent}", file=sys.stderr)
    return found


def possible(figures):
    """Without those whose tool is absent."""
    tools = {"ir": "valgrind", "syscalls": "strace"}
    for figure, tool in tools.items():
        if figure in figures and subprocess.run(["which", tool], capture_output=True).returncode:
            print(f"no {tool}: left out {figure}", file=sys.stderr)
            figures = [f for f in figures if f != figure]
    return figures


def graphs_again(paths, to):
    """Draws kept results; a later file's figures of a workload go before those of an earlier one."""
    results = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for figure, columns in json.load(file)["results"].items():
                results.setdefault(figure, {}).update(columns)
    for path in write_graphs(results, to):
        print(path)


def placement(quick, rounds):
    return (f"{machine()}; {rounds} interleaved round{'s' if rounds > 1 else ''}"
            f"{', quick' if quick else ''}; client on the first processor, server on the second; "
            "with threads: on all, or half of them each where there are four or more.")


def measured(options, build, every):
    """Measures, prints, and keeps what was asked for. Returns whether all work was proven."""
    clients = built(chosen(options.client, CLIENTS, "client"), build)
    workloads = [every[name] for name in chosen(options.workload, every, "workload")]
    figures = possible(chosen(options.figures, FIGURES, "figure"))
    rounds = options.rounds or (3 if options.quick else 7)
    bench = Bench(build, Servers(build), options.quick, rounds)

    def save(results):
        text = markdown(results, clients, workloads, placement(options.quick, rounds))
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
    write_graphs(results, options.graphs_to or build)
    return not bench.failures


def main():
    options = parse()
    build, every = os.path.abspath(options.build), {w.name: w for w in workload_list()}
    if options.list:
        print("clients:  ", " ".join(CLIENTS), "\nworkloads:", " ".join(every))
        return 0
    if options.graphs_from:
        graphs_again(options.graphs_from, options.graphs_to or build)
        return 0
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return 0 if measured(options, build, every) else 1


if __name__ == "__main__":
    sys.exit(main())

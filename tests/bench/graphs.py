# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Draws results as SVG: for each figure a file, in it a panel of bars for each workload.

Readable as an image on a page, light or dark: the file has a background of its own and follows the
reader's color scheme.
"""

import os
from dataclasses import dataclass

from workloads import workload_list

# What a bar says; of several clients of a library, the first that has the figure.
BARS = [
    ("hawser", ("hawser_coroutine", "hawser_callback", "hawser_blocking"), "own"),
    ("Asio + llhttp", ("raw_asio_llhttp",), "raw"),
    ("Beast", ("beast_coroutine", "beast_callback"), "peer"),
    ("libcurl", ("curl_easy", "curl_multi"), "peer"),
    ("cpp-httplib", ("httplib",), "peer"),
    ("Go net/http", ("go",), "peer"),
    ("hyper", ("hyper",), "peer"),
    ("undici", ("undici",), "peer"),
]


@dataclass
class Graph:
    figure: str
    title: str
    workloads: tuple
    unit: float = 1.0
    name: str = ""  # of the file; without one, that of the figure


GRAPHS = [
    Graph("cpu", "CPU time of the client, µs per request", ("c64", "tls64", "new", "new_tls")),
    Graph("cpu", "CPU time of the client, µs per request, by threads", ("t1", "t2", "t4", "t16"),
          name="threads"),
    Graph("ir", "Instructions per request, thousands", ("c1", "fields", "tls", "new_tls"),
          unit=1000),
    Graph("syscalls", "System calls per request", ("c1", "c64", "new", "new_tls")),
    Graph("allocs", "Allocations per request", ("c1", "fields", "tls", "new")),
    Graph("memory", "Heap of an idle connection, KB", ("idle", "idle_tls"), unit=1000),
]

STYLE = """
:root { color-scheme: light dark }
text { font: 14px -apple-system, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif;
       fill: #1f2328 }
.paper { fill: #ffffff; stroke: #d1d9e0 }
.title { font-size: 17px; font-weight: 600 }
.panel { font-weight: 600 }
.note { fill: #59636e }
.own { font-weight: 600 }
rect.own { fill: #0969da }
rect.peer { fill: #afb8c1 }
rect.raw { fill: #ffffff; stroke: #818b98; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .paper { fill: #0d1117; stroke: #3d444d }
  .note { fill: #9198a1 }
  rect.own { fill: #4493f8 }
  rect.peer { fill: #656c76 }
  rect.raw { fill: #0d1117; stroke: #9198a1 }
}
"""

MARGIN, GAP, COLUMN, NAME, VALUE = 16, 24, 332, 112, 62  # widths
HEAD, PANEL_HEAD, ROW, BAR = 66, 26, 21, 14  # heights
WIDTH = 2 * MARGIN + 2 * COLUMN + GAP


def number(value):
    """What a client's entry in a row of results says; None if it is no number."""
    if isinstance(value, dict):
        value = value.get("median")
    return value if isinstance(value, (int, float)) else None


def bars(row):
    """Name, kind, value of each library that has one, the least first."""
    found = []
    for name, clients, kind in BARS:
        values = [number(row.get(client)) for client in clients]
        values = [value for value in values if value is not None]
        if values:
            found.append((name, kind, max(values[0], 0)))
    return sorted(found, key=lambda bar: bar[2])


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def text(x, y, content, css="", anchor="start"):
    return (f'<text x="{x:g}" y="{y:g}" class="{css}" text-anchor="{anchor}">'
            f"{escaped(content)}</text>")


def shown(value, graph):
    value /= graph.unit
    return f"{value:,.{0 if value >= 100 else 1}f}".replace(",", " ")


def panel(x, y, title, found, graph):
    parts = [text(x, y + 13, title, "panel")]
    longest = max(value for _, _, value in found) or 1
    for i, (name, kind, value) in enumerate(found):
        top = y + PANEL_HEAD + i * ROW
        width = max(value / longest * (COLUMN - NAME - VALUE), 1)
        parts += [text(x + NAME - 8, top + 12, name, kind, "end"),
                  f'<rect x="{x + NAME}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2" '
                  f'class="{kind}"/>',
                  text(x + NAME + width + 6, top + 12, shown(value, graph), kind)]
    return parts


def draw(graph, columns, titles):
    """The text of an SVG file; None if there is nothing to compare."""
    panels = [(titles[name], bars(columns[name])) for name in graph.workloads if name in columns]
    panels = [(title, found) for title, found in panels if len(found) > 1]
    if not panels:
        return None
    note = "Less is better."
    if any(kind == "raw" for _, found in panels for _, kind, _ in found):
        note += " Dashed: hand-written for this work, no pool, no limits."
    parts, y = [], HEAD
    for i in range(0, len(panels), 2):
        pair = panels[i:i + 2]
        for j, (title, found) in enumerate(pair):
            parts += panel(MARGIN + j * (COLUMN + GAP), y, title, found, graph)
        y += PANEL_HEAD + ROW * max(len(found) for _, found in pair) + 14
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" '
            f'viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{escaped(graph.title)}">',
            f"<style>{STYLE}</style>",
            f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="6"/>',
            text(MARGIN, 30, graph.title, "title"),
            text(MARGIN, 50, note, "note")]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def write_graphs(results, directory):
    """Returns the paths of the files."""
    os.makedirs(directory, exist_ok=True)
    titles, written = {w.name: w.title for w in workload_list()}, []
    for graph in GRAPHS:
        drawn = draw(graph, results.get(graph.figure, {}), titles)
        if drawn:
            written.append(os.path.join(directory, f"{graph.name or graph.figure}.svg"))
            with open(written[-1], "w", encoding="utf-8") as file:
                file.write(drawn)
    return written

// SPDX-FileCopyrightText: 2026 The hawser authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The style sheet of the page: light or dark, as the browser prefers.
inline constexpr const char* style = R"(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1d2733; --faint: #5d6b7a;
        --line: #dfe4ea; --wait: #a9b4c0; --dns: #1f9e8f; --connect: #e2931d; --tls: #8b5cf6;
        --send: #e0559b; --first: #3aa655; --body: #2f7fe0; --bad: #d92d3a; }
@media (prefers-color-scheme: dark) {
    :root { --paper: #12181f; --ink: #e4e9ef; --faint: #93a1b0; --line: #2b3541; --wait: #5f6b79;
            --dns: #2fc3b1; --connect: #f0ad45; --tls: #a98bff; --send: #f07ab4; --first: #55c873;
            --body: #58a2ff; --bad: #ff5c68; } }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--paper);
       color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: 0 0 1rem; color: var(--faint); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0 0 1rem; padding: 0;
          list-style: none; font-size: 13px; }
.legend svg { margin-right: .4rem; vertical-align: -1px; }
.grid { stroke: var(--line); } .tick { fill: var(--faint); font-size: 12px; }
.wait { fill: var(--wait); } .dns { fill: var(--dns); } .connect { fill: var(--connect); }
.tls { fill: var(--tls); } .send { fill: var(--send); } .first { fill: var(--first); }
.body { fill: var(--body); } .bad { fill: var(--bad); }
.name, .facts { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.name { font-size: 14px; line-height: 20px; } .name b { margin-right: .5rem; }
.facts { font-size: 12px; line-height: 18px; color: var(--faint); }
.failed { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; width: 100%; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line);
         font-variant-numeric: tabular-nums; vertical-align: bottom; }
th { font-weight: 600; } th:first-child, td:first-child { text-align: left; white-space: nowrap;
     max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
)";

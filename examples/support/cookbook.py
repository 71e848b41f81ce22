#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Makes a function of each recipe in the pages, for cookbook.cpp.

    support/cookbook.py OUT PAGE.md...

A recipe is a C++ block that is followed by a text block: what it prints. URLs of the test server in
it become those of the server that runs. In COOKBOOK.md each heading of the third level has one.
"""

import json
import pathlib
import re
import sys

MOST_LINES = 10
RECIPE = re.compile(r"^```cpp\n((?:(?!```)[^\n]*\n)*)```\n```text\n((?:(?!```)[^\n]*\n)*)```", re.M)
HEADING = re.compile(r"^#+ (.+)$", re.M)
# "http://localhost:8080/…" and so on, each a string literal.
ADDRESS = re.compile(r'"(?:[^"\\\n]|\\.)*:(?:8080|8443|8444|3128)(?:[^"\\\n]|\\.)*"')


def recipes(page):
    """(heading, code, what it prints) of each recipe in a page."""
    text = page.read_text()
    for block in RECIPE.finditer(text):
        heading = [title.group(1) for title in HEADING.finditer(text, 0, block.start())][-1]
        code, printed = block.groups()
        if len(code.splitlines()) > MOST_LINES:
            sys.exit(f"{page}: {heading}: a recipe has at most {MOST_LINES} lines")
        yield heading, code, printed


def check_headings(page):
    found = [heading for heading, _, _ in recipes(page)]
    wanted = re.findall(r"^### (.+)$", page.read_text(), re.M)
    if found != wanted:
        odd = [heading for heading in found + wanted
               if found.count(heading) != 1 or wanted.count(heading) != 1]
        sys.exit(f"{page}: each heading needs one recipe and what it prints: {odd}")


def function(name, code):
    """A recipe as a function, and how to call it."""
    code = ADDRESS.sub(lambda literal: f"at({literal.group()})", code)
    code = re.sub(r'"sha256//[^"]+"', "pin()", code)
    waits = "co_await asio::this_coro" in code
    result = "asio::awaitable<void>" if waits else "void"
    made = f"{result} {name}() {{\n{code}}}\n"
    call = f"[] {{ run({name}()); }}" if waits else name
    if "CaresResolver" in code:  # where c-ares is installed
        made = f"#ifdef ARES_VERSION\n{made}#endif\n"
    return made, call


def main():
    out, *pages = sys.argv[1:]
    functions, table = [], []
    for page in map(pathlib.Path, pages):
        if page.name == "COOKBOOK.md":
            check_headings(page)
        for heading, code, printed in recipes(page):
            made, call = function(f"recipe_{len(functions)}", code)
            functions.append(made)
            row = f"    {{{json.dumps(page.name + ': ' + heading)}, {call}, {json.dumps(printed)}}},\n"
            table.append(f"#ifdef ARES_VERSION\n{row}#endif\n" if "CaresResolver" in code else row)
    pathlib.Path(out).write_text(
        "\n".join(functions) + "\nconst Recipe recipes[] = {\n" + "".join(table) + "};\n")


main()

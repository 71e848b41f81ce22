#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Makes a function of each recipe in COOKBOOK.md, for cookbook.cpp.

    support/cookbook.py COOKBOOK.md OUT

A recipe is a C++ block below a heading; the text block behind it is what the recipe prints.
"""

import json
import pathlib
import re
import sys

RECIPE = re.compile(r"^## (.+?)$(?:(?!^## ).)*?^```cpp\n(.*?)^```\n^```text\n(.*?)^```", re.M | re.S)


def main():
    source, out = sys.argv[1:]
    text = pathlib.Path(source).read_text()
    recipes = RECIPE.findall(text)
    headings = re.findall(r"^## (.+)$", text, re.M)
    if [title for title, _, _ in recipes] != headings:
        sys.exit(f"{source}: each heading needs a recipe and what it prints: {headings}")
    functions, table = [], []
    for number, (title, code, printed) in enumerate(recipes):
        if len(code.splitlines()) > 12:
            sys.exit(f"{source}: {title}: a recipe has at most 12 lines")
        waits = "co_await" in code
        code = re.sub(r'"http://localhost:8080([^"]*)"', r'at("\1")', code)
        code = re.sub(r'"https://localhost:8443([^"]*)"', r'at_tls("\1")', code)
        result = "asio::awaitable<void>" if waits else "void"
        functions.append(f"{result} recipe_{number}() {{\n{code}}}\n")
        run = f"[] {{ run(recipe_{number}()); }}" if waits else f"recipe_{number}"
        table.append(f"    {{{json.dumps(title)}, {run}, {json.dumps(printed)}}},\n")
    pathlib.Path(out).write_text(
        "\n".join(functions) + "\nconst Recipe recipes[] = {\n" + "".join(table) + "};\n")


main()

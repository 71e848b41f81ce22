#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Writes the library as two files: OUT/hawser/hawser.hpp, and OUT/hawser/testing.hpp for tests.

    cmake/single_header.py OUT

A program that has OUT on its include path needs no other file of ours. By default the file is
header-only. If every file of the program defines HAWSER_SEPARATE_COMPILATION, exactly one of them
must also define HAWSER_IMPLEMENTATION: that one contains the function bodies.
"""

import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "include"
BODIES = re.compile(
    r"#if !defined\(HAWSER_SEPARATE_COMPILATION\)\n((?:#include <[^>\n]*>\n)+)#endif\n")
INCLUDE = re.compile(r"#include <(hawser/[^>]*)>")
NOTICE = re.compile(r"// SPDX-[^\n]*\n")


class Amalgamation:
    def __init__(self):
        self.written = set()  # the files that every program has seen by now
        self.guarded = set()  # those that only a program that compiles the bodies has seen
        self.in_bodies = False
        self.bodies = []  # files that hold function bodies

    def header(self, name):
        """The declarations of the header and of all that it includes, each in a guard of its own."""
        if name in self.written | self.guarded:
            return ""
        (self.guarded if self.in_bodies else self.written).add(name)
        text = (SOURCE / name).read_text()
        text = NOTICE.sub("", text).replace("#pragma once\n", "", 1)
        for block in BODIES.finditer(text):
            self.bodies += INCLUDE.findall(block.group(1))
        text = self.with_includes(name, BODIES.sub("", text))
        guard = "HAWSER_SEEN_" + re.sub(r"\W", "_", name).upper()
        return f"#ifndef {guard}\n#define {guard}\n{text}\n#endif"

    def with_includes(self, name, text):
        lines = []
        depth = 0  # of #if
        for line in text.strip("\n").split("\n"):
            depth += line.startswith("#if") - line.startswith("#endif")
            included = INCLUDE.match(line)
            if not included:
                lines.append(line)
            elif depth > 0:
                sys.exit(f"{name}: {line} depends on a condition, here it would not")
            elif text_of := self.header(included.group(1)):
                lines.append(text_of)
        return "\n".join(lines).strip("\n")

    def implementation(self):
        texts = []
        self.in_bodies = True
        while self.bodies:
            texts.append(self.header(self.bodies.pop(0)))
        self.in_bodies = False
        self.guarded.clear()
        return "\n\n".join(text for text in texts if text)


def write(path, before, amalgamation, name):
    declarations = amalgamation.header(name)
    text = "\n".join([
        "// SPDX-FileCopyrightText: 2026 The hawser authors",
        "// SPDX-License-Identifier: BSL-1.0",
        "// Made by cmake/single_header.py from many files: change those instead.",
        "#pragma once",
        *before,
        "",
        declarations,
        "",
        "#if !defined(HAWSER_SEPARATE_COMPILATION) || defined(HAWSER_IMPLEMENTATION)",
        amalgamation.implementation(),
        "#endif",
        "",
    ])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"\n{3,}", "\n\n", text))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1]) / "hawser"
    amalgamation = Amalgamation()
    write(out / "hawser.hpp", [], amalgamation, "hawser/hawser.hpp")
    write(out / "testing.hpp", ["#include <hawser/hawser.hpp>"], amalgamation,
          "hawser/testing.hpp")


main()

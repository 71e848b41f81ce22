#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""What Doxygen reads in place of a file, on stdout.

In a header, an overload without a comment belongs to the one above it: Doxygen is told so. Names
that mean the same in every C++ library get a comment. In a page, headings get labels, and links lead
to these; links to files that are not part of the reference become plain text.
"""

import re
import sys

NAME = re.compile(r"(~?\b[A-Za-z_]\w*|\boperator *[^\s\w(]+|\boperator\(\))\s*\(")
NO_NAMES = {"requires", "void", "decltype", "noexcept", "explicit", "if", "while", "for", "return",
            "alignas", "sizeof"}
# What every reader of C++ knows.
STANDARD = {
    "executor_type": "The type of get_executor().",
    "value_type": "The type of an element.",
    "iterator": "The type of begin().",
    "const_iterator": "The type of begin().",
    "begin": "The first element.",
    "end": "Behind the last element.",
    "size": "The number of elements.",
    "empty": "Whether there is no element.",
    "front": "The first element, which must exist.",
    "back": "The last element, which must exist.",
    "operator[]": "An element, which must exist.",
    "operator=": "Assigns.",
}
BEGINS = re.compile(r" *(?!//|public:|private:|protected:|#|friend |\}|return\b)\S")


def name_of(declaration):
    for name in NAME.findall(declaration):
        if name not in NO_NAMES:
            return name
    return None


def header(text):
    text = text.replace("::inline HAWSER_ABI", "")  # which no user writes
    lines = text.split("\n")
    out = []
    documented = None  # the name that the last comment was about, and its indentation
    at = 0
    while at < len(lines):
        line = lines[at]
        indent = len(line) - len(line.lstrip())
        if not BEGINS.match(line):
            out.append(line)
            if re.match(r"(class|struct|enum|\})", line):
                documented = None
            at += 1
            continue
        end = at
        while end + 1 < len(lines) and not re.search(r"[;{}]\s*(//.*)?$", lines[end]):
            end += 1
        whole = "\n".join(lines[at:end + 1])
        name = name_of(whole)
        alias = re.match(r" *using (\w+) =", line)
        has_comment = bool(out) and out[-1].lstrip().startswith("///")
        if name and has_comment:
            documented = (name, indent)
        elif name and documented == (name, indent):
            out.append(" " * indent + "/// @overload")
        elif not has_comment and re.match(r" *(?:HAWSER_\w+ )?(\w+)\(\1&& \w+\)", line):
            out.append(" " * indent + "/// Moves.")
        elif not has_comment and (known := STANDARD.get(alias.group(1) if alias else name)):
            out.append(" " * indent + "/// " + known)
        out += lines[at:end + 1]
        at = end + 1
    return "\n".join(out)


# The pages of the reference, and what their headings' labels begin with.
PAGES = {"README.md": "readme", "COOKBOOK.md": "cookbook", "MIGRATING.md": "migrating",
         "GUIDE.md": "guide"}


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-")


def page(text, file):
    own = PAGES[file]

    def link(match):
        label, target = match.groups()
        if target.startswith("http"):
            return match.group()
        path, _, heading = target.partition("#")
        name = path.rsplit("/", 1)[-1] if path else file
        if name not in PAGES or path.endswith("detail/README.md"):
            return label
        to = f"{PAGES[name]}-{heading}" if heading else PAGES[name]
        return label if to == "readme" else f"[{label}](@ref {to})"

    def labeled(match):
        marks, heading = match.groups()
        if marks == "#":
            return match.group() if own == "readme" else f"# {heading} {{#{own}}}"
        return f"{marks} {heading} {{#{own}-{anchor(heading)}}}"

    def prose(part):
        part = re.sub(r"^(#+) (.+)$", labeled, part, flags=re.M)
        return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", link, part)

    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    return "".join(part if part.startswith("```") else prose(part) for part in parts)


if __name__ == "__main__":
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        content = file.read()
    is_page = path.endswith(".md")
    sys.stdout.write(page(content, path.rsplit("/", 1)[-1]) if is_page else header(content))

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""Runs one of the tools and checks what it prints and writes, and its exit code.

    with_server python3 [--tls] -- test.py NAME PROGRAM

The server of with_server is at $HAWSER_URL; over TLS its authority is in the file $HAWSER_CA.
"""

import importlib
import os
import sys
import unittest

if __name__ == "__main__":
    name, program = sys.argv[1:3]
    os.environ["HAWSER_TOOL"] = program
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tests"))
    sys.dont_write_bytecode = True
    suite = unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(f"{name}_test"))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())

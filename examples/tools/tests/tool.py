# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""What the tests of all tools use."""

import os
import pty
import subprocess
import tempfile
import unittest

URL = os.environ["HAWSER_URL"].rstrip("/")
CA = os.environ["HAWSER_CA"]
TLS = URL.startswith("https")


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class ToolTest(unittest.TestCase):
    """Each test runs in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode()

    def write(self, name, content):
        with open(self.path(name), "w") as file:
            file.write(content)

    def run_tool(self, *words, code=0, trust=True):
        """Runs the tool with these arguments, and checks its exit code."""
        before = ["--cacert", CA] if TLS and trust else []
        done = subprocess.run([os.environ["HAWSER_TOOL"], *before, *words], cwd=self.folder,
                              capture_output=True, timeout=40, stdin=subprocess.DEVNULL)
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        self.assertEqual(code, result.code, result.err + result.out)
        return result

    def run_on_terminal(self, *words):
        """Runs the tool with stdout and stderr on a terminal; returns what it shows."""
        before = ["--cacert", CA] if TLS else []
        ours, its = pty.openpty()
        process = subprocess.Popen([os.environ["HAWSER_TOOL"], *before, *words], cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=its, stderr=its)
        os.close(its)
        shown = b""
        try:
            while some := os.read(ours, 65536):
                shown += some
        except OSError:
            pass  # the end of a terminal
        os.close(ours)
        self.assertEqual(0, process.wait(40), shown)
        return shown.decode()

    def check_usage(self, *words):
        """Bad arguments: the usage on stderr, nothing on stdout, exit code 2."""
        result = self.run_tool(*words, code=2, trust=False)
        self.assertIn("usage: ", result.err)
        self.assertEqual("", result.out)

    def check_har(self, har, count):
        """What HAR 1.2 demands of a log."""
        log = har["log"]
        self.assertEqual("1.2", log["version"])
        self.assertEqual({"name", "version"}, set(log["creator"]))
        self.assertEqual(count, len(log["entries"]))
        for entry in log["entries"]:
            self.assertRegex(entry["startedDateTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertGreaterEqual(entry["time"], 0)
            self.assertEqual({}, entry["cache"])
            self.assertLessEqual({"method", "url", "httpVersion", "cookies", "headers",
                                  "queryString", "headersSize", "bodySize"}, set(entry["request"]))
            self.assertLessEqual({"status", "statusText", "httpVersion", "cookies", "headers",
                                  "content", "redirectURL", "headersSize", "bodySize"},
                                 set(entry["response"]))
            self.assertLessEqual({"size", "mimeType"}, set(entry["response"]["content"]))
            times = entry["timings"]
            self.assertLessEqual({"send", "wait", "receive"}, set(times))
            for name in "send", "wait", "receive":
                self.assertGreaterEqual(times[name], 0)
            together = sum(t for name, t in times.items() if t > 0 and name != "ssl")
            self.assertLessEqual(together, entry["time"] + 0.01)

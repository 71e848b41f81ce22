# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

import os
import re
import signal
import subprocess
import xml.etree.ElementTree

from tool import CA, TLS, URL, ToolTest


class Hammer(ToolTest):
    def requests(self, out):
        return int(re.search(r"^requests +(\d+) in", out, re.M).group(1))

    def quantile(self, out, name):
        number, unit = re.search(rf"{re.escape(name)} ([0-9.]+) (µs|ms|s)", out).groups()
        return float(number) * {"µs": 1e-6, "ms": 1e-3, "s": 1}[unit]

    def test_closed_loop(self):
        out = self.run_tool("-c", "4", "-n", "200", f"{URL}/bytes/1000").out
        self.assertTrue(out.startswith(f"closed loop, 4 users: GET {URL}/bytes/1000\n"))
        self.assertEqual(200, self.requests(out))
        self.assertIn("bodies      200.0 kB", out)
        self.assertIn("200: 200\n", out)
        counted = sum(int(n) for n in re.findall(r"\|#* (\d+)$", out, re.M))
        self.assertEqual(200, counted)

    def test_open_loop_counts_from_when_a_request_was_due(self):
        # One connection serves 20 requests a second; 100 a second are due.
        out = self.run_tool("-c", "1", "-r", "100", "-n", "10", f"{URL}/slow/50").out
        self.assertTrue(out.startswith("open loop, 100 per second: "))
        self.assertEqual(10, self.requests(out))
        self.assertGreater(self.quantile(out, "max"), 0.4)
        out = self.run_tool("-c", "1", "-n", "10", f"{URL}/slow/50").out
        self.assertLess(self.quantile(out, "min"), self.quantile(out, "max"))

    def test_limits_what_is_in_flight(self):
        out = self.run_tool("-r", "1000", "--in-flight", "2", "-n", "20", f"{URL}/hello").out
        self.assertEqual(20, self.requests(out))

    def test_sends_what_it_is_told(self):
        out = self.run_tool("-n", "3", "-X", "PUT", "-d", "12345", f"{URL}/echo").out
        self.assertIn("bodies      15 B", out)

    def test_draws_the_latencies(self):
        self.run_tool("-n", "100", "--svg", "latency.svg", f"{URL}/hello?a=<&b=1")
        svg = xml.etree.ElementTree.fromstring(self.read("latency.svg"))
        kinds = [element.get("class") for element in svg.iter()]
        self.assertGreater(kinds.count("bar"), 0)
        self.assertEqual(1, kinds.count("curve"))

    def test_counts_statuses_and_failures(self):
        self.assertIn("503: 5", self.run_tool("-n", "5", f"{URL}/status/503").out)
        out = self.run_tool("-n", "5", "http://127.0.0.1:1/", code=1).out
        self.assertIn("5 failed", out)
        self.assertIn("5 x ", out)

    def test_reports_when_it_is_interrupted(self):
        trust = ["--cacert", CA] if TLS else []
        process = subprocess.Popen([os.environ["HAWSER_TOOL"], *trust, "-t", "600", f"{URL}/hello"],
                                   stdout=subprocess.PIPE, bufsize=0)
        process.stdout.read(1)  # it has begun
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=40)[0].decode()
        self.assertIn("requests ", out)

    def test_refuses_bad_arguments(self):
        self.check_usage()
        self.check_usage("one", "two")
        self.check_usage("-c", "0", "x")
        self.check_usage("-r", "fast", "x")
        self.check_usage("-t", "-1", "x")
        self.run_tool("http://[broken", code=1)

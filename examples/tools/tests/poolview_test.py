# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

import re

from tool import URL, ToolTest


class Poolview(ToolTest):
    def test_shows_connections_and_their_hosts(self):
        out = self.run_tool("-c", "3", "--think", "0", "-t", "0.5", "--every", "0.1",
                            f"{URL}/hello").out
        frames = out.strip().split("\n\n\n")
        last = out[out.rindex("poolview"):]
        self.assertGreater(out.count("poolview"), 1, frames)
        self.assertRegex(last, r"now: [123] open")
        self.assertRegex(last, r"127\.0\.0\.1:\d+ +\d busy +\d idle  [#.]+\n")
        self.assertRegex(last, r"\n +1  (busy|idle) +\d+\.\d s +\d+  127\.0\.0\.1:\d+  GET /hello\n")
        self.assertGreater(int(re.search(r"(\d+) requests reused one", last).group(1)), 0)
        self.assertNotIn("\033", out)

    def test_shows_who_waits(self):
        out = self.run_tool("-c", "4", "--max-conns-per-host", "1", "-t", "0.4", "--every", "0.1",
                            f"{URL}/slow/2000").out
        self.assertIn("3 requests wait", out[out.rindex("poolview"):])

    def test_drops_what_was_closed_while_idle(self):
        out = self.run_tool("-c", "1", "--think", "1000", "--idle-timeout", "0.05", "-t", "0.5",
                            "--every", "0.1", f"{URL}/hello").out
        self.assertIn("now: 0 open, 0 busy, 0 idle", out)
        self.assertTrue(out.rstrip().endswith("host, request"), out[-400:])

    def test_leaves_the_terminal_as_it_was(self):
        shown = self.run_on_terminal("-t", "0.2", "--every", "0.1", f"{URL}/hello")
        self.assertTrue(shown.startswith("\033[?1049h\033[?25l"))
        self.assertTrue(shown.endswith("\033[?25h\033[?1049l"))

    def test_refuses_bad_arguments(self):
        self.check_usage()
        self.check_usage("-c", "0", "x")
        self.check_usage("--every", "never", "x")
        self.run_tool("http://[broken", code=1)

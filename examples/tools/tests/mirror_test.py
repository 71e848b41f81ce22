# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

import os

from tool import URL, ToolTest


class Mirror(ToolTest):
    def files(self):
        found = set()
        for folder, _, names in os.walk(self.path("127.0.0.1")):
            found |= {os.path.relpath(os.path.join(folder, name), self.folder) for name in names}
        return found

    def test_fetches_what_the_page_leads_to(self):
        out = self.run_tool("--delay", "0", f"{URL}/site/", code=1).out
        site = "127.0.0.1/site/"
        self.assertEqual({site + name for name in ("index.html", "one.html", "pixel.png",
                                                   "sub/two.html@x=1_y=2", "three.html",
                                                   "four.html", "private/open.html")},
                         self.files())
        self.assertEqual("PNG", self.read(site + "pixel.png"))
        self.assertIn("301 ", out)
        self.assertIn("404", out)  # missing.html
        self.assertNotIn("other.example", out)
        self.assertNotIn("hidden", out)
        self.assertIn("7 files fetched", out)
        self.assertIn("2 are forbidden, 1 failed", out)

    def test_knows_limits(self):
        self.assertIn("1 files fetched", self.run_tool("-d", "0", f"{URL}/site/").out)
        self.assertIn("2 files fetched",
                      self.run_tool("--delay", "0", "-j", "1", "-n", "2", "-o", "other",
                                    f"{URL}/site/").out)
        out = self.run_tool("--delay", "0", "--max-bytes", "10", f"{URL}/site/four.html",
                            code=1).out
        self.assertIn("failed", out)

    def test_continues(self):
        self.run_tool("--delay", "0", "-j", "1", "-n", "2", f"{URL}/site/")
        before = self.files()
        self.assertEqual(2, len(before))
        out = self.run_tool("--delay", "0", f"{URL}/site/", code=1).out
        self.assertIn("5 files fetched", out)
        self.assertIn("2 were here", out)
        out = self.run_tool("--delay", "0", f"{URL}/site/", code=1).out
        self.assertIn("0 files fetched", out)

    def test_continues_in_the_middle_of_a_file(self):
        self.run_tool("--delay", "0", f"{URL}/cut/100000", code=1)
        self.run_tool("--delay", "0", f"{URL}/cut/100000")
        self.assertEqual("0123456789" * 10000, self.read("127.0.0.1/cut/100000"))

    def test_stays_below_its_start(self):
        out = self.run_tool("--delay", "0", f"{URL}/site/sub/two.html?x=1&y=2").out
        self.assertIn("1 files fetched", out)

    def test_obeys_robots_txt(self):
        out = self.run_tool("--delay", "0", f"{URL}/site/private/x.html").out
        self.assertIn("0 files fetched", out)
        self.assertIn("1 are forbidden", out)

    def test_refuses_bad_arguments(self):
        self.check_usage()
        self.check_usage("one", "two")
        self.check_usage("-d", "-1", "x")
        self.check_usage("--delay", "x", "x")
        self.run_tool("http://127.0.0.1:1/", code=1)
        self.run_tool("-o", "/dev/null/x", f"{URL}/site/", code=1)

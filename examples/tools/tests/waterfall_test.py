# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

import json
import re
import socket
import threading
import unittest
import xml.etree.ElementTree

from tool import TLS, URL, ToolTest


def serve_stale():
    """A server that closes its first connection when a second request arrives on it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        for last in False, True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                connection.recv(65536)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/stale"


class Waterfall(ToolTest):
    def picture(self):
        text = self.read("waterfall.html")
        return xml.etree.ElementTree.fromstring(re.search(r"<svg xmlns.*?\n</svg>", text, re.S).group())

    def bars(self, kind):
        return [rect for rect in self.picture().iter("{http://www.w3.org/2000/svg}rect")
                if rect.get("class") == kind]

    def test_draws_every_phase(self):
        result = self.run_tool("-j", "1", f"{URL}/slow/20", f"{URL}/bytes/3000000")
        self.assertRegex(result.out, r"^2 exchanges on 1 connection, [0-9.]+ ms: waterfall.html\n$")
        for kind, count in ("connect", 1), ("tls", 1 if TLS else 0), ("first", 2), ("body", 2):
            self.assertEqual(count, len(self.bars(kind)), kind)
        page = self.read("waterfall.html")
        self.assertIn("connection 1, dialed", page)
        self.assertIn("connection 1, reused", page)
        self.assertNotRegex(page, r"(src|href)=")  # needs nothing else

    def test_bars_follow_each_other(self):
        self.run_tool("-j", "4", "-n", "3", f"{URL}/slow/20", f"{URL}/hello")
        ends = {}
        for rect in self.picture().iter("{http://www.w3.org/2000/svg}rect"):
            x, width = (float(rect.get(name).rstrip("%")) for name in ("x", "width"))
            self.assertGreaterEqual(x, ends.get(rect.get("y"), 0) - 0.01)
            self.assertLessEqual(x + width, 100.01)
            ends[rect.get("y")] = x + width
        self.assertEqual(6, len(ends))

    def test_draws_redirects_as_exchanges(self):
        result = self.run_tool("--har", "log.har", f"{URL}/redirect/2")
        self.assertIn(": waterfall.html and log.har\n", result.out)
        page = self.read("waterfall.html")
        self.assertIn("redirects to /redirect/1", page)
        self.assertIn("redirects to /hello", page)
        self.check_har(json.loads(self.read("log.har")), 3)

    @unittest.skipIf(TLS, "its server is plain")
    def test_draws_a_retry(self):
        url = serve_stale()
        self.run_tool("-j", "1", url, url)
        self.assertIn("sent 2 times", self.read("waterfall.html"))
        self.assertEqual(1, len(self.bars("bad")))

    def test_draws_failures(self):
        result = self.run_tool("http://127.0.0.1:1/<script>", f"{URL}/status/500", code=1)
        self.assertIn("1 failed", result.out)
        self.assertIn("127.0.0.1:1", result.err)
        page = self.read("waterfall.html")
        self.assertNotIn("<script>", page)
        self.assertEqual(2, page.count("<b class='failed'>"))

    def test_refuses_bad_arguments(self):
        self.check_usage()
        self.check_usage("-j", "0", "x")
        self.check_usage("-n", "1.5", "x")
        self.check_usage("--no-such-option", "x")
        self.run_tool("-o", "no/such/folder", f"{URL}/hello", code=1)

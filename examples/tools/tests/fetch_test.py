# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0

import json
import os
import socket
import threading
import unittest

from tool import TLS, URL, ToolTest


class Fetch(ToolTest):
    def test_prints_the_body(self):
        result = self.run_tool(f"{URL}/hello")
        self.assertEqual("hello from hawser\n", result.out)
        self.assertEqual("", result.err)

    def test_prints_the_head_if_asked(self):
        self.assertTrue(self.run_tool("-I", f"{URL}/hello").out.startswith("HTTP/1.1 200 OK\r\n"))
        result = self.run_tool("-i", f"{URL}/hello")
        self.assertIn("\r\n\r\nhello from hawser\n", result.out)

    def test_sends_data_and_fields(self):
        self.write("two", "b=2")
        result = self.run_tool("-d", "a=1", "-d", "@two", f"{URL}/echo", "-i")
        self.assertIn("Content-Type: application/x-www-form-urlencoded\r\n", result.out)
        self.assertTrue(result.out.endswith("\r\n\r\na=1&b=2"))
        head = self.run_tool("-H", "X-Rope: 7", "-H", "Host: other.example", "-X", "PURGE",
                             f"{URL}/headers").out
        self.assertTrue(head.startswith("PURGE /headers HTTP/1.1\r\n"))
        self.assertIn("X-Rope: 7\r\n", head)
        self.assertIn("Host: other.example\r\n", head)
        self.assertIn("User-Agent: hawser-fetch\r\n", head)

    def test_sends_a_form_with_a_file(self):
        self.write("photo.png", "pixels")
        out = self.run_tool("-F", "name=rope", "-F", "photo=@photo.png;type=image/png",
                            f"{URL}/echo").out
        self.assertIn('name="name"', out)
        self.assertIn('filename="photo.png"', out)
        self.assertIn("Content-Type: image/png\r\n\r\npixels\r\n", out)

    def test_follows_redirects_only_if_asked(self):
        self.assertEqual("", self.run_tool(f"{URL}/redirect/3").out)
        self.assertEqual("hello from hawser\n", self.run_tool("-L", f"{URL}/redirect/3").out)
        self.run_tool("-L", f"{URL}/redirect/60", code=47)

    def test_decodes_only_if_asked(self):
        self.assertEqual("hello, compressed\n", self.run_tool("--compressed", f"{URL}/gzip").out)
        self.run_tool("-o", "raw", f"{URL}/gzip")
        with open(self.path("raw"), "rb") as file:
            self.assertEqual(b"\x1f\x8b", file.read()[:2])

    def test_proves_who_it_is(self):
        self.run_tool("-f", f"{URL}/basic", code=22)
        self.assertEqual("in\n", self.run_tool("-f", "-u", "me:secret", f"{URL}/basic").out)

    def test_keeps_cookies(self):
        self.assertEqual("a=1\n", self.run_tool("-b", "a=1", f"{URL}/cookie").out)
        self.run_tool("-c", "jar", f"{URL}/cookie")
        self.assertIn("oat", self.read("jar"))
        self.assertEqual("flavor=oat\n", self.run_tool("-b", "jar", f"{URL}/cookie").out)

    def test_continues_a_download(self):
        self.run_tool("-C", "-", "-o", "file", f"{URL}/cut/100000", code=18)
        self.assertFalse(os.path.exists(self.path("file")))
        self.run_tool("-C", "-", "-o", "file", f"{URL}/cut/100000")
        self.assertEqual("0123456789" * 10000, self.read("file"))

    def test_shows_progress_on_a_terminal_only(self):
        shown = self.run_on_terminal("-o", "file", f"{URL}/bytes/3000000")
        self.assertIn("100 %  3.0 MB of 3.0 MB", shown)
        self.assertTrue(shown.endswith("\n"))
        self.assertEqual("", self.run_on_terminal("-s", "-o", "file", f"{URL}/bytes/3000000"))
        self.assertEqual("", self.run_tool("-o", "file", f"{URL}/bytes/3000000").err)

    def test_connects_where_it_is_told(self):
        port = URL.rsplit(":", 1)[1]
        url = f"{URL.split(':')[0]}://rope.example:{port}/headers"
        insecure = ["-k"] if TLS else []
        out = self.run_tool(*insecure, "--resolve", f"rope.example:{port}:127.0.0.1", url).out
        self.assertIn(f"Host: rope.example:{port}\r\n", out)

    @unittest.skipIf(TLS, "its server is plain")
    def test_speaks_to_a_unix_socket(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("socket"))
            listener.listen()

            def serve():
                connection, _ = listener.accept()
                with connection:
                    self.head = connection.recv(65536).decode()
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlocal")
                    connection.recv(1)

            server = threading.Thread(target=serve, daemon=True)
            server.start()
            out = self.run_tool("--unix-socket", self.path("socket"), "http://rope.example/x").out
            server.join(40)
        self.assertEqual("local", out)
        self.assertTrue(self.head.startswith("GET /x HTTP/1.1\r\nHost: rope.example\r\n"))

    def test_traces_and_hides_secrets(self):
        err = self.run_tool("--trace", "-u", "me:secret", f"{URL}/basic").err
        self.assertIn("connects to 127.0.0.1:", err)
        self.assertIn("uses connection 1, a new one", err)
        self.assertIn("Authorization: ***", err)
        self.assertIn("the connection stays open", err)
        self.assertEqual(TLS, "TLS is set up" in err)

    def test_writes_har(self):
        self.run_tool("-L", "-u", "me:secret", "-o", "out", "--har", "log.har",
                      f"{URL}/redirect/2?q=a%26b")
        text = self.read("log.har")
        self.assertNotIn("Authorization", text)
        har = json.loads(text)
        self.check_har(har, 3)
        first, second, last = har["log"]["entries"]
        self.assertEqual("/redirect/1", first["response"]["redirectURL"])
        self.assertEqual([{"name": "q", "value": "a&b"}], first["request"]["queryString"])
        self.assertEqual(200, last["response"]["status"])
        self.assertGreaterEqual(first["timings"]["connect"], 0)
        self.assertEqual(-1, last["timings"]["connect"])
        self.assertEqual(TLS, first["timings"]["ssl"] >= 0)
        self.assertEqual("127.0.0.1", last["serverIPAddress"])

    def test_reports_failures_by_its_exit_code(self):
        self.run_tool("http://127.0.0.1:1/", code=7)
        self.run_tool("http://no.such.host.invalid/", code=6)
        self.run_tool("ftp://example.com/", code=3)
        self.run_tool("-f", f"{URL}/status/404", code=22)
        self.run_tool("-m", "0.2", f"{URL}/slow/30000", code=28)
        self.run_tool("-o", "no/such/folder", f"{URL}/hello", code=23)
        self.run_tool("-F", "a=@no-such-file", f"{URL}/echo", code=26)
        self.run_tool("-d", "@no-such-file", f"{URL}/echo", code=26)
        self.assertEqual("", self.run_tool("-s", "http://127.0.0.1:1/", code=7).err)
        if TLS:
            self.run_tool(f"{URL}/hello", code=60, trust=False)
            self.run_tool("-k", f"{URL}/hello", trust=False)

    def test_refuses_bad_arguments(self):
        self.check_usage()
        self.check_usage("one", "two")
        self.check_usage("--no-such-option", "x")
        self.check_usage("-o")
        self.check_usage("-L=1", "x")
        self.check_usage("-m", "soon", "x")
        self.check_usage("-H", "no colon", "x")
        self.check_usage("-F", "no equals", "x")
        self.check_usage("-C", "-", "x")
        self.check_usage("-C", "100", "-o", "f", "x")
        self.check_usage("-d", "a", "-F", "a=b", "x")
        self.check_usage("--resolve", "host", "x")
        self.check_usage("-x", "gopher://proxy", "x")
        self.assertIn("usage: fetch", self.run_tool("--help", trust=False).out)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""backend.py FOLDER HTTP_PORT HTTPS_PORT MTLS_PORT

What the exchanges need, on Python's http.server; the proxying servers pass to it what they cannot
do themselves. FOLDER contains www, and the certificates (see servers.py).
"""
import base64
import email.utils
import hashlib
import http.server
import os
import ssl
import sys
import threading
import zlib

FOLDER = sys.argv[1]
WWW = os.path.join(FOLDER, "www")
LIMIT = 1_000_000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = float(os.environ.get("IDLE_SECONDS", "1.5"))  # between requests
    wbufsize = 65536
    served = 0
    max_requests = 100
    arrivals = {}  # POST /once/ID: how often

    def log_message(self, *arguments):
        pass

    def head(self, status, *fields):
        self.served += 1
        self.send_response(status)
        if self.served >= self.max_requests:
            self.send_header("Connection", "close")
            self.close_connection = True
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()

    def text(self, status, body, *fields):
        self.head(status, ("Content-Length", str(len(body))), *fields)
        if self.command != "HEAD":
            self.wfile.write(body)

    def chunks(self, trailers=b""):
        with open(os.path.join(WWW, "chunked.bin"), "rb") as file:
            while piece := file.read(40_000):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n" + trailers + b"\r\n")

    def file(self, path, *fields):
        try:
            file = open(path, "rb")
        except OSError:
            return self.text(404, b"not found\n")
        with file:
            size = os.fstat(file.fileno()).st_size
            date = email.utils.formatdate(os.fstat(file.fileno()).st_mtime, usegmt=True)
            fields += (("Last-Modified", date),)
            if self.headers.get("If-Modified-Since") == date:
                return self.head(304, *fields)
            first, last, status = 0, size - 1, 200
            if wanted := self.headers.get("Range"):
                a, b = wanted.removeprefix("bytes=").split("-")
                first, last, status = int(a), min(int(b or size), size - 1), 206
                if first >= size:
                    return self.text(416, b"", ("Content-Range", f"bytes */{size}"))
                fields += (("Content-Range", f"bytes {first}-{last}/{size}"),)
            self.head(status, ("Content-Length", str(last - first + 1)), *fields)
            if self.command == "HEAD":
                return None
            file.seek(first)
            left = last - first + 1
            while left and (piece := file.read(min(left, 1 << 20))):
                self.wfile.write(piece)
                left -= len(piece)
            return None

    def do_GET(self):
        path = self.path
        if path == "/chunked":
            self.head(200, ("Transfer-Encoding", "chunked"))
            self.chunks()
        elif path == "/trailers":
            self.head(200, ("Transfer-Encoding", "chunked"), ("Trailer", "X-Check"))
            self.chunks(b"X-Check: 42\r\n")
        elif path == "/204":
            self.head(204)
        elif path == "/fields":
            self.text(200, b"", *((f"X-Field-{i}", f"value {i}") for i in range(100)))
        elif path == "/early":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
            self.wfile.flush()
            self.file(os.path.join(WWW, "small.txt"))
        elif path == "/twice":
            self.text(200, b"%d" % sum(n - 1 for n in self.arrivals.values()))
        elif path == "/upgrade" and self.headers.get("Upgrade") == "websocket":
            self.echo()
        elif path.startswith("/coded/"):
            coding = path.split("/")[2]
            fields = (("Content-Encoding", coding),) if coding != "none" else ()
            self.file(WWW + path, ("Content-Type", "text/plain"), *fields)
        else:
            self.file(WWW + path)

    do_HEAD = do_GET

    def echo(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        while piece := self.rfile.read1(65536):
            self.wfile.write(piece)
            self.wfile.flush()

    def body(self):
        self.connection.settimeout(30)  # between reads
        yield from self.pieces()
        self.connection.settimeout(self.timeout)

    def pieces(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)
            yield piece

    # The base class would say 100 before it knows whether it wants the body.
    def handle_expect_100(self):
        if not self.path.startswith("/limited/"):
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        return True

    def do_POST(self):
        self.arrivals[self.path] = self.arrivals.get(self.path, 0) + 1
        for _ in self.body():
            pass
        self.text(200, b"")

    def do_PUT(self):
        if self.path == "/check":
            size = crc = 0
            for piece in self.body():
                size, crc = size + len(piece), zlib.crc32(piece, crc)
            return self.text(200, b"%d %d" % (size, crc))
        if self.path.startswith("/limited/") and int(self.headers["Content-Length"]) > LIMIT:
            self.text(413, b"too long\n", ("Connection", "close"))
            self.wfile.flush()
            self.close_connection = True
            # Closing at once would reset the connection, and the client lose the answer.
            while self.rfile.read1(1 << 20):
                pass
            return None
        with open(WWW + self.path, "wb") as file:
            for piece in self.body():
                file.write(piece)
        return self.text(201, b"stored\n")


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def __init__(self, port, context):
        self.context = context
        super().__init__(("127.0.0.1", port), Handler)

    def finish_request(self, request, client_address):
        request.settimeout(10)
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)
        if self.context:
            request.close()

    def handle_error(self, request, client_address):
        pass  # a connection that ended


def secure(mutual):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER + "/server.pem", FOLDER + "/server.key")
    if mutual:
        context.load_verify_locations(FOLDER + "/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def main():
    ports = [int(port) for port in sys.argv[2:5]]
    servers = [Server(port, context)
               for port, context in zip(ports, (None, secure(False), secure(True)))]
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


main()

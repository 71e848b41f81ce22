# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""middlebox.py SEED SHARE ADDRESS PORT=PORT…

Relays TCP connections from ADDRESS to the loopback interface. To a SHARE of them it does harm,
after a random number of bytes in a random direction: it resets both sides, stalls, or ends the
connection orderly; or it passes on no FIN.
"""
import asyncio
import random
import socket
import struct
import sys

chance = random.Random(int(sys.argv[1]))
share = float(sys.argv[2])


class Relay:
    def __init__(self):
        self.harm = None
        if chance.random() < share:
            self.harm = chance.choice(("reset", "stall", "truncate", "swallow"))
        self.towards_client = chance.random() < 0.7
        self.left = int(10 ** chance.uniform(0, 5.7))  # 1 byte to 500 KB

    async def run(self, near, port):
        try:
            far = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            near[1].transport.abort()
            return
        pumps = [asyncio.create_task(self.pump(near[0], far[1], False)),
                 asyncio.create_task(self.pump(far[0], near[1], True))]
        try:
            await asyncio.wait_for(asyncio.gather(*pumps), 120)
        except (OSError, asyncio.TimeoutError, EOFError):
            pass
        for pump in pumps:
            pump.cancel()
        for writer in (near[1], far[1]):
            if self.harm == "reset":
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()

    async def pump(self, reader, writer, towards_client):
        harmful = (self.harm in ("reset", "stall", "truncate") and
                   self.towards_client == towards_client)
        while data := await reader.read(16384):
            if harmful and len(data) >= self.left:
                writer.write(data[:self.left])
                await writer.drain()
                if self.harm == "stall":
                    await asyncio.sleep(120)
                raise EOFError
            self.left -= len(data) if harmful else 0
            writer.write(data)
            await writer.drain()
        if self.harm != "swallow":
            writer.write_eof()


async def main():
    def serve(port):
        async def accept(reader, writer):
            await Relay().run((reader, writer), port)
        return accept

    for pair in sys.argv[4:]:
        outside, inside = (int(port) for port in pair.split("="))
        await asyncio.start_server(serve(inside), sys.argv[3], outside, backlog=256)
    await asyncio.Event().wait()


asyncio.run(main())

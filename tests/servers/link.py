# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""link.py FD FD SEED LOSS DELAY JITTER REORDER RATE

A bad link between two TUN devices: what `tc netem` does, where the kernel has no netem. LOSS and
REORDER are shares of the packets; a reordered one overtakes those before it. DELAY and JITTER are
in seconds; RATE is in bytes per second and direction, 0 for unlimited.
"""
import heapq
import os
import random
import select
import sys
import time

QUEUE = 30_000  # bytes that wait for a limited rate; more are dropped


class Direction:
    def __init__(self, out, chance, loss, delay, jitter, reorder, rate):
        self.out, self.chance = out, chance
        self.loss, self.delay, self.jitter, self.reorder, self.rate = (loss, delay, jitter, reorder,
                                                                       rate)
        self.packets = []   # (due, number, packet)
        self.number = 0
        self.free = 0.0     # when the limited rate allows the next packet
        self.last = 0.0     # when the last one in order is due
        self.lost = 0

    def take(self, packet, now):
        self.number += 1
        if self.chance.random() < self.loss:
            self.lost += 1
            return
        sent = now
        if self.rate:
            if (self.free - now) * self.rate > QUEUE:
                self.lost += 1
                return
            sent = self.free = max(now, self.free) + len(packet) / self.rate
        if self.chance.random() < self.reorder:
            due = sent
        else:
            due = self.last = max(self.last, sent + self.delay + self.chance.random() * self.jitter)
        heapq.heappush(self.packets, (due, self.number, packet))

    def give(self, now):
        """Sends what is due; returns how long the next one has to wait."""
        while self.packets and self.packets[0][0] <= now:
            try:
                os.write(self.out, heapq.heappop(self.packets)[2])
            except OSError:
                self.lost += 1
        return self.packets[0][0] - now if self.packets else 10.0


def main():
    ends = [int(fd) for fd in sys.argv[1:3]]
    chance = random.Random(int(sys.argv[3]))
    facts = [float(text) for text in sys.argv[4:9]]
    directions = {ends[0]: Direction(ends[1], chance, *facts),
                  ends[1]: Direction(ends[0], chance, *facts)}
    while True:
        now = time.monotonic()
        wait = min(direction.give(now) for direction in directions.values())
        readable, _, _ = select.select(ends, [], [], wait)
        now = time.monotonic()
        for fd in readable:
            directions[fd].take(os.read(fd, 65536), now)


main()

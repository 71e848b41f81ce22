# SPDX-FileCopyrightText: 2026 The hawser authors
# SPDX-License-Identifier: BSL-1.0
"""A process that cleans up when this one ends, however that happens."""
import os
import shutil
import signal
import subprocess


class Guardian:
    def __init__(self):
        read, self.pipe = os.pipe()
        if os.fork() != 0:
            os.close(read)
            return
        os.setsid()
        os.close(self.pipe)
        for fd in (0, 1, 2):
            os.close(fd)
            os.open(os.devnull, os.O_RDWR)
        try:
            with open(read) as lines:
                self.clean(lines)
        finally:
            os._exit(0)

    @staticmethod
    def clean(lines):
        left = {}  # in the order in which they were added
        for line in lines:
            word, thing = line.rstrip("\n").split(" ", 1)
            if word == "forget":
                left.pop(thing, None)
            else:
                left[thing] = word
        for thing, word in reversed(left.items()):
            try:
                if word == "session":
                    os.killpg(int(thing), signal.SIGKILL)
                elif word == "namespace":
                    subprocess.run(["ip", "netns", "del", thing], check=False)
                elif word == "folder":
                    shutil.rmtree(thing, ignore_errors=True)
            except OSError:
                pass

    def add(self, what, thing):
        """what: "session" (a process ID), "namespace" (a name) or "folder" (a path)."""
        os.write(self.pipe, f"{what} {thing}\n".encode())

    def forget(self, thing):
        os.write(self.pipe, f"forget {thing}\n".encode())


guardian = Guardian()

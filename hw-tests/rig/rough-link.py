"""A link between two TUN interfaces that is as bad as it is told to be, both ways alike.

    rough-link.py ONE OTHER SEED

Makes both interfaces, says "ready", and takes on stdin, a JSON object a line, how the link is from then on:
{"loss": share of packets, 0-1; "delayMs", "jitterMs": each packet is held for delay ± jitter, so that they overtake each
other; "kbit": rate, with a queue of QUEUE_SECONDS, what does not fit is dropped; "up": false: nothing passes}. Ends with
stdin, and the interfaces with it. What `tc netem` does, for kernels that have none, and the same in each run.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MAX_PACKET = 65536
QUEUE_SECONDS = 0.3


def interface(name):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


class Way:
    """From one interface to the other."""

    def __init__(self, source, sink, seed):
        self.source = source
        self.sink = sink
        self.random = random.Random(seed)
        self.free_at = 0.0  # when the rate lets the next packet begin
        self.waiting = []
        self.order = 0

    def take(self, link, now):
        try:
            packet = os.read(self.source, MAX_PACKET)
        except BlockingIOError:
            return
        if not link["up"] or self.random.random() < link["loss"]:
            return
        begin = max(now, self.free_at)
        if link["kbit"]:
            if begin - now > QUEUE_SECONDS:
                return
            self.free_at = begin + len(packet) * 8 / (link["kbit"] * 1000)
            begin = self.free_at
        held = (link["delayMs"] + link["jitterMs"] * self.random.uniform(-1, 1)) / 1000
        self.order += 1
        heapq.heappush(self.waiting, (begin + max(0.0, held), self.order, packet))

    def give(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            packet = heapq.heappop(self.waiting)[2]
            try:
                os.write(self.sink, packet)
            except OSError:
                pass  # the interface is down, or full

    def next(self):
        return self.waiting[0][0] if self.waiting else None


def main():
    one, other, seed = interface(sys.argv[1]), interface(sys.argv[2]), int(sys.argv[3])
    ways = {one: Way(one, other, seed), other: Way(other, one, seed + 1)}
    link = {"loss": 0, "delayMs": 0, "jitterMs": 0, "kbit": 0, "up": True}
    print("ready", flush=True)
    while True:
        due = [at for at in (way.next() for way in ways.values()) if at is not None]
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        readable, _, _ = select.select([sys.stdin, one, other], [], [], timeout)
        now = time.monotonic()
        for each in readable:
            if each is not sys.stdin:
                ways[each].take(link, now)
                continue
            line = sys.stdin.readline()
            if not line:
                return
            link.update(json.loads(line))
        for way in ways.values():
            way.give(now)


main()

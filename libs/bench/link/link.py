#!/usr/bin/python3
"""A link that is slow, far and lossy: two network namespaces, a TUN device in each, and this program between them.

    link.py '{"rate": 20e6, "delayMs": 20, "loss": 0.01, "queueBytes": 250000, "seed": 7, "congestion": ["cubic", "cubic"]}'

Prints one line of JSON when programs can be started on both sides (`nsenter --net=/proc/PID/ns/net PROGRAM`):
`{"near": {"pid", "address"}, "far": {"pid", "address"}}`. Each further line of JSON on stdin changes the shape; the end of stdin ends the link, whose
figures are the last line: packets and bytes each way, and what the queue and the loss took. Needs the right to make network namespaces (root, as a rule).

rate        bits a second each way, 0 = as fast as this program is
delayMs     one way
loss        the part of packets that is lost, 0–1: the same ones of a direction for the same seed
queueBytes  what may wait in front of the rate; what comes beyond is dropped, as by a router
congestion  the congestion control of near and far; one that the machine keeps for root (net.ipv4.tcp_allowed_congestion_control) is allowed to all meanwhile
"""

import collections
import ctypes
import fcntl
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI, IFF_UP = 0x0001, 0x1000, 0x0001
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFDSTADDR, SIOCSIFTXQLEN = 0x8914, 0x8916, 0x8918, 0x8943
PR_SET_PDEATHSIG = 1
MAX_PACKET = 65_536
DEVICE = b"link0"
ADDRESSES = ("10.88.0.1", "10.88.0.2")
ALLOWED = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"
NO_IPV6 = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
LIBC = ctypes.CDLL(None, use_errno=True)


class Pipe:
    """One direction: which packets arrive, and when. Time is data, in seconds."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.free_at = 0.0
        self.under_way: collections.deque[tuple[float, bytes]] = collections.deque()
        self.figures = {"packets": 0, "bytes": 0, "lost": 0, "overflowed": 0}

    def take(self, packet: bytes, now: float, shape: dict) -> None:
        """A packet begins its way, unless it is lost or finds the queue full."""
        # Drawn for every packet: which ones are lost does not depend on the queue.
        lost = self.random.random() < shape["loss"]
        begins = max(now, self.free_at)
        if shape["rate"] > 0 and (begins - now) * shape["rate"] / 8 + len(packet) > shape["queueBytes"]:
            self.figures["overflowed"] += 1
            return
        self.free_at = begins + (len(packet) * 8 / shape["rate"] if shape["rate"] > 0 else 0)
        if lost:
            self.figures["lost"] += 1
            return
        self.under_way.append((self.free_at + shape["delayMs"] / 1000, packet))

    def arrived(self, now: float):
        """The packets that are there by now, in order."""
        while self.under_way and self.under_way[0][0] <= now:
            packet = self.under_way.popleft()[1]
            self.figures["packets"] += 1
            self.figures["bytes"] += len(packet)
            yield packet

    def next_at(self) -> float:
        return self.under_way[0][0] if self.under_way else float("inf")


def interface(name: bytes, kind: int, value: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, kind, struct.pack("16s24s", name, value))


def internet_address(address: str) -> bytes:
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def hold_namespace(own: str, other: str, congestion: str, parent: socket.socket) -> None:
    """In a process of its own: makes a namespace with a TUN device, hands the device over, and keeps the namespace until the parent ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if LIBC.unshare(CLONE_NEWNET) != 0:
        parent.send(f"cannot make a network namespace: {os.strerror(ctypes.get_errno())}".encode())
        return
    try:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE, IFF_TUN | IFF_NO_PI))
        # Nothing is on the link but what programs send.
        if os.path.exists(NO_IPV6):
            with open(NO_IPV6, "w", encoding="ascii") as setting:
                setting.write("1")
        interface(DEVICE, SIOCSIFADDR, internet_address(own))
        interface(DEVICE, SIOCSIFDSTADDR, internet_address(other))
        interface(DEVICE, SIOCSIFTXQLEN, struct.pack("i", 10_000))
        for name in (b"lo", DEVICE):
            interface(name, SIOCSIFFLAGS, struct.pack("h", IFF_UP))
        with open("/proc/sys/net/ipv4/tcp_congestion_control", "w", encoding="ascii") as setting:
            setting.write(congestion)
    except OSError as error:
        parent.send(f"cannot set the namespace up: {error}".encode())
        return
    socket.send_fds(parent, [b"ready"], [device])
    os.close(device)
    signal.pause()


def open_side(own: str, other: str, congestion: str) -> tuple[int, int]:
    """The process that holds a namespace, and the device in it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        hold_namespace(own, other, congestion, theirs)
        os._exit(1)
    theirs.close()
    said, devices, _flags, _address = socket.recv_fds(ours, 1024, 1)
    if said != b"ready":
        sys.exit(said.decode() or "the process that holds a namespace ended")
    os.set_blocking(devices[0], False)
    return pid, devices[0]


def allow(names: list[str]) -> str | None:
    """Has namespaces take these congestion controls; what the setting was, if it had to change."""
    with open(ALLOWED, encoding="ascii") as setting:
        before = setting.read().strip()
    if set(names) <= set(before.split()):
        return None
    write_allowed(" ".join({*before.split(), *names}))
    return before


def write_allowed(names: str) -> None:
    with open(ALLOWED, "w", encoding="ascii") as setting:
        setting.write(names)


def read_all(device: int):
    while True:
        try:
            yield os.read(device, MAX_PACKET)
        except BlockingIOError:
            return


def main() -> None:
    shape = {"rate": 0, "delayMs": 0, "loss": 0, "queueBytes": 250_000, "seed": 0, "congestion": ["cubic", "cubic"], **json.loads(sys.argv[1])}
    before = allow(shape["congestion"])
    pids, devices = zip(
        open_side(ADDRESSES[0], ADDRESSES[1], shape["congestion"][0]),
        open_side(ADDRESSES[1], ADDRESSES[0], shape["congestion"][1]),
    )
    # A direction has losses of its own.
    pipes = (Pipe(shape["seed"] * 2), Pipe(shape["seed"] * 2 + 1))
    sides = [{"pid": pid, "address": address} for pid, address in zip(pids, ADDRESSES)]
    print(json.dumps({"near": sides[0], "far": sides[1]}), flush=True)
    stdin = sys.stdin.fileno()
    os.set_blocking(stdin, False)
    typed = b""
    while True:
        wait = min(pipe.next_at() for pipe in pipes) - time.monotonic()
        readable, _writable, _errors = select.select([stdin, *devices], [], [], None if wait == float("inf") else max(0, wait))
        now = time.monotonic()
        for index, device in enumerate(devices):
            if device in readable:
                for packet in read_all(device):
                    pipes[index].take(packet, now, shape)
        for index, pipe in enumerate(pipes):
            for packet in pipe.arrived(time.monotonic()):
                try:
                    os.write(devices[1 - index], packet)
                except OSError:
                    pipe.figures["overflowed"] += 1
        if stdin in readable:
            piece = os.read(stdin, 4096)
            if piece == b"":
                break
            *lines, typed = (typed + piece).split(b"\n")
            for line in lines:
                shape.update(json.loads(line))
                print(json.dumps({"changed": True}), flush=True)
    if before is not None:
        write_allowed(before)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    print(json.dumps({"toFar": pipes[0].figures, "toNear": pipes[1].figures}), flush=True)


if __name__ == "__main__":
    main()

"""Frames: the header that the broker reads, and its checks (docs/spec/frame.md)."""

from __future__ import annotations

from dataclasses import dataclass

from .rules import Violation, check_limits
from .schema import Channel, Code, frame

MAX_FRAME_BYTES = 266_240
MAX_SEQUENCE = 9_007_199_254_740_991


@dataclass(frozen=True)
class Head:
    """What a frame says in clear."""

    channel: int
    source: int
    targets: tuple
    sequence: int


def encode(head: Head, payload: bytes) -> bytes:
    """The bytes of a frame (RA-RLY-001)."""
    message = frame.Frame(channel=head.channel, source=head.source, targets=head.targets, sequence=head.sequence, payload=payload)
    data = message.SerializeToString()
    if len(data) > MAX_FRAME_BYTES:
        raise ValueError(f'A frame of {len(data)} bytes is too large to send.')
    return data


def decode(data: bytes) -> tuple[Head, bytes]:
    """Head and payload of a frame. Raises Violation."""
    if len(data) > MAX_FRAME_BYTES:
        raise Violation(Code.TOO_LARGE, 'too large a frame')
    try:
        message = frame.Frame.FromString(data)
    except Exception as error:
        raise Violation(Code.MALFORMED, 'bytes that are no frame') from error
    if message.channel not in frame.Channel.values() or message.channel == Channel.UNSPECIFIED:
        raise Violation(Code.MALFORMED, 'a frame of no known channel')
    try:
        check_limits(message)
    except Violation as violation:
        raise Violation(Code.BAD_HEADER, str(violation)) from violation
    targets = tuple(message.targets)
    if list(targets) != sorted(set(targets)):
        raise Violation(Code.BAD_HEADER, 'targets out of order')
    return Head(message.channel, message.source, targets, message.sequence), message.payload


class Sequences:
    """The last sequence of each source: from one incarnation of it they only increase (RA-RLY-013)."""

    def __init__(self) -> None:
        self._last = {}

    def take(self, head: Head) -> None:
        if head.sequence <= self._last.get(head.source, 0):
            raise Violation(Code.BAD_HEADER, 'a sequence that does not increase')
        self._last[head.source] = head.sequence

    def forget(self, source: int) -> None:
        """A new incarnation of that source begins anew."""
        self._last.pop(source, None)

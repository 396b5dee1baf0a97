"""Time: every timer of this implementation is one of these clocks' `later`."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Timer(Protocol):
    """Something that will be called, unless it is cancelled."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What everything here knows of the time."""

    def now(self) -> float:
        """Seconds, from any origin, never going back."""

    def wall_ms(self) -> int:
        """Ms since 1970."""

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Calls `act` after so long."""


class LoopClock:
    """Real time, by the running event loop."""

    def now(self) -> float:
        return time.monotonic()

    def wall_ms(self) -> int:
        return int(time.time() * 1000)

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, act)


class ManualClock:
    """Time that stands still until `advance`, for tests."""

    def __init__(self, epoch_ms: int = 0) -> None:
        self._now, self._timers, self._order = 0.0, [], itertools.count()
        self._epoch_ms = epoch_ms or int(time.time() * 1000)

    def now(self) -> float:
        return self._now

    def wall_ms(self) -> int:
        return self._epoch_ms + int(self._now * 1000)

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        timer = _Timer(act)
        heapq.heappush(self._timers, (self._now + max(0, seconds), next(self._order), timer))
        return timer

    async def advance(self, seconds: float, settled: Callable[[], Awaitable[None]]) -> None:
        """Goes on, calling what falls due in its order; `settled` returns when what follows from each has happened, and the next may come."""
        until = self._now + seconds
        await settled()
        while self._timers and self._timers[0][0] <= until:
            at, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, at)
            if timer.act is not None:
                timer.act()
                await settled()
        self._now = until


class _Timer:
    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act

    def cancel(self) -> None:
        self.act = None


class Alarm:
    """One timer that can be set again and cleared."""

    def __init__(self, clock: Clock, act: Callable[[], None]) -> None:
        self._clock, self._act, self._timer = clock, act, None

    @property
    def is_set(self) -> bool:
        return self._timer is not None

    def set(self, seconds: float) -> None:
        self.clear()
        self._timer = self._clock.later(seconds, self._fire)

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        self._act()

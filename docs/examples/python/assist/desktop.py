"""A virtual desktop: screens of pixels in memory, and a record of what was done to them.

Whoever shares a real desktop has the same methods, and calls `on_damage` and `on_screens` when something changed.
"""

from __future__ import annotations

from dataclasses import dataclass

BUTTON_NAMES = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}


@dataclass
class Monitor:
    """A screen in native pixels; `pixels` are BGRA, rows from the top."""

    screen_id: int
    x: int
    y: int
    width: int
    height: int
    primary: bool
    pixels: bytearray = None

    def __post_init__(self) -> None:
        self.pixels = self.pixels or bytearray(b'\0\0\0\xff' * (self.width * self.height))


class Desktop:
    """Screens by id, what is down, and everything that was taken, in order."""

    def __init__(self, monitors: list[Monitor] | None = None) -> None:
        self.layout_epoch = 1
        self.screens = {}
        self.on_damage = lambda screen_id, x, y, width, height: None
        self.on_screens = lambda: None
        self.keys_down, self.buttons_down, self.injected = [], [], []
        self.locks = 0
        self.place = (0, 0, 0)
        self.typed = ''
        self._wheel = [0, 0]
        self.notches = [0, 0]
        self._set(monitors or [Monitor(1, 0, 0, 64, 48, True)])

    def _set(self, monitors: list[Monitor]) -> None:
        known = self.screens
        self.screens = {monitor.screen_id: monitor for monitor in monitors}
        for screen_id, monitor in self.screens.items():
            before = known.get(screen_id)
            if before is not None and (before.width, before.height) == (monitor.width, monitor.height):
                monitor.pixels = before.pixels

    def change_screens(self, monitors: list[Monitor]) -> None:
        """Monitors come, go or change (RA-SCR-002)."""
        self._set(monitors)
        self.layout_epoch += 1
        self.on_screens()

    def paint(self, screen_id: int, x: int, y: int, width: int, height: int, colour: int) -> None:
        """Fills a rectangle with a colour, 0xRRGGBB."""
        screen = self.screens[screen_id]
        left, top = min(x, screen.width), min(y, screen.height)
        width, height = min(width, screen.width - left), min(height, screen.height - top)
        if width <= 0 or height <= 0:
            return
        row = bytes([colour & 0xFF, colour >> 8 & 0xFF, colour >> 16 & 0xFF, 0xFF]) * width
        for line in range(top, top + height):
            start = (line * screen.width + left) * 4
            screen.pixels[start : start + len(row)] = row
        self.on_damage(screen_id, left, top, width, height)

    # Input.

    def key(self, usage: int, down: bool) -> None:
        """Presses (again: repeats, RA-INP-026) or releases a key; the release of a key that is up does nothing (RA-INP-027)."""
        if not down and usage not in self.keys_down:
            return
        if down and usage not in self.keys_down:
            self.keys_down.append(usage)
        if not down:
            self.keys_down.remove(usage)
        self.injected.append(f'key {usage} {"down" if down else "up"}')

    def text(self, text: str) -> None:
        self.typed += text
        self.injected.append(f'text {text}')

    def move(self, screen_id: int, x: int, y: int) -> None:
        """Moves the pointer, at most to the edge of the screen (RA-INP-031)."""
        screen = self.screens[screen_id]
        place = (screen_id, min(max(x, 0), screen.width - 1), min(max(y, 0), screen.height - 1))
        if place != self.place:
            self.place = place
            self.injected.append('move %d %d %d' % place)

    def button(self, button: int, down: bool) -> None:
        if down == (button in self.buttons_down):
            return
        if down:
            self.buttons_down.append(button)
        else:
            self.buttons_down.remove(button)
        self.injected.append(f'button {BUTTON_NAMES.get(button, button)} {"down" if down else "up"}')

    def wheel(self, delta_x: int, delta_y: int) -> None:
        """Turns the wheel; 120 make a notch (RA-INP-034)."""
        for axis, delta in enumerate((delta_x, delta_y)):
            self._wheel[axis] += delta
            notches = int(self._wheel[axis] / 120)
            self._wheel[axis] -= notches * 120
            self.notches[axis] += notches
        self.injected.append(f'wheel {delta_x} {delta_y}')

    def set_locks(self, locks: int) -> None:
        """Brings Num (bit 0) and Caps (bit 1) into a state."""
        if locks != self.locks:
            self.locks = locks
            self.injected.append(f'locks {locks & 1} {locks >> 1 & 1}')

    def release_all(self) -> None:
        self.release_beyond(set(), set())

    def release_beyond(self, keys: set[int], buttons: set[int]) -> None:
        """Releases everything that is not listed."""
        for key in [key for key in self.keys_down if key not in keys]:
            self.key(key, False)
        for button in [button for button in self.buttons_down if button not in buttons]:
            self.button(button, False)

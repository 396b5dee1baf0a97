"""What is seen: screens, subscription, and the picture put together from frames. A part of an agent or viewer (docs/spec/screen.md)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from . import pixels
from .schema import Channel, Permission, PictureCodec, screen

if TYPE_CHECKING:
    from .joiner import Joiner
    from .peer import Peer
    from .schema import media

CODECS = [PictureCodec.ZLIB, PictureCodec.COPY]


class Picture:
    """The pixels that are shown, and of which frame they are."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height, self.frame_id = width, height, 0
        self.pixels = bytearray(width * height * 4)

    def sha256(self) -> str:
        return hashlib.sha256(pixels.rgb(self.pixels)).hexdigest()


class Viewing:
    """Follows one screen at a time."""

    def __init__(self, end: Joiner) -> None:
        self.end = end
        self.screens, self.layout_epoch = {}, 0
        self.picture, self.frames = None, 0
        self.screen_id, self.secure_desktop = 0, False
        self._parts, self._asked_for_key, self._limits = [], False, {}

    def on_end(self) -> None:
        self._parts = []

    # The user.

    def show(self, screen_id: int, **limits: Any) -> None:
        """Asks for a screen; `limits` are max_width, max_height and max_fps."""
        self.screen_id, self._limits = screen_id, limits
        self.picture, self._parts, self._asked_for_key = None, [], False
        request = screen.Subscribe(screen_id=screen_id, codecs=CODECS, **limits)
        self.end.send(self.end.customer, Channel.SCREEN, subscribe=request)

    def next_screen(self) -> int:
        """The screen after the one that is shown, in the order of the list."""
        ids = list(self.screens)
        return ids[(ids.index(self.screen_id) + 1) % len(ids)] if self.screen_id in ids else ids[0]

    def hide(self) -> None:
        if self.screen_id:
            self.end.send(self.end.customer, Channel.SCREEN, unsubscribe=screen.Unsubscribe(screen_id=self.screen_id))
        self.forget()

    def forget(self) -> None:
        """Nothing is shown any more."""
        self.screen_id, self.picture, self._parts = 0, None, []

    def taken_up(self) -> None:
        """After a return the same screen is asked for again, if it is still there."""
        if self.screen_id in self.screens and self.end.customer.holds(Permission.VIEW_SCREEN):
            self.show(self.screen_id, **self._limits)

    # The customer.

    def on_screen_screen_list(self, peer: Peer, message: screen.ScreenList) -> None:
        first = not self.screens or self.layout_epoch == 0
        self.layout_epoch = message.layout_epoch
        self.screens = {entry.screen_id: entry for entry in message.screens}
        self._parts = []
        if self.screen_id not in self.screens:
            self.forget()
        elif first:
            self.taken_up()
        self.end.tell('screens', screens=list(self.screens))

    def lost(self) -> None:
        """The line dropped: the next list is of a new line."""
        self.layout_epoch, self.picture, self._parts = 0, None, []

    def on_screen_subscription(self, peer: Peer, message: screen.Subscription) -> None:
        if message.state != screen.Subscription.STATE_STARTED and message.screen_id == self.screen_id:
            self.forget()
        self.end.tell('subscription', screen=message.screen_id, state=message.state, reason=message.reason)

    def on_screen_secure_desktop(self, peer: Peer, message: screen.SecureDesktop) -> None:
        self.secure_desktop = message.active

    def on_media_frame_part(self, peer: Peer, part: media.FramePart) -> None:
        if part.screen_id != self.screen_id or part.layout_epoch != self.layout_epoch:
            return  # RA-SCR-042
        if self._parts and (part.frame_id != self._parts[0].frame_id or part.part != len(self._parts)):
            self._parts = []
        if part.part != len(self._parts):
            self._ask_for_key()
            return
        self._parts.append(part)
        if part.last:
            parts, self._parts = self._parts, []
            self._apply(parts)

    def _apply(self, parts: list[media.FramePart]) -> None:
        """Applies a whole frame, or discards it and asks for a key frame (RA-SCR-040, RA-SCR-041, RA-SCR-043)."""
        first = parts[0]
        base = self.picture
        if first.base_frame_id == 0:
            base = Picture(first.width, first.height)
        elif base is None or base.frame_id != first.base_frame_id or (base.width, base.height) != (first.width, first.height):
            self._ask_for_key()
            return
        try:
            fresh = self._painted(base, [rect for part in parts for rect in part.rects])
        except pixels.BadPixels:
            self._ask_for_key()
            return
        base.pixels, base.frame_id = fresh, first.frame_id
        self.picture, self._asked_for_key = base, False
        self.frames += 1
        self.end.send(self.end.customer, Channel.SCREEN, frame_ack=screen.FrameAck(screen_id=self.screen_id, frame_id=first.frame_id))
        self.end.tell('shown', screen=self.screen_id)

    def _painted(self, base: Picture, rects: list[media.Rect]) -> bytearray | None:
        """The pixels of a frame; COPY reads the base as it was before (RA-SCR-039)."""
        stride, fresh = base.width, bytearray(base.pixels)
        for rect in rects:
            x, y, width, height = rect.x, rect.y, rect.width, rect.height
            if x + width > base.width or y + height > base.height:
                raise pixels.BadPixels('a rectangle beyond the picture')
            if rect.codec == PictureCodec.COPY:
                if rect.copy_from_x + width > base.width or rect.copy_from_y + height > base.height or rect.data:
                    raise pixels.BadPixels('a source beyond the picture')
                data = pixels.cut(base.pixels, stride, rect.copy_from_x, rect.copy_from_y, width, height)
            else:
                data = pixels.decode(rect.codec, width, height, rect.data)
            pixels.put(fresh, stride, x, y, width, height, data)
        return fresh

    def _ask_for_key(self) -> None:
        if not self._asked_for_key:
            self._asked_for_key = True
            self.end.send(self.end.customer, Channel.SCREEN, request_keyframe=screen.RequestKeyframe(screen_id=self.screen_id))

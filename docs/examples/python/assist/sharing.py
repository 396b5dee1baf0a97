"""Screens, subscriptions and pictures of the customer. A part of it (docs/spec/screen.md)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from . import pixels
from .clock import Alarm
from .records import RATCHET_SECONDS, MediaSealer
from .rules import pack
from .schema import Channel, Permission, Phase, PictureCodec, Refusal, media, relay, screen, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .customer import Customer
    from .desktop import Monitor
    from .peer import Peer

WINDOW_BYTES = 2 * 1024 * 1024
PART_BYTES = 128 * 1024
RATE_SPAN = 1.02  # a second, and a little for what the line does to the distances


class Viewing:
    """What one viewer is shown: its subscription, its base image by number, and what changed since."""

    def __init__(self, request: screen.Subscribe, codec: int, monitor: Monitor) -> None:
        self.request, self.screen_id, self.max_fps, self.codec = request, request.screen_id, request.max_fps, codec
        self.fit(monitor)
        self.next_id, self.base = 1, 0
        self.damage = None  # None: everything; else a rectangle (left, top, right, bottom), or () for nothing
        self.unacknowledged = deque()  # (frame id, bytes)
        self.times = deque()

    def fit(self, monitor: Monitor) -> None:
        """Shrinks the picture of that monitor to the limits that were asked for (RA-SCR-017)."""
        limits = (monitor.width, self.request.max_width), (monitor.height, self.request.max_height)
        self.factor = max(-(-size // limit) if limit else 1 for size, limit in limits)

    def spoil(self, x: int, y: int, width: int, height: int) -> None:
        if self.damage is None:
            return
        left, top, right, bottom = self.damage or (x, y, x, y)
        self.damage = (min(left, x), min(top, y), max(right, x + width), max(bottom, y + height))

    def start_over(self) -> None:
        """The next frame is a key frame."""
        self.damage, self.base = None, 0

    @property
    def bytes_under_way(self) -> int:
        return sum(size for _, size in self.unacknowledged)


class Sharing:
    """Shows the desktop to whoever may see it."""

    def __init__(self, customer: Customer) -> None:
        self.customer, self.desktop = customer, customer.desktop
        self.sealer = MediaSealer(customer.clock.now)
        self.views, self.masks, self._alarms = {}, [], {}
        self._aged = Alarm(customer.clock, self._rekey)
        self.secure_desktop = False
        self._captured_us = 0
        self._seers = set()
        self.desktop.on_damage = self._on_damage
        self.desktop.on_screens = self._on_screens

    # Who may see.

    def may_see(self, peer: Peer) -> bool:
        return peer.is_assisting and peer.holds(Permission.VIEW_SCREEN)

    def update_seers(self, always: bool = False) -> None:
        """A new media key for everybody who may see, if that changed for anybody (RA-SES-151)."""
        seers = {peer.number for peer in self.customer.assisting() if self.may_see(peer)}
        if seers != self._seers or always:
            self._seers = seers
            self._rekey()

    def _rekey(self) -> None:
        self.sealer.renew()
        self._aged.clear()
        key = session.MediaKey(epoch=self.sealer.epoch, key=self.sealer.key, salt=self.sealer.salt)
        for peer in self.customer.assisting():
            if peer.number in self._seers:
                self.customer.send(peer, Channel.SESSION, media_key=key)
        self.customer.journal.write('media.rekeyed', epoch=self.sealer.epoch)

    def begin(self, peer: Peer) -> None:
        """A peer became active, or holds VIEW_SCREEN from now on (RA-SCR-001)."""
        if self.may_see(peer):
            self.customer.send(peer, Channel.SCREEN, screen_list=self._list())
            if self.masks:
                self.customer.send(peer, Channel.SCREEN, masked_regions=self._masked())
            if self.secure_desktop:
                self.customer.send(peer, Channel.SCREEN, secure_desktop=screen.SecureDesktop(active=True))

    def stop(self, peer: Peer, reason: int | None = None) -> None:
        """That viewer gets no picture any more; with a reason it is told (RA-SCR-016)."""
        view = self.views.pop(peer.number, None)
        if view is None:
            return
        self._alarm(peer).clear()
        if reason is not None:
            ended = screen.Subscription(screen_id=view.screen_id, state=screen.Subscription.STATE_ENDED, reason=reason)
            self.customer.send(peer, Channel.SCREEN, subscription=ended)

    def drop(self, peers: list[Peer]) -> None:
        """Empties the broker's queues of pictures to these (RA-SES-059)."""
        if peers and self.customer.relay.is_live:
            targets = sorted(peer.number for peer in peers)
            self.customer.relay.tell(drop_media=relay.DropMedia(targets=targets))

    def on_end(self) -> None:
        for alarm in self._alarms.values():
            alarm.clear()
        self.views.clear()
        self._aged.clear()

    # Screens.

    def _list(self) -> screen.ScreenList:
        screens = [
            screen.Screen(
                screen_id=monitor.screen_id, name=f'Screen {monitor.screen_id}', x=monitor.x, y=monitor.y,
                width=monitor.width, height=monitor.height, scale_percent=100, primary=monitor.primary,
            )
            for monitor in self.desktop.screens.values()
        ]  # fmt: skip
        return screen.ScreenList(layout_epoch=self.desktop.layout_epoch, screens=screens)

    def _masked(self) -> screen.MaskedRegions:
        return screen.MaskedRegions(regions=[screen.MaskedRegions.Region(screen_id=m[0], x=m[1], y=m[2], width=m[3], height=m[4]) for m in self.masks])

    def _viewers(self) -> list[Peer]:
        return [peer for peer in self.customer.assisting() if self.may_see(peer)]

    def _on_screens(self) -> None:
        for peer in self._viewers():
            view = self.views.get(peer.number)
            self.customer.send(peer, Channel.SCREEN, screen_list=self._list())
            if view is not None and view.screen_id not in self.desktop.screens:
                self.stop(peer, Refusal.NOT_FOUND)
            elif view is not None:
                view.fit(self.desktop.screens[view.screen_id])
                view.start_over()
        self.pump_all()

    def set_masks(self, masks: list[tuple[int, ...]]) -> None:
        """Regions (screen, x, y, width, height) that nobody may see; the whole list (RA-SCR-075, RA-SCR-076)."""
        before, self.masks = self.masks, list(masks)
        for peer in self._viewers():
            self.customer.send(peer, Channel.SCREEN, masked_regions=self._masked())
        for region in before + self.masks:
            self._on_damage(*region)

    def set_secure_desktop(self, active: bool) -> None:
        self.secure_desktop = active
        for peer in self._viewers():
            self.customer.send(peer, Channel.SCREEN, secure_desktop=screen.SecureDesktop(active=active))  # RA-SCR-074

    # Subscriptions.

    def on_screen_subscribe(self, peer: Peer, request: screen.Subscribe) -> None:
        codec = self._codec(request)
        if request.screen_id not in self.desktop.screens:
            self.refuse_screen_subscribe(peer, request, Refusal.NOT_FOUND)
        elif codec is None:
            self.refuse_screen_subscribe(peer, request, Refusal.POLICY)
        else:
            before = self.views.get(peer.number)
            view = Viewing(request, codec, self.desktop.screens[request.screen_id])
            if before is not None:
                view.unacknowledged, view.times = before.unacknowledged, before.times
                view.next_id = before.next_id
            self.views[peer.number] = view
            self.customer.tell('watched', participant=peer.number, screen=view.screen_id)
            started = screen.Subscription(screen_id=request.screen_id, state=screen.Subscription.STATE_STARTED)
            self.customer.send(peer, Channel.SCREEN, subscription=started)
            if before is None or before.screen_id != view.screen_id:
                self.customer.journal.write('screen.shown', participant=peer.number, screen=view.screen_id)
            self.pump(peer)

    def refuse_screen_subscribe(self, peer: Peer, request: screen.Subscribe, reason: int) -> None:
        refused = screen.Subscription(screen_id=request.screen_id, state=screen.Subscription.STATE_REFUSED, reason=reason)
        self.customer.send(peer, Channel.SCREEN, subscription=refused)

    def _codec(self, request: screen.Subscribe) -> int | None:
        """The first codec of ours that the viewer understands and the policy allows (RA-SCR-052, RA-SCR-053)."""
        policy = self.customer.policy
        allowed = set(policy.picture_codecs) if policy is not None else set()
        ours = [codec for codec in request.codecs if codec == PictureCodec.ZLIB] + [PictureCodec.PNG, PictureCodec.RAW]
        return next((codec for codec in ours if not allowed or codec in allowed), None)

    def on_screen_unsubscribe(self, peer: Peer, request: screen.Unsubscribe) -> None:
        view = self.views.get(peer.number)
        if view is not None and view.screen_id == request.screen_id:
            self.stop(peer)
            self.customer.journal.write('screen.hidden', participant=peer.number)

    def on_screen_request_keyframe(self, peer: Peer, request: screen.RequestKeyframe) -> None:
        view = self.views.get(peer.number)
        if view is not None and view.screen_id == request.screen_id:
            view.start_over()  # RA-SCR-044
            self.pump(peer)

    def on_screen_frame_ack(self, peer: Peer, ack: screen.FrameAck) -> None:
        view = self.views.get(peer.number)
        if view is None or view.screen_id != ack.screen_id:
            return
        while view.unacknowledged and view.unacknowledged[0][0] <= ack.frame_id:
            view.unacknowledged.popleft()
        self.pump(peer)

    # Frames.

    def _on_damage(self, screen_id: int, x: int, y: int, width: int, height: int) -> None:
        for number, view in list(self.views.items()):
            if view.screen_id == screen_id:
                view.spoil(x, y, width, height)
                self.pump(self.customer.peers[number])

    def start_over(self) -> None:
        """Everybody's next frame is a key frame (RA-SCR-020)."""
        for view in self.views.values():
            view.start_over()

    def pump_all(self) -> None:
        for number in list(self.views):
            self.pump(self.customer.peers[number])

    def _alarm(self, peer: Peer) -> Alarm:
        if peer.number not in self._alarms:
            self._alarms[peer.number] = Alarm(self.customer.clock, lambda: self.pump(peer))
        return self._alarms[peer.number]

    def pump(self, peer: Peer) -> None:
        """Sends a frame if there is something new and everything allows it."""
        view = self.views.get(peer.number)
        if view is None or view.damage == () or peer.phase != Phase.ACTIVE or not self.may_see(peer) or self.customer.is_stopped:
            return
        if view.bytes_under_way >= WINDOW_BYTES:  # RA-SCR-062
            return
        now = self.customer.clock.now()
        while view.times and now - view.times[0] >= RATE_SPAN:
            view.times.popleft()
        if view.max_fps and len(view.times) >= view.max_fps:  # RA-SCR-018
            if not self._alarm(peer).is_set:
                self._alarm(peer).set(view.times[0] + RATE_SPAN - now)
            return
        view.times.append(now)
        if self.sealer.is_due():
            self._rekey()
        self._send_frame(peer, view)
        if not self._aged.is_set:
            self._aged.set(RATCHET_SECONDS)  # RA-SES-152

    def _send_frame(self, peer: Peer, view: Viewing) -> None:
        last_input = self.customer.control.last_input
        self._captured_us = max(self._captured_us, int(self.customer.clock.now() * 1e6))
        picture, width, height = self._capture(view)
        frame_id, size = view.next_id, 0
        rects = list(self._rects(view, picture, width, height))
        for part, rect in enumerate(rects):
            message = media.FramePart(
                screen_id=view.screen_id, layout_epoch=self.desktop.layout_epoch, frame_id=frame_id, base_frame_id=view.base, part=part,
                last=part == len(rects) - 1, captured_at_us=self._captured_us, rects=[rect], width=width, height=height,
            )  # fmt: skip
            if last_input is not None:
                message.last_input.lease_epoch, message.last_input.seq = last_input  # RA-SCR-047
            size += self._send_part(peer, message)
        self.customer.frame_sent()
        view.unacknowledged.append((frame_id, size))
        view.next_id, view.base, view.damage = frame_id + 1, frame_id, ()

    def _send_part(self, peer: Peer, part: media.FramePart) -> int:
        head = self.customer.relay.head(Channel.MEDIA, (peer.number,))
        record = self.sealer.seal(head, pack([media.MediaMessage(frame_part=part)]))
        self.customer.relay.send(head, record)
        return len(record)

    def _capture(self, view: Viewing) -> tuple[bytes, int, int]:
        """The picture as it may be seen: masked, then shrunk."""
        monitor = self.desktop.screens[view.screen_id]
        source = monitor.pixels
        for screen_id, x, y, width, height in self.masks:
            if screen_id == view.screen_id and x < monitor.width and y < monitor.height:
                source = bytearray(source) if source is monitor.pixels else source
                width, height = min(width, monitor.width - x), min(height, monitor.height - y)
                pixels.put(source, monitor.width, x, y, width, height, b'\0\0\0\xff' * (width * height))
        return pixels.shrink(source, monitor.width, monitor.height, view.factor)

    def _rects(self, view: Viewing, picture: bytes, width: int, height: int) -> Iterator[media.Rect]:
        """Rectangles of what changed, in bands that fit a part (RA-SCR-034, RA-SCR-035, RA-SCR-045)."""
        f = view.factor
        left, top, right, bottom = view.damage or (0, 0, width * f, height * f)
        left, top, right, bottom = left // f, top // f, -(-right // f), -(-bottom // f)
        rows = max(1, PART_BYTES // ((right - left) * 4))
        for y in range(top, bottom, rows):
            band = min(rows, bottom - y)
            data = pixels.encode(view.codec, right - left, band, pixels.cut(picture, width, left, y, right - left, band))
            yield media.Rect(x=left, y=y, width=right - left, height=band, codec=view.codec, data=data)

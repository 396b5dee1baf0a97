"""Clipboards: announced when they change, fetched when somebody pastes (docs/spec/clipboard.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import Alarm
from .schema import Channel, Permission, Refusal, clipboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from .agent import Agent
    from .clock import Clock
    from .customer import Customer
    from .peer import Peer
    from .session import Session

TO_CUSTOMER, FROM_CUSTOMER = clipboard.DIRECTION_TO_CUSTOMER, clipboard.DIRECTION_FROM_CUSTOMER
PERMISSIONS = {TO_CUSTOMER: Permission.CLIPBOARD_TO_CUSTOMER, FROM_CUSTOMER: Permission.CLIPBOARD_FROM_CUSTOMER}
MAX_TEXT_BYTES = 1_048_576
PIECE_BYTES = 65_536
OFFERS_PER_SECOND = 5
TEXT = 'text/plain'


class Exchange:
    """The clipboards of this end and one counterpart: `sends` is the direction of our content, `takes` that of theirs."""

    def __init__(self, end: Clipboard, peer: Peer, sends: int, takes: int) -> None:
        self.end, self.peer, self.sends, self.takes = end, peer, sends, takes
        self.on = {TO_CUSTOMER: False, FROM_CUSTOMER: False}
        self._offer_id, self._content, self._times = 0, None, []
        self._offer_later = Alarm(end.clock, self._offer)
        self.theirs = None  # the newest offer of the counterpart
        self._pasting = None

    def send(self, **kind: Any) -> None:
        self.end.send(self.peer, Channel.CLIPBOARD, **kind)

    def switch(self, direction: int, on: bool) -> None:
        self.on[direction] = on
        if not on and direction == self.sends:
            self._offer_later.clear()
            self._content = None
        if not on and direction == self.takes:
            self.theirs = None
            self._settle(None, Refusal.NO_GRANT)

    def stop(self) -> None:
        for direction in TO_CUSTOMER, FROM_CUSTOMER:
            self.switch(direction, False)

    # As sender.

    def changed(self, content: dict[str, bytes]) -> None:
        """Another program of this end put this on the clipboard: bytes by MIME type."""
        if not self.on[self.sends] or not self.end.may_send_clipboard(self.peer):
            return
        fits = {mime: data for mime, data in content.items() if mime == TEXT and len(data) <= MAX_TEXT_BYTES}  # RA-CLP-013, RA-CLP-020
        if fits:
            self._content = fits
            self._offer_id += 1
            if not self._offer_later.is_set:
                self._offer()
        else:
            self.withdraw()

    def withdraw(self) -> None:
        """What was offered is not to be had any more (RA-CLP-018)."""
        if self._content is not None:
            self._content = None
            self._offer_later.clear()
            self.send(withdrawn=clipboard.ClipboardWithdrawn(offer_id=self._offer_id))

    def _offer(self) -> None:
        now = self.end.clock.now()
        self._times = [at for at in self._times if now - at < 1.02]
        if len(self._times) >= OFFERS_PER_SECOND:  # RA-CLP-017
            self._offer_later.set(self._times[0] + 1.02 - now)
            return
        self._times.append(now)
        formats = [clipboard.ClipboardFormat(mime=mime, bytes=len(data)) for mime, data in self._content.items()]
        self.send(offer=clipboard.ClipboardOffer(offer_id=self._offer_id, formats=formats))

    def on_request(self, request: clipboard.ClipboardRequest) -> None:
        if self._content is None or request.offer_id != self._offer_id or request.mime not in self._content:
            self.refuse(request, Refusal.NOT_FOUND)  # RA-CLP-010
            return
        data = self._content[request.mime]
        for offset in range(0, len(data) or 1, PIECE_BYTES):
            piece, last = data[offset : offset + PIECE_BYTES], offset + PIECE_BYTES >= len(data)
            message = clipboard.ClipboardData(offer_id=request.offer_id, mime=request.mime, offset=offset, data=piece, last=last)
            self.send(data=message)
        self.end.on_clipboard_passed(self.peer, self.sends, request.mime, len(data))

    def refuse(self, request: clipboard.ClipboardRequest, reason: int) -> None:
        self.send(refused=clipboard.ClipboardRefused(offer_id=request.offer_id, mime=request.mime, reason=reason))

    # As receiver.

    def on_offer(self, offer: clipboard.ClipboardOffer) -> None:
        if self.on[self.takes]:  # RA-CLP-007
            self.theirs = offer
            self._settle(None, Refusal.NOT_FOUND)

    def on_withdrawn(self, withdrawn: clipboard.ClipboardWithdrawn) -> None:
        if self.theirs is not None and self.theirs.offer_id == withdrawn.offer_id:
            self.theirs = None

    def paste(self, mime: str, done: Callable) -> None:
        """Fetches what is offered; `done(data, reason)` is called with the bytes, or None and why not."""
        offered = {} if self.theirs is None else {entry.mime: entry.bytes for entry in self.theirs.formats if entry.mime == TEXT}
        if mime not in offered:
            done(None, Refusal.NOT_FOUND)
            return
        self._settle(None, Refusal.BUSY)
        self._pasting = (self.theirs.offer_id, mime, offered[mime] or MAX_TEXT_BYTES, bytearray(), done)
        self.send(request=clipboard.ClipboardRequest(offer_id=self.theirs.offer_id, mime=mime))

    def on_data(self, message: clipboard.ClipboardData) -> None:
        if self._pasting is None or (message.offer_id, message.mime) != self._pasting[:2]:
            return
        _, mime, limit, data, _ = self._pasting
        if mime.startswith('text/'):
            limit = min(limit, MAX_TEXT_BYTES)
        if message.offset != len(data) or len(data) + len(message.data) > limit:
            self.theirs = None
            self._settle(None, Refusal.INVALID)  # RA-CLP-014
            return
        data += message.data
        if message.last:
            self.end.on_clipboard_passed(self.peer, self.takes, mime, len(data))
            self.end.replaced()
            self._settle(bytes(data), Refusal.UNSPECIFIED)

    def on_refused(self, refused: clipboard.ClipboardRefused) -> None:
        if self._pasting is not None and (refused.offer_id, refused.mime) == self._pasting[:2]:
            self._settle(None, refused.reason)

    def _settle(self, data: bytes | None, reason: int) -> None:
        pasting, self._pasting = self._pasting, None
        if pasting is not None:
            pasting[-1](data, reason)


class Clipboard:
    """What both ends do: one exchange for each counterpart. A part of a session; `session` is that."""

    def __init__(self, session: Session, sends: int, takes: int) -> None:
        self.session, self._sends, self._takes = session, sends, takes
        self._exchanges = {}

    @property
    def clock(self) -> Clock:
        return self.session.clock

    def send(self, peer: Peer, channel: int, **kind: Any) -> None:
        self.session.send(peer, channel, **kind)

    def may_send_clipboard(self, peer: Peer) -> bool:
        return peer.holds(PERMISSIONS[self._sends])

    def with_peer(self, peer: Peer) -> Exchange:
        if peer.number not in self._exchanges:
            self._exchanges[peer.number] = Exchange(self, peer, self._sends, self._takes)
        return self._exchanges[peer.number]

    def forget(self, peer: Peer) -> None:
        """Offers and switches do not outlive the line (RA-CLP-001, RA-CLP-019)."""
        exchange = self._exchanges.pop(peer.number, None)
        if exchange is not None:
            exchange.stop()

    def changed(self, content: dict[str, bytes]) -> None:
        """Another program put this on our clipboard."""
        for peer in list(self.session.peers.values()):
            if peer.is_assisting:
                self.with_peer(peer).changed(content)

    def replaced(self) -> None:
        """Something of a counterpart took the place of what was on our clipboard."""
        for exchange in self._exchanges.values():
            exchange.withdraw()

    def paste(self, mime: str, done: Callable) -> None:
        """Pastes what a counterpart offers."""
        offering = [exchange for exchange in self._exchanges.values() if exchange.theirs is not None]
        if offering:
            offering[-1].paste(mime, done)
        else:
            done(None, Refusal.NOT_FOUND)

    @property
    def offered(self) -> list[str]:
        """MIME types that counterparts offer."""
        offers = [exchange.theirs for exchange in self._exchanges.values() if exchange.theirs is not None]
        return [entry.mime for offer in offers for entry in offer.formats if entry.mime == TEXT]

    def on_clipboard_offer(self, peer: Peer, offer: clipboard.ClipboardOffer) -> None:
        self.with_peer(peer).on_offer(offer)
        self.session.tell('clipboard-offered', mimes=self.offered)

    def on_clipboard_request(self, peer: Peer, request: clipboard.ClipboardRequest) -> None:
        exchange = self.with_peer(peer)
        if exchange.on[self._sends]:
            exchange.on_request(request)
        else:
            exchange.refuse(request, Refusal.NOT_FOUND)

    def refuse_clipboard_request(self, peer: Peer, request: clipboard.ClipboardRequest, reason: int) -> None:
        self.with_peer(peer).refuse(request, reason)

    def on_clipboard_data(self, peer: Peer, data: clipboard.ClipboardData) -> None:
        self.with_peer(peer).on_data(data)

    def on_clipboard_withdrawn(self, peer: Peer, withdrawn: clipboard.ClipboardWithdrawn) -> None:
        self.with_peer(peer).on_withdrawn(withdrawn)

    def on_clipboard_refused(self, peer: Peer, refused: clipboard.ClipboardRefused) -> None:
        self.with_peer(peer).on_refused(refused)

    def on_clipboard_passed(self, peer: Peer, direction: int, mime: str, size: int) -> None:
        """Content went over."""

    def on_end(self) -> None:
        for exchange in self._exchanges.values():
            exchange.stop()


class CustomerClipboard(Clipboard):
    """The customer's: an agent switches, as far as it has the grants."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer, FROM_CUSTOMER, TO_CUSTOMER)

    def on_clipboard_sync(self, peer: Peer, sync: clipboard.ClipboardSync) -> None:
        if sync.on and PERMISSIONS[sync.direction] not in self.session.grants_for(peer):
            refused = clipboard.ClipboardRefused(direction=sync.direction, reason=Refusal.NO_GRANT)
            self.send(peer, Channel.CLIPBOARD, refused=refused)  # RA-CLP-003
            return
        self._switch(peer, sync.direction, sync.on)

    def _switch(self, peer: Peer, direction: int, on: bool) -> None:
        self.with_peer(peer).switch(direction, on)
        self.send(peer, Channel.CLIPBOARD, sync=clipboard.ClipboardSync(direction=direction, on=on))
        self.session.journal.write('clipboard.synced', direction=direction, participant=peer.number, state='on' if on else 'off')

    def sync(self, direction: int, on: bool) -> None:
        """The user switches a direction, with every agent that has the grant."""
        for peer in self.session.assisting():
            if not on or PERMISSIONS[direction] in self.session.grants_for(peer):
                self._switch(peer, direction, on)

    def on_grants(self, peer: Peer, lost: set[int]) -> None:
        """Without its permission a direction is off (RA-CLP-004)."""
        exchange = self._exchanges.get(peer.number)
        for direction, permission in PERMISSIONS.items():
            if exchange is not None and permission in lost and exchange.on[direction]:
                self._switch(peer, direction, False)

    def on_clipboard_passed(self, peer: Peer, direction: int, mime: str, size: int) -> None:
        self.session.journal.write('clipboard.passed', bytes=size, direction=direction, mime=mime, participant=peer.number)


class AgentClipboard(Clipboard):
    """An agent's: asks for the switches, and follows what the customer says."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(agent, TO_CUSTOMER, FROM_CUSTOMER)

    def sync(self, direction: int, on: bool) -> None:
        """The user switches a direction."""
        self.send(self.session.customer, Channel.CLIPBOARD, sync=clipboard.ClipboardSync(direction=direction, on=on))

    def on_clipboard_sync(self, peer: Peer, sync: clipboard.ClipboardSync) -> None:
        self.with_peer(peer).switch(sync.direction, sync.on)
        self.session.tell('clipboard', direction=sync.direction, on=sync.on)

    def on_clipboard_refused(self, peer: Peer, refused: clipboard.ClipboardRefused) -> None:
        super().on_clipboard_refused(peer, refused)
        if refused.offer_id == 0 and refused.direction in PERMISSIONS:
            self.session.tell('clipboard-refused', direction=refused.direction, reason=refused.reason)

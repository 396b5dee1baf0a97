"""What every role does and shows for the conformance suite: events, the clock, the line, the clipboard, snapshots."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .clock import LoopClock, ManualClock
from .schema import Code, Phase, common, load, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from .peer import Peer

(contract,) = load('remoteassist/conformance/v1', 'adapter', only='adapter')


class Unsupported(Exception):
    """The program has no such thing."""


class Refused(Exception):
    """The program has it, and declines now."""


class Base:
    """What every role has: a session, a clock, events, a snapshot."""

    def __init__(self, start: contract.StartRole, emit: Callable) -> None:
        self.start, self._emit = start, emit
        self.clock = ManualClock(start.clock_at_ms) if start.simulated_clock else LoopClock()
        self.chat, self.recording = [], set()
        self.clipboard, self._offered = {}, asyncio.Event()
        self.session = self.make()

    def stop(self) -> None:
        self.session.relay.bye(Code.LEFT)

    def ready(self) -> contract.RoleReady:
        return contract.RoleReady()

    # Events.

    def listen(self, event: str, **facts: Any) -> None:
        handler = getattr(self, 'on_' + event.replace('-', '_'), None)
        if handler is not None:
            handler(**facts)

    def emit(self, **kind: Any) -> None:
        self._emit(contract.Event(**kind))

    def answered(self, text: str) -> None:
        self.emit(answered=text)

    def on_phase(self, participant: int, phase: int) -> None:
        self.emit(phase=contract.PhaseChanged(participant=participant, phase=phase))

    def on_line(self, state: str) -> None:
        self.emit(line=state)

    def on_ended(self, code: int, detail: str) -> None:
        self.emit(phase=contract.PhaseChanged(participant=0, phase=Phase.ENDED))
        self.emit(ended=code)

    def on_chat(self, participant: int, text: str) -> None:
        self.chat.append(text)

    def on_recording(self, participant: int, recording: bool) -> None:
        (self.recording.add if recording else self.recording.discard)(participant)

    # Actions.

    async def do_advance_clock(self, action: contract.AdvanceClock) -> None:
        if not isinstance(self.clock, ManualClock):
            raise Unsupported('The clock runs by itself.')
        await self.clock.advance(action.ms / 1000, self.session.relay.settled)

    def do_disconnect(self, _: contract.Empty) -> None:
        self.session.relay.disconnect()

    def do_set_clipboard(self, action: contract.SetClipboard) -> None:
        self.clipboard = {action.mime: action.data}
        self.session.clipboard.changed({} if action.secret else self.clipboard)  # RA-CLP-021

    async def do_paste_clipboard(self, action: contract.PasteClipboard) -> None:
        """Begins to paste; what comes is on the clipboard then."""
        if action.mime not in self.session.clipboard.offered:
            await self._offer_of(action.mime)
        refused = []

        def done(data: bytes | None, reason: int) -> None:
            refused.append(reason)
            if data is not None:
                self.clipboard = {action.mime: data}

        self.session.clipboard.paste(action.mime, done)
        if refused:
            raise Refused(short(common.RefusalReason, refused[0]))

    async def _offer_of(self, mime: str) -> None:
        """Waits a little for an offer that is on its way: what is told here may overtake what is said there."""
        self._offered = asyncio.Event()
        try:
            while mime not in self.session.clipboard.offered:
                self._offered.clear()
                await asyncio.wait_for(self._offered.wait(), 1)
        except asyncio.TimeoutError:
            pass

    def on_clipboard_offered(self, mimes: list[str]) -> None:
        self._offered.set()

    # Snapshot.

    def snapshot(self) -> contract.SnapshotData:
        session = self.session
        data = contract.SnapshotData(session=session.phase, participant=session.number, chat=self.chat, recording=sorted(self.recording))
        data.close_code = session.code or 0
        for peer in sorted(session.peers.values(), key=lambda peer: peer.number):
            data.peers.append(self.describe(peer))
        for mime, content in self.clipboard.items():
            data.clipboard.add(mime=mime, data=content)
        if hasattr(session, 'clipboard'):
            data.clipboard_offered.extend(session.clipboard.offered)
        self.add_to(data)
        return data

    def describe(self, peer: Peer) -> contract.Peer:
        words = ' '.join(peer.keys.words) if peer.keys is not None else ''
        facts = dict(participant=peer.number, role=peer.role, phase=peer.phase, grants=sorted(peer.grants), display_name=peer.name)
        return contract.Peer(words=words, words_confirmed=peer.words_said, organisation=peer.organisation, **facts)

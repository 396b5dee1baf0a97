"""Who is in control, and what of its input reaches the desktop. A part of the customer (docs/spec/session.md, "Control lease"; input.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import Alarm
from .schema import Channel, Permission, Refusal, Role, input, session

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from .customer import Customer
    from .peer import Peer

HELD_OFF_SECONDS = 2
SILENCE_SECONDS = 1.5
EVENTS_PER_SECOND = 600
REPORTS_PER_SECOND = 10
LOCK_USAGES = {57, 71, 83}
LOCKS_SAID = 8

CTRL, SHIFT, ALT, META = 224, 225, 226, 227
COMBOS = {
    input.KEY_COMBO_CTRL_ESCAPE: [CTRL, 41],
    input.KEY_COMBO_ALT_TAB: [ALT, 43],
    input.KEY_COMBO_ALT_F4: [ALT, 61],
    input.KEY_COMBO_META_L: [META, 15],
    input.KEY_COMBO_META_R: [META, 21],
    input.KEY_COMBO_CTRL_SHIFT_ESCAPE: [CTRL, SHIFT, 41],
    input.KEY_COMBO_PRINT_SCREEN: [70],
    input.KEY_COMBO_META: [META],
}


class Control:
    """The lease, and the gate before each injection."""

    def __init__(self, customer: Customer) -> None:
        self.customer, self.desktop = customer, customer.desktop
        self.holder = self.epoch = 0
        self.last_input = None  # (lease epoch, seq) of the newest event that the desktop took
        self._held_off = Alarm(customer.clock, self._hold_on)
        self._held_off_until = 0
        self._silence = Alarm(customer.clock, self.desktop.release_all)
        self._recent, self._newest_move = [], None
        self._move_later = Alarm(customer.clock, self._move)
        self._rejected, self._reports = None, []
        self._report_later = Alarm(customer.clock, self._report)
        self._seq = {}

    # The lease.

    def lease(self) -> session.ControlLease:
        left = max(0, self._held_off_until - self.customer.clock.now()) if self._held_off.is_set else 0
        return session.ControlLease(holder=self.holder, lease_epoch=self.epoch, held_off_ms=round(left * 1000))

    def on_session_request_control(self, peer: Peer, request: session.RequestControl) -> None:
        if self.holder not in (0, peer.number) and not peer.lead:  # RA-SES-048, RA-SES-049
            self.refuse_session_request_control(peer, request, Refusal.BUSY)
        elif self.holder == peer.number:
            self.customer.send(peer, Channel.SESSION, control_lease=self.lease())
        else:
            self._give(peer.number)

    def refuse_session_request_control(self, peer: Peer, request: session.RequestControl, reason: int) -> None:
        self.customer.send(peer, Channel.SESSION, refused=session.Refused(request_id=request.request_id, reason=reason))

    def on_session_release_control(self, peer: Peer, _: session.ReleaseControl) -> None:
        self.take_from(peer)

    def take_from(self, peer: Peer) -> None:
        """That agent has no control any more, if it had (RA-SES-045, RA-SES-046)."""
        if self.holder == peer.number:
            self._give(0)

    def _give(self, number: int) -> None:
        self.holder = number
        self.epoch += 1
        was_held_off = self._held_off.is_set
        self.let_go()
        if number == 0 or was_held_off:
            self._held_off.clear()
        self._announce()
        if was_held_off:
            self._tell_agents(local_input_active=input.LocalInputActive(active=False))
        self.customer.journal.write('control.changed', epoch=self.epoch, participant=number)
        self.customer.announce_participants()

    def _announce(self) -> None:
        lease = self.lease()
        for peer in self.customer.assisting():
            self.customer.send(peer, Channel.SESSION, control_lease=lease)  # RA-SES-044

    def _tell_agents(self, **kind: Any) -> None:
        for peer in self.customer.assisting():
            if peer.role == Role.AGENT:
                self.customer.send(peer, Channel.INPUT, **kind)

    def local_input(self) -> None:
        """The local user moved the pointer or pressed a key (RA-INP-011)."""
        if self.holder == 0:
            return
        first = not self._held_off.is_set
        self._held_off_until = self.customer.clock.now() + HELD_OFF_SECONDS
        self._held_off.set(HELD_OFF_SECONDS)
        if first:
            self.epoch += 1
            self.let_go()
            self._announce()
            self._tell_agents(local_input_active=input.LocalInputActive(active=True))
            self.customer.journal.write('control.changed', epoch=self.epoch, participant=self.holder)

    def _hold_on(self) -> None:
        self._announce()
        self._tell_agents(local_input_active=input.LocalInputActive(active=False))  # RA-INP-014

    def let_go(self) -> None:
        """Releases everything that is down for the holder (RA-INP-043)."""
        self._silence.clear()
        self._move_later.clear()
        self._newest_move = None
        self.desktop.release_all()

    def forget(self, peer: Peer) -> None:
        """A new connection numbers its events anew."""
        self._seq.pop(peer.number, None)

    def on_end(self) -> None:
        self.let_go()
        for alarm in self._held_off, self._report_later:
            alarm.clear()

    # The gate. The rule matrix has checked phase, grant and lease before.

    def _admits(self, peer: Peer, event: Message) -> bool:
        """Whether an event may be injected now; reports it if it may not."""
        if event.seq <= self._seq.get(peer.number, 0):
            return False  # RA-INP-008
        self._seq[peer.number] = event.seq
        self._silence.set(SILENCE_SECONDS)  # RA-INP-042
        if event.lease_epoch != self.epoch or self._held_off.is_set:
            self._reject(event, Refusal.NO_LEASE)
            return False
        return True

    def _mark(self, event: Message) -> None:
        self.last_input = (event.lease_epoch, event.seq)

    def _overrun(self) -> bool:
        """Whether the holder sends more than the rate limit; counts the event."""
        now = self.customer.clock.now()
        self._recent = [at for at in self._recent if now - at < 1]
        if len(self._recent) >= EVENTS_PER_SECOND:
            return True
        self._recent.append(now)
        return False

    def on_input_key_event(self, peer: Peer, event: input.KeyEvent) -> None:
        if not self._admits(peer, event):
            return
        if event.down and self._overrun():
            self._reject(event, Refusal.LIMIT)
            return
        self._move()
        if event.down and event.locks & LOCKS_SAID and event.hid_usage not in LOCK_USAGES:
            self.desktop.set_locks(event.locks & 3)  # RA-INP-022
        self.desktop.key(event.hid_usage, event.down)
        self._mark(event)

    def on_input_text_input(self, peer: Peer, event: input.TextInput) -> None:
        if not self._admits(peer, event):
            return
        if any(is_control(character) for character in event.text):
            self._reject(event, Refusal.INVALID)  # RA-INP-024
        elif self._overrun():
            self._reject(event, Refusal.LIMIT)
        else:
            self._move()
            self.desktop.text(event.text)
            self._mark(event)

    def on_input_pointer_move(self, peer: Peer, event: input.PointerMove) -> None:
        if not self._admits(peer, event) or self._is_stale(event):
            return
        if self._overrun():
            self._newest_move = event  # RA-INP-036
            if not self._move_later.is_set:
                self._move_later.set(0.05)
        else:
            self._newest_move = event
            self._move()

    def _move(self) -> None:
        """Applies the newest place, if it waits."""
        event, self._newest_move = self._newest_move, None
        self._move_later.clear()
        if event is not None:
            self.desktop.move(event.screen_id, event.x, event.y)
            self._mark(event)

    def on_input_pointer_button(self, peer: Peer, event: input.PointerButton) -> None:
        if not self._admits(peer, event):
            return
        if not event.down:
            self._move()
            if self._is_current(event):
                self.desktop.move(event.screen_id, event.x, event.y)
            self.desktop.button(event.button, False)  # RA-INP-033, RA-INP-037
            self._mark(event)
        elif not self._is_stale(event):
            if self._overrun():
                self._reject(event, Refusal.LIMIT)
                return
            self._move()
            self.desktop.move(event.screen_id, event.x, event.y)
            self.desktop.button(event.button, True)
            self._mark(event)

    def on_input_wheel(self, peer: Peer, event: input.Wheel) -> None:
        if not self._admits(peer, event) or self._is_stale(event):
            return
        if self._overrun():
            self._reject(event, Refusal.LIMIT)
            return
        self._move()
        self.desktop.move(event.screen_id, event.x, event.y)
        self.desktop.wheel(event.delta_x, event.delta_y)
        self._mark(event)

    def on_input_release_all(self, peer: Peer, event: input.ReleaseAll) -> None:
        if self._admits(peer, event):
            self.desktop.release_all()

    def on_input_held(self, peer: Peer, event: input.Held) -> None:
        if self._admits(peer, event):
            self.desktop.release_beyond(set(event.hid_usages), set(event.buttons))  # RA-INP-045, RA-INP-046

    def _is_current(self, event: Message) -> bool:
        return event.layout_epoch == self.desktop.layout_epoch and event.screen_id in self.desktop.screens

    def _is_stale(self, event: Message) -> bool:
        if self._is_current(event):
            return False
        self._reject(event, Refusal.INVALID)  # RA-INP-032
        return True

    # Combinations.

    def on_input_send_keys(self, peer: Peer, event: input.SendKeys) -> None:
        if event.seq <= self._seq.get(peer.number, 0):
            reason = Refusal.INVALID
        elif event.combo == input.KEY_COMBO_CTRL_ALT_DELETE:
            reason = Refusal.NOT_ELEVATED if peer.holds(Permission.SECURE_KEYS) else Refusal.NO_GRANT  # RA-INP-053, RA-INP-054
        elif event.lease_epoch != self.epoch or self._held_off.is_set:
            reason = Refusal.NO_LEASE
        elif event.combo not in COMBOS:
            reason = Refusal.UNSUPPORTED
        else:
            reason = Refusal.UNSPECIFIED
            self._move()
            keys = COMBOS[event.combo]
            for key in keys:
                self.desktop.key(key, True)
            for key in reversed(keys):
                self.desktop.key(key, False)
            self._mark(event)
        self._seq[peer.number] = max(event.seq, self._seq.get(peer.number, 0))
        self._silence.set(SILENCE_SECONDS)
        self.refuse_input_send_keys(peer, event, reason)
        combo = 'ctrl+alt+delete' if event.combo == input.KEY_COMBO_CTRL_ALT_DELETE else ''
        self.customer.journal.write('keys.sent', combo=combo, participant=peer.number, result=reason)

    def refuse_input_send_keys(self, peer: Peer, event: input.SendKeys, reason: int) -> None:
        self.customer.send(peer, Channel.INPUT, send_keys_result=input.SendKeysResult(request_id=event.request_id, refusal=reason))

    # Reports of what was not applied, at most ten in a second (RA-INP-038).

    def _reject(self, event: Message, reason: int) -> None:
        if self._rejected is not None and self._rejected.reason != reason:
            self._report()
        count = self._rejected.count if self._rejected is not None else 0
        self._rejected = input.InputRejected(seq=event.seq, reason=reason, count=count + 1)
        self._report()

    def _report(self) -> None:
        now = self.customer.clock.now()
        self._reports = [at for at in self._reports if now - at < 1]
        peer = self.customer.peers.get(self.holder)
        if self._rejected is None or peer is None:
            self._rejected = None
        elif len(self._reports) < REPORTS_PER_SECOND:
            self._reports.append(now)
            self.customer.send(peer, Channel.INPUT, input_rejected=self._rejected)
            self._rejected = None
        elif not self._report_later.is_set:
            self._report_later.set(self._reports[0] + 1 - now)


def is_control(character: str) -> bool:
    """A control character other than tab and line feed."""
    return (character < ' ' or '\x7f' <= character < '\xa0') and character not in '\t\n'

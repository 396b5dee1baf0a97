"""What agents and viewers do alike: they have one counterpart, the customer, and hear from it how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import Alarm
from .handshake import FAILURES, HandshakeError, JoinerExchange, Secret
from .schema import Channel, Code, PasswordClass, Permission, Phase, Role, chat, session
from .session import HANDSHAKE_SECONDS, Session
from .viewing import Viewing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .clock import Clock
    from .codes import Invitation
    from .peer import Peer
    from .schema import handshake, relay

STOP_SECONDS = 1
CODE_CLASSES = {PasswordClass.PIN, PasswordClass.LINK}


class Joiner(Session):
    """An agent or viewer, maybe with the Invitation that it came by. `customer` is its counterpart once that proved the secret, or None."""

    def __init__(
        self, url: str, hello: relay.Hello, invitation: Invitation | None = None, listener: Callable | None = None, clock: Clock | None = None
    ) -> None:
        if invitation is not None:
            hello.invite_id = invitation.invite_id
        super().__init__(url, hello, listener, clock)
        self._invitation = invitation
        self.customer, self.is_stopped = None, False
        self.participants, self.participants_revision = [], 0
        self.lease_holder = self.lease_epoch = 0
        self.held_off = False
        self.platform, self._line_id = None, 0
        self.viewing = Viewing(self)
        self.parts.append(self.viewing)
        self._expiry = Alarm(self.clock, self._expire)

    @property
    def is_assisting(self) -> bool:
        return self.customer is not None and self.customer.is_assisting

    @property
    def words(self) -> list[str] | None:
        return self.customer.keys.words if self.customer is not None else None

    def is_counterpart(self, entry: relay.RosterEntry) -> bool:
        return entry.role == Role.CUSTOMER and not self.is_stopped

    # The handshake.

    def on_handshake(self, peer: Peer, message: handshake.HandshakeMessage) -> None:
        if message.WhichOneof('kind') == 'start':
            self._on_start(peer)
        if peer.exchange is not None:
            self.step_exchange(peer, message)
        elif message.WhichOneof('kind') == 'failure' and peer.is_secured and not peer.has_opened:
            self._disowned(peer, message.failure)

    def _disowned(self, peer: Peer, failure: handshake.HandshakeFailure) -> None:
        """The customer did not take our last word, and said nothing under the keys: there was no agreement (RA-SEC-038, RA-SEC-039)."""
        code = failure.code if failure.code in FAILURES else Code.HANDSHAKE
        self.tell('join-failed', participant=peer.number, code=code, attempts_left=failure.attempts_left)
        self.end_peer(peer, code, 'The customer ended the exchange.')

    def _on_start(self, peer: Peer) -> None:
        """The customer begins an exchange; whatever was before is void (RA-SEC-006)."""
        if peer.exchange is not None:
            peer.deadline.clear()
            peer.exchange = None
        if peer.is_secured:
            self.suspend(peer)
        self.resume_phase(peer, Phase.SECURING)
        bound = self.bound(peer.number, self.number, self.role)
        find = lambda password_class, name: self._find_secret(peer, password_class, name)
        peer.exchange = JoinerExchange(bound, find, self.own_words(peer), self.key, lambda: self.on_release(peer))
        self.guard_exchange(peer, HANDSHAKE_SECONDS)

    def _find_secret(self, peer: Peer, password_class: int, name: bytes) -> Secret:
        peer.password_class = password_class
        if password_class not in self._accepted_classes():
            raise HandshakeError(Code.INCOMPATIBLE, 'a class that is not taken here')  # RA-SEC-024
        if password_class in CODE_CLASSES:
            return self.code_secret(peer, password_class, name)
        if password_class == PasswordClass.INVITE:
            if self._invitation is None or name != self._invitation.invite_id:
                raise HandshakeError(Code.WRONG_SECRET, 'an invitation that is not ours')  # RA-SEC-025
            return self._invitation.secret
        secret = peer.resume_secret(name)
        if secret is None:
            raise HandshakeError(Code.WRONG_SECRET, 'a secret that is not known here')  # RA-SEC-025
        return Secret.resume(secret)

    def _accepted_classes(self) -> set[int]:
        listed = set(self.policy.password_classes) if self.policy is not None else set()
        return {PasswordClass.INVITE, PasswordClass.RESUME} | CODE_CLASSES & (listed or CODE_CLASSES)

    def code_secret(self, peer: Peer, password_class: int, name: bytes) -> Secret:
        """The secret of a code, PIN or LINK; who made no code has none."""
        raise HandshakeError(Code.WRONG_SECRET, 'a code that is not ours')  # RA-SEC-025

    def on_release(self, peer: Peer) -> None:
        """Our share goes out."""

    def on_secured(self, peer: Peer) -> None:
        if peer.was_active:
            self.customer = peer
            self.on_returned(peer)
        else:
            self.on_new_customer(peer)
        # Until the customer says how things stand, a return is like a beginning.
        self.enter(peer, Phase.CONSENTING if self.role == Role.AGENT else Phase.ADMISSION)
        self.send(peer, Channel.SESSION, capabilities=session.Capabilities(names=sorted(self.capabilities)))
        self.tell('secured', participant=peer.number, words=peer.keys.words)

    def on_new_customer(self, peer: Peer) -> None:
        self.customer = peer

    def on_returned(self, peer: Peer) -> None:
        """The customer is secured anew."""

    def lose(self, peer: Peer) -> None:
        """A new line makes everything agree again: the customer's is everybody's, so it is ours (RA-SES-119)."""
        super().lose(peer)
        self.relay.disconnect()

    def on_suspended(self, peer: Peer) -> None:
        self.viewing.lost()
        self.lease_holder = 0

    def on_leaving(self, peer: Peer, code: int) -> None:
        if peer is self.customer:
            self.viewing.forget()
            self.customer = None

    def end_peer(self, peer: Peer, code: int, why: str) -> None:
        """The customer broke a rule, or did not come back: this end leaves (docs/spec/frame.md, "Errors")."""
        if peer.phase != Phase.GONE:
            self.relay.bye(code)

    # How this participant stands.

    def on_session_decision(self, peer: Peer, decision: session.Decision) -> None:
        self.tell('decided', request=decision.request_id, granted=[grant.permission for grant in decision.granted], reason=decision.reason)
        if decision.granted:
            self._hold(peer, self._deadlines(decision.granted), replace=False)
            self._become_active(peer)

    def on_session_grant_changed(self, peer: Peer, changed: session.GrantChanged) -> None:
        if changed.participant == self.number:
            self._hold(peer, self._deadlines(changed.grants), replace=True)  # RA-SES-036
            self.tell('grants', permissions=sorted(peer.grants))
            if changed.grants or changed.source == session.GRANT_SOURCE_RESUME:
                self._become_active(peer)  # RA-SES-140, where the decision was lost with a line

    def _deadlines(self, grants: Iterable[session.Grant]) -> dict[int, float | None]:
        now = self.clock.now()
        return {grant.permission: now + grant.expires_in_ms / 1000 if grant.expires_in_ms else None for grant in grants}

    def _hold(self, peer: Peer, grants: dict[int, float | None], replace: bool) -> None:
        peer.grants = grants if replace else {**peer.grants, **grants}
        if not peer.holds(Permission.VIEW_SCREEN):
            self.viewing.forget()
        times = [at for at in peer.grants.values() if at is not None]
        self._expiry.set(max(0, min(times) - self.clock.now())) if times else self._expiry.clear()

    def _expire(self) -> None:
        """What was granted for a time is not held any longer."""
        if self.customer is not None:
            now = self.clock.now()
            kept = {permission: at for permission, at in self.customer.grants.items() if at is None or at > now}
            self._hold(self.customer, kept, replace=True)
            self.tell('grants', permissions=sorted(kept))

    def on_ended(self, code: int, detail: str) -> None:
        self._expiry.clear()
        super().on_ended(code, detail)

    def _become_active(self, peer: Peer) -> None:
        peer.was_active = True
        self.arm_limits()
        if not peer.is_assisting:
            peer.heard_at = self.clock.now()
            self.enter(peer, Phase.ACTIVE)

    def on_session_pause(self, peer: Peer, _: session.Pause) -> None:
        self.enter(peer, Phase.PAUSED)

    def on_session_unpause(self, peer: Peer, _: session.Unpause) -> None:
        self.enter(peer, Phase.ACTIVE)

    def on_session_stop(self, peer: Peer, stop: session.Stop) -> None:
        """It is over (RA-SES-060). The broker closes the line; if it does not, this end leaves."""
        self.is_stopped = True
        self.leave(peer, Code.STOPPED)
        self.clock.later(STOP_SECONDS, lambda: self.relay.bye(Code.LEFT, because=Code.STOPPED))

    def on_session_media_key(self, peer: Peer, key: session.MediaKey) -> None:
        peer.media.announce(key)

    def on_session_participants(self, peer: Peer, message: session.Participants) -> None:
        if message.revision > self.participants_revision:
            self.participants, self.participants_revision = list(message.participants), message.revision
            self.tell('participants', participants=[entry.participant for entry in self.participants])

    def on_session_lead_changed(self, peer: Peer, message: session.LeadChanged) -> None:
        self.lead = message.participant

    def on_session_platform_info(self, peer: Peer, info: session.PlatformInfo) -> None:
        self.platform = info

    def on_session_words_confirmed(self, peer: Peer, message: session.WordsConfirmed) -> None:
        if message.participant == self.number:
            peer.words_said = True
        self.tell('words', participant=message.participant)

    def on_session_control_lease(self, peer: Peer, lease: session.ControlLease) -> None:
        if lease.lease_epoch < self.lease_epoch and peer.phase != Phase.PAUSED:
            return
        had = self.lease_holder == self.number
        self.lease_holder, self.lease_epoch, self.held_off = lease.holder, lease.lease_epoch, lease.held_off_ms > 0
        self.on_lease(had)
        self.tell('control', holder=lease.holder)

    def on_lease(self, had: bool) -> None:
        """Another holder, or another epoch."""

    def on_session_recording_state(self, peer: Peer, state: session.RecordingState) -> None:
        self.tell('recording', participant=state.participant, recording=state.recording)

    def on_chat_chat(self, peer: Peer, line: chat.Chat) -> None:
        self.tell('chat', participant=line.__getattribute__('from'), text=line.text)

    # The user.

    def say(self, text: str) -> None:
        self._line_id += 1
        self.send(self.customer, Channel.CHAT, chat=chat.Chat(id=self._line_id, text=text))

    def confirm_words(self) -> None:
        """The user says that the words are the same (RA-SES-142)."""
        self.customer.words_said = True
        self.send(self.customer, Channel.SESSION, words_confirmed=session.WordsConfirmed(participant=self.number))

    def record(self, on: bool) -> None:
        self.send(self.customer, Channel.SESSION, recording_state=session.RecordingState(participant=self.number, recording=on))

    def end(self, code: int) -> None:
        self.relay.bye(code, end_session=self.lead == self.number)

    def leave_session(self, end_session: bool = False) -> None:
        """Leaves for good."""
        self.relay.bye(Code.LEFT, end_session)

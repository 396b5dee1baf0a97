"""An agent: makes the code, lets the customer in, asks, and helps (docs/spec/session.md)."""

from __future__ import annotations

import itertools
import secrets as random
from typing import TYPE_CHECKING

from .clipboard import AgentClipboard
from .clock import Alarm
from .codes import new_code
from .hands import Hands
from .handshake import FAILURES, Attempts, HandshakeError, Secret
from .joiner import Joiner
from .journal import AgentJournal
from .schema import Channel, Code, PasswordClass, Role, elevation, relay, session
from .unsupported import AgentWithout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .clock import Clock
    from .codes import Invitation
    from .peer import Peer
    from .schema import handshake

CODE_SECONDS = 600
MOST_CODES = 5


class AgentCode:
    """A code of this session: PIN, link secret, and how often it was tried (RA-SEC-060 to 066)."""

    def __init__(self, locator: str, clock: Clock) -> None:
        self.pin, self.link_secret = new_code(locator)
        self.digits = self.pin[len(locator) :]
        self.attempts = Attempts(clock.now)
        self._clock, self._made_at = clock, clock.now()
        self.is_used = self.is_busy = False

    def secret(self, password_class: int) -> Secret:
        """The secret of a class; raises HandshakeError where it may not be proven now."""
        if self.is_used or self._clock.now() - self._made_at >= CODE_SECONDS:
            raise HandshakeError(Code.WRONG_SECRET, 'This code is not open any more.')
        if password_class == PasswordClass.LINK:
            return Secret.link(self.digits, self.link_secret)
        if not self.attempts.left:
            raise HandshakeError(Code.ATTEMPTS, 'No try is left for this code.')
        return Secret.pin(self.digits)


class Agent(Joiner):
    """The agent that leads, by the token and locator of its session; or a further one, by a token and an Invitation.

    `vouch` gives the credential of its organisation for a session's id and the agent's public key in it (RA-SEC-051).
    """

    role = Role.AGENT

    def __init__(
        self,
        url: str,
        token: str,
        locator: str = '',
        invitation: Invitation | None = None,
        listener: Callable | None = None,
        clock: Clock | None = None,
        name: str = '',
        permissions: Iterable = (),
        vouch: Callable[[bytes, bytes], str] | None = None,
    ) -> None:
        hello = relay.Hello(role=Role.AGENT, agent_token=token, display_name=name)
        super().__init__(url, hello, invitation, listener, clock)
        self._vouch = vouch or (lambda session_id, public_key: '')
        self.codes_made = 0
        if locator:
            self.renew_code(locator)
        self._starts, self._turn = {}, Alarm(self.clock, self._take_turns)  # exchanges for the PIN that wait for their turn
        self.permissions = list(permissions)  # asked for as soon as the customer is there
        self._requests = itertools.count(1)
        self._open_request = None
        self._invites = {}
        self.hands, self.clipboard, self.journal = Hands(self), AgentClipboard(self), AgentJournal(self)
        self.parts += [self.hands, self.clipboard, self.journal, AgentWithout(self)]

    def renew_code(self, locator: str) -> AgentCode:
        """A new code, because a person asked for it (RA-SEC-065, RA-SEC-067)."""
        if self.codes_made >= MOST_CODES:
            raise ValueError('A session has no more than five codes.')
        for peer in [peer for peer in self.peers.values() if peer.exchange is not None and peer.code is not None]:
            self.fail_exchange(peer, HandshakeError(Code.WRONG_SECRET, 'The code was renewed.'))  # RA-SEC-069
        self.codes_made += 1
        self.customer_code = AgentCode(locator, self.clock)
        return self.customer_code

    def own_words(self, peer: Peer) -> handshake.HandshakeShare:
        said = super().own_words(peer)
        said.credential = self._vouch(self.session_id, self.key.public)
        return said

    # The handshake.

    def on_handshake(self, peer: Peer, message: handshake.HandshakeMessage) -> None:
        self._starts.pop(peer.number, None)
        is_pin = message.WhichOneof('kind') == 'start' and message.start.password_class == PasswordClass.PIN
        if is_pin and self._invitation is None:
            self._starts[peer.number] = message
            self._take_turns()
        else:
            super().on_handshake(peer, message)

    def _take_turns(self) -> None:
        """Exchanges for a PIN begin one at a time, each when the pause after the try before is over (RA-SEC-062, RA-SEC-063)."""
        for number, start in list(self._starts.items()):
            if any(peer.exchange is not None and peer.password_class == PasswordClass.PIN for peer in self.peers.values() if peer.number != number):
                return
            pause = self.customer_code.attempts.wait()
            if pause:
                self._turn.set(pause)
                return
            del self._starts[number]
            if number in self.peers:
                super().on_handshake(self.peers[number], start)

    def code_secret(self, peer: Peer, password_class: int, name: bytes) -> Secret:
        if self._invitation is not None or name:
            raise HandshakeError(Code.WRONG_SECRET, 'a code that is not ours')  # RA-SEC-025
        peer.code = self.customer_code
        return peer.code.secret(password_class)

    def on_release(self, peer: Peer) -> None:
        if peer.password_class == PasswordClass.PIN:
            peer.code.attempts.release()

    def on_exchange_failed(self, peer: Peer, error: HandshakeError) -> None:
        if peer is not self.customer:
            left = self.customer_code.attempts.left if self._invitation is None else 0
            self.tell('join-failed', participant=peer.number, code=error.code, attempts_left=left)
        self.end_peer(peer, error.code, str(error))

    def end_peer(self, peer: Peer, code: int, why: str) -> None:
        """The lead stays, whoever failed to come in or to come back: the next one may (RA-RLY-149, RA-SES-023, RA-SES-024)."""
        if self.lead == self.number and (peer is not self.customer or code in FAILURES or code == Code.GRACE_EXPIRED):
            self.relay.tell(evict=relay.Evict(participant=peer.number, code=code))
            self.leave(peer, code)
        else:
            super().end_peer(peer, code, why)

    def fail_exchange(self, peer: Peer, error: HandshakeError) -> None:
        if peer.password_class == PasswordClass.PIN and self._invitation is None:
            error.attempts_left = self.customer_code.attempts.left
        super().fail_exchange(peer, error)
        self._take_turns()

    def on_new_customer(self, peer: Peer) -> None:
        self.customer = peer
        if self._invitation is None and peer.password_class != PasswordClass.RESUME:
            peer.code.is_used = True
            self.relay.tell(admit=relay.Admit(participant=peer.number))

    def on_returned(self, peer: Peer) -> None:
        self.hands.new_line()

    def on_secured(self, peer: Peer) -> None:
        self.journal.begin(peer)
        super().on_secured(peer)
        if not peer.was_active:
            self._open_request = None
            self.hands.new_line()
            if self.permissions:
                self.ask(self.permissions)

    def on_left(self, peer: Peer, code: int) -> None:
        self._starts.pop(peer.number, None)
        self._take_turns()
        if peer.was_active and not self.is_stopped:
            self.tell('customer-left', participant=peer.number, code=code)

    def on_ended(self, code: int, detail: str) -> None:
        self._turn.clear()
        self._starts.clear()
        super().on_ended(code, detail)

    def on_suspended(self, peer: Peer) -> None:
        super().on_suspended(peer)
        self.hands.forget()
        self.clipboard.forget(peer)

    # What the agent does.

    def ask(self, permissions: Iterable[int], reason: str = '') -> int:
        """Asks the customer for permissions; gives the request's number, or 0 while another is open (RA-SES-020)."""
        if self._open_request is not None or self.customer is None:
            return 0
        self._open_request = next(self._requests)
        request = session.ConsentRequest(request_id=self._open_request, permissions=permissions, reason=reason)
        self.send(self.customer, Channel.SESSION, consent_request=request)
        return self._open_request

    def on_session_decision(self, peer: Peer, decision: session.Decision) -> None:
        if decision.request_id == self._open_request:
            self._open_request = None
        super().on_session_decision(peer, decision)

    def request_control(self) -> int:
        request_id = next(self._requests)
        self.send(self.customer, Channel.SESSION, request_control=session.RequestControl(request_id=request_id))
        return request_id

    def release_control(self) -> None:
        self.hands.release_all()
        self.send(self.customer, Channel.SESSION, release_control=session.ReleaseControl())

    def on_lease(self, had: bool) -> None:
        if had and self.lease_holder != self.number or self.held_off:
            self.hands.forget()

    def on_session_refused(self, peer: Peer, refused: session.Refused) -> None:
        self._invites.pop(refused.request_id, None)
        self.tell('refused', request=refused.request_id, reason=refused.reason)

    def remove(self, participant: int) -> int:
        request_id = next(self._requests)
        self.send(self.customer, Channel.SESSION, remove=session.Remove(request_id=request_id, participant=participant))
        return request_id

    def invite(self, role: int, expires_in_ms: int, ceiling: Iterable[int] = ()) -> int:
        """Registers an invitation; its URL comes with the event 'invited', once the customer has it (RA-SES-093)."""
        request_id, invite_id, secret = next(self._requests), random.token_bytes(16), random.token_bytes(32)
        self._invites[request_id] = (invite_id, secret)
        fields = dict(request_id=request_id, invite_id=invite_id, role=role, secret=secret, expires_in_ms=expires_in_ms, ceiling=ceiling)
        self.send(self.customer, Channel.SESSION, invite_register=session.InviteRegister(**fields))
        return request_id

    def on_session_invite_registered(self, peer: Peer, registered: session.InviteRegistered) -> None:
        invite = self._invites.get(registered.request_id)
        if invite is not None and invite[0] == registered.invite_id:
            self.last_invite_id = registered.invite_id
            self.tell('invited', request=registered.request_id, invite_id=invite[0], secret=invite[1])

    def revoke_invite(self, invite_id: bytes, remove_joined: bool = False) -> None:
        self.send(self.customer, Channel.SESSION, invite_revoke=session.InviteRevoke(invite_id=invite_id, remove_joined=remove_joined))

    def elevate(self, reason: str, scope: int, duration_ms: int, method: int = elevation.ELEVATION_METHOD_PROMPT) -> int:
        request_id = next(self._requests)
        fields = dict(request_id=request_id, reason=reason, scope=scope, duration_ms=duration_ms, method=method)
        self.send(self.customer, Channel.ELEVATION, elevate_request=elevation.ElevateRequest(**fields))
        return request_id

    def on_elevation_elevation_state(self, peer: Peer, state: elevation.ElevationState) -> None:
        self.tell('elevation', request=state.request_id, phase=state.phase, reason=state.reason)

    def leave_session(self, end_session: bool = False) -> None:
        """Signs the log with the customer, then leaves (RA-SEC-260)."""
        self.journal.leave(lambda: self.relay.bye(Code.SESSION_ENDED if end_session else Code.LEFT, end_session), end_session)

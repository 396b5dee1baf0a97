"""The audit log at work: the customer writes, both ends sign (docs/spec/record.md, "Audit log")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import audit
from .clock import Alarm
from .schema import Channel, Code, Role, session

if TYPE_CHECKING:
    from collections.abc import Callable

    from .agent import Agent
    from .clock import Clock
    from .customer import Customer
    from .peer import Peer

LEAVE_SECONDS = 1


class Signer:
    """Signs a log when 256 entries are not signed by this end, or the oldest of them for 30 s (RA-SEC-256)."""

    def __init__(self, clock: Clock, sign: Callable) -> None:
        self.signed = -1  # index of the last entry that this end signed
        self._length = 0
        self._sign, self._alarm = sign, Alarm(clock, self.now)

    def appended(self, length: int) -> None:
        self._length = length
        if length - 1 - self.signed >= audit.SIGN_AFTER_ENTRIES:
            self.now()
        elif not self._alarm.is_set:
            self._alarm.set(audit.SIGN_AFTER_SECONDS)

    def now(self) -> None:
        """Signs whatever is not signed."""
        self._alarm.clear()
        if self._length - 1 > self.signed:
            self.signed = self._length - 1
            self._sign(self.signed)

    def stop(self) -> None:
        self._alarm.clear()


class CustomerJournal:
    """Writes the log down, sends it to the agents, and takes their signatures. A part of the customer."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.log = None
        self._sent = {}  # agent -> index of the next entry to send
        self._signed = {}  # agent -> index of the last entry that it signed
        self._signatures = {}  # index -> AuditSign of ours
        self._signer = Signer(customer.clock, self._sign)
        self._waiting = None

    def write(self, kind: str, **details: Any) -> None:
        """Appends an entry (RA-SEC-263); nothing to `session.ended` (RA-SEC-269)."""
        if self.log is None:
            self.log = audit.Log(self.customer.session_id, self.customer.number, self.customer.key.public)
            self.write('session.begun', broker=urlsplit(self.customer.relay.url).hostname, policy=self.customer.policy_hash().hex())
        if self.log.has_ended:
            return
        self.log.append(audit.entry_form(self.customer.clock.wall_ms(), kind, details))
        self._signer.appended(self.log.length)
        for peer in list(self.customer.peers.values()):
            if peer.is_assisting:
                self.send_to(peer)

    def send_to(self, peer: Peer) -> None:
        """Sends an agent the entries that it has not got (RA-SEC-261)."""
        if peer.role != Role.AGENT or self.log is None:
            return
        first = self._sent.get(peer.number, 0)
        for index in range(first, self.log.length):
            entry = session.AuditEntry(index=index, entry=self.log.entries[index])
            self.customer.send(peer, Channel.SESSION, audit_entry=entry)
            if index in self._signatures:
                self.customer.send(peer, Channel.SESSION, audit_sign=self._signatures[index])
        self._sent[peer.number] = self.log.length

    def lost(self, peer: Peer) -> None:
        """What the peer has not signed is sent again after its return (RA-SEC-262)."""
        self._sent[peer.number] = self._signed.get(peer.number, -1) + 1

    def _sign(self, index: int) -> None:
        signature = self.customer.key.sign(self.log.signed_bytes(index))
        self.log.signed(index, self.customer.number, signature)
        sign = session.AuditSign(index=index, head=self.log.heads[index], signature=signature)
        self._signatures[index] = sign
        for peer in self.customer.peers.values():
            if peer.is_assisting and peer.role == Role.AGENT:
                self.customer.send(peer, Channel.SESSION, audit_sign=sign)

    def on_session_audit_sign(self, peer: Peer, sign: session.AuditSign) -> None:
        if self.log is None or not peer.is_assisting or peer.role != Role.AGENT:
            return
        known = sign.index < self._sent.get(peer.number, 0) and self.log.heads[sign.index] == sign.head
        if not known or not audit.verify(peer.public_key, sign.signature, self.log.signed_bytes(sign.index)):
            return  # RA-SEC-257: of no effect
        self._signed[peer.number] = max(sign.index, self._signed.get(peer.number, -1))
        self.log.signed(sign.index, peer.number, sign.signature)
        if sign.leaving and not peer.is_leaving:
            self._leaving(peer, sign.ends_session and peer.lead)
        if self._waiting is not None and self._all_signed():
            self._waiting()

    def _leaving(self, peer: Peer, ends_session: bool) -> None:
        """An agent says that it leaves: that is written down and signed, and it has a second to sign that too (RA-SEC-267)."""
        peer.is_leaving = True
        self.write('participant.left', code=Code.LEFT, participant=peer.number)
        others = [other for other in self.customer.peers.values() if other.role == Role.AGENT and other is not peer and other.was_active]
        if ends_session or not others:
            self.write('session.ended', code=Code.SESSION_ENDED)
        self._signer.now()
        Alarm(self.customer.clock, lambda: self.customer.end_peer(peer, Code.LEFT, 'It said that it leaves.')).set(LEAVE_SECONDS)

    def end(self, code: int) -> None:
        """Writes down that the session ends, and signs."""
        if self.log is not None:
            self.write('session.ended', code=code)
            self._signer.now()

    def when_signed(self, act: Callable) -> None:
        """Calls `act` when every agent that is there has signed all, at the latest after a second (RA-SEC-268)."""
        done = Alarm(self.customer.clock, lambda: self._waiting())

        def once() -> None:
            self._waiting = None
            done.clear()
            act()

        self._waiting = once
        if self._all_signed():
            once()
        else:
            done.set(LEAVE_SECONDS)

    def _all_signed(self) -> bool:
        agents = [peer for peer in self.customer.peers.values() if peer.is_assisting and peer.role == Role.AGENT]
        return self.log is None or all(self._signed.get(peer.number, -1) == self.log.length - 1 for peer in agents)

    def on_end(self) -> None:
        self._signer.stop()


class AgentJournal:
    """An agent's copy of the log: checks what comes, and signs. A part of the agent."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.log, self.is_trusted = None, True
        self._names_us = False
        self._signer = Signer(agent.clock, self._sign)
        self._theirs = -1  # index up to which the customer signed
        self._leaving = None

    def begin(self, peer: Peer) -> None:
        """A customer was secured: its log begins with its key, or goes on after a return."""
        if self.log is None or self.log.customer_key != peer.public_key:
            self.log, self.is_trusted, self._names_us, self._theirs = audit.Log(self.agent.session_id, peer.number, peer.public_key), True, False, -1
            self._signer.signed = -1

    def on_session_audit_entry(self, peer: Peer, message: session.AuditEntry) -> None:
        if not self.is_trusted or self.log.entries[message.index : message.index + 1] == [message.entry]:
            return  # RA-SEC-265, RA-SEC-266
        try:
            if message.index != self.log.length or self.log.has_ended:  # RA-SEC-257
                raise ValueError('not the next entry')
            self._append(message.entry)
        except ValueError:
            self.is_trusted = False
            self._signer.stop()

    def _append(self, entry: bytes) -> None:
        _, kind, details = audit.kind_and_details(entry)
        self.log.append(entry)
        if kind == 'participant.joined' and details.get('key') == self.agent.key.public.hex():
            self._names_us = True
        if self._names_us:  # RA-SEC-264
            self._signer.appended(self.log.length)
            if kind == 'session.ended':
                self._signer.now()

    def on_session_audit_sign(self, peer: Peer, sign: session.AuditSign) -> None:
        if not self.is_trusted:
            return
        known = sign.index < self.log.length and self.log.heads[sign.index] == sign.head
        if not known or not audit.verify(peer.public_key, sign.signature, self.log.signed_bytes(sign.index)):
            self.is_trusted = False
            self._signer.stop()
            return
        self.log.signed(sign.index, peer.number, sign.signature)
        self._theirs = sign.index
        if self._leaving is not None and self._theirs == self.log.length - 1 and self._signed_after_leaving():
            self._leaving()

    def _signed_after_leaving(self) -> bool:
        self._signer.now()
        return self._names_left

    @property
    def _names_left(self) -> bool:
        kinds = [audit.kind_and_details(entry)[1:] for entry in self.log.entries[-2:]]
        return any(kind == 'participant.left' and details.get('participant') == str(self.agent.number) for kind, details in kinds)

    def _sign(self, index: int, **leaving: Any) -> None:
        signature = self.agent.key.sign(self.log.signed_bytes(index))
        self.log.signed(index, self.agent.number, signature)
        sign = session.AuditSign(index=index, head=self.log.heads[index], signature=signature, **leaving)
        self.agent.send(self.agent.customer, Channel.SESSION, audit_sign=sign)

    def leave(self, act: Callable, ends_session: bool = False) -> None:
        """Signs that this agent leaves, maybe for everybody, and calls `act` when customer and agent have signed that too, at the latest after a second."""
        if self.log is None or not self.log.length or not self._names_us or not self.is_trusted or not self.agent.is_assisting:
            act()
            return
        alarm = Alarm(self.agent.clock, lambda: self._leaving())

        def once() -> None:
            self._leaving = None
            alarm.clear()
            act()

        self._leaving = once
        self._signer.signed = self.log.length - 1
        self._sign(self.log.length - 1, leaving=True, ends_session=ends_session)
        alarm.set(LEAVE_SECONDS)

    def on_end(self) -> None:
        self._signer.stop()

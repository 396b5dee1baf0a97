"""What the user is asked, and what comes of the answers. A part of the customer (docs/spec/session.md, "Consent")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import Alarm
from .schema import Channel, Code, Phase, Refusal, relay, session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .customer import Customer
    from .peer import Peer


class Question:
    """Something that the user is asked: an agent's request, or whether a guest is let in (`request_id` 0)."""

    def __init__(self, number: int, peer: Peer, about: str, permissions: list[int], reason: str, request_id: int) -> None:
        self.number, self.peer, self.about = number, peer, about
        self.permissions, self.reason, self.request_id = permissions, reason, request_id


class Consent:
    """The open questions, by number. Silence denies."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.questions, self._asked = {}, 0

    def forget(self, peer: Peer) -> None:
        """Nothing is asked any more about a peer that is not there."""
        for question in [question for question in self.questions.values() if question.peer is peer]:
            del self.questions[question.number]
            question.deadline.clear()
            self.customer.tell('question-closed', question=question.number)
        if peer.consent_alarm is not None:
            peer.consent_alarm.clear()

    def on_end(self) -> None:
        for peer in self.customer.peers.values():
            self.forget(peer)

    @property
    def _consent_seconds(self) -> float:
        return ((self.customer.policy.consent_timeout_ms if self.customer.policy is not None else 0) or 60_000) / 1000

    def expect_request(self, peer: Peer) -> None:
        """An agent that asks for nothing does not stay for ever."""
        peer.consent_alarm = Alarm(self.customer.clock, lambda: self.turn_out(peer))
        peer.consent_alarm.set(self._consent_seconds)

    def on_session_consent_request(self, peer: Peer, request: session.ConsentRequest) -> None:
        permissions = sorted(set(request.permissions) & self.customer.grants.ceiling(peer))
        if any(question.peer is peer for question in self.questions.values()):
            self._decide(peer, request.request_id, [], Refusal.BUSY)  # RA-SES-015
        elif not permissions:
            self._decide(peer, request.request_id, [], Refusal.POLICY)  # RA-SES-021
        else:
            if not peer.was_active:
                peer.consent_alarm.clear()
            self.ask(peer, 'consent', permissions, request.reason, request.request_id)

    def ask(self, peer: Peer, about: str, permissions: list[int], reason: str, request_id: int) -> None:
        """Asks the user, who has `consent_timeout_ms` to answer (RA-SES-012, RA-SES-014)."""
        self._asked += 1
        question = self.questions[self._asked] = Question(self._asked, peer, about, permissions, reason, request_id)
        question.deadline = Alarm(self.customer.clock, lambda: self._close(question, {}, Refusal.TIMEOUT))
        question.deadline.set(self._consent_seconds)
        self.customer.journal.write('consent.asked', participant=peer.number, permissions=','.join(map(str, permissions)))
        # An empty organisation is to be shown as: nobody vouches for this name (RA-SEC-053).
        who = dict(participant=peer.number, name=peer.name, organisation=peer.organisation)
        self.customer.tell('asked', question=question.number, about=about, permissions=permissions, reason=reason, **who)

    def answer(self, number: int, permissions: Iterable[int], expires_in_ms: int = 0) -> None:
        """The user's answer to a question: what is granted, possibly nothing. Raises KeyError if it is not open."""
        question = self.questions[number]
        granted = {permission: expires_in_ms for permission in permissions if permission in question.permissions}  # RA-SES-016
        self._close(question, granted, Refusal.UNSPECIFIED if granted else Refusal.DENIED)

    def _close(self, question: Question, granted: dict[int, int], reason: int) -> None:
        del self.questions[question.number]
        question.deadline.clear()
        self.customer.tell('question-closed', question=question.number)
        peer = question.peer
        self.customer.journal.write('consent.decided', participant=peer.number, permissions=','.join(map(str, sorted(granted))))
        if granted:
            self._admit(peer, question, granted)
        else:
            if peer.is_let_in:
                self._decide(peer, question.request_id, [], reason)
            self._turn_out_if_new(peer)

    def _admit(self, peer: Peer, question: Question, granted: dict[int, int]) -> None:
        first = not peer.was_active
        now = self.customer.clock.now()
        if not peer.is_let_in:
            self.customer.relay.tell(admit=relay.Admit(participant=peer.number))
            peer.is_let_in = True
            self.customer.introduce(peer)
        grants = [session.Grant(permission=permission, expires_in_ms=ms) for permission, ms in sorted(granted.items())]
        self._decide(peer, question.request_id, grants, Refusal.UNSPECIFIED)
        if first:
            peer.was_active, peer.active_since = True, now
            self.customer.enter(peer, Phase.PAUSED if self.customer.is_paused else Phase.ACTIVE)
            if self.customer.is_paused:
                self.customer.send(peer, Channel.SESSION, pause=session.Pause())  # RA-SES-055
        changed = {**peer.grants, **{permission: now + ms / 1000 if ms else None for permission, ms in granted.items()}}
        self.customer.grants.change(peer, changed, session.GRANT_SOURCE_CUSTOMER, is_new=first)

    def _decide(self, peer: Peer, request_id: int, grants: list[session.Grant], reason: int) -> None:
        self.customer.send(peer, Channel.SESSION, decision=session.Decision(request_id=request_id, granted=grants, reason=reason))

    def _turn_out_if_new(self, peer: Peer) -> None:
        if not peer.was_active:
            self.turn_out(peer)

    def turn_out(self, peer: Peer) -> None:
        """Consent was denied: the peer goes (RA-SES-017)."""
        code = Code.NOT_ADMITTED if peer.invite_id else Code.CONSENT_DENIED
        self.customer.end_peer(peer, code, 'The user said no.')

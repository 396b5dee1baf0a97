"""The customer: shares a desktop, decides about everybody, and keeps what was decided (docs/spec/session.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import handshake
from .clipboard import CustomerClipboard
from .consent import Consent
from .control import Control
from .desktop import Desktop
from .grants import Grants
from .handshake import Attempts, CustomerExchange, HandshakeError, Secret
from .invitations import Invitations
from .journal import CustomerJournal
from .organisations import organisation_of
from .schema import Channel, Code, PasswordClass, Phase, Refusal, Role, relay, session
from .session import HANDSHAKE_SECONDS, Session
from .sharing import Sharing
from .talk import CustomerTalk
from .unsupported import CustomerWithout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from google.protobuf.message import Message

    from .clock import Clock
    from .codes import CustomerCode
    from .frame import Head
    from .peer import Peer


class Customer(Session):
    """A customer in a session. Questions come as the event 'asked'; `consent.answer` answers them. Silence denies."""

    role = Role.CUSTOMER
    capabilities = ('input.text',)

    def __init__(
        self,
        url: str,
        code: CustomerCode,
        listener: Callable | None = None,
        clock: Clock | None = None,
        desktop: Desktop | None = None,
        name: str = '',
        trusted: list[tuple[str, bytes]] = (),
    ) -> None:
        hello = relay.Hello(role=Role.CUSTOMER, locator=code.locator, display_name=name)
        super().__init__(url, hello, listener, clock)
        self.desktop, self._trusted = desktop or Desktop(), list(trusted)
        self._code, self._attempts = code, Attempts(self.clock.now)
        self.is_admitted = self.is_paused = self.is_stopped = False
        self._revision = 0
        self._turned_out, self._line = {}, 1  # participant -> code, said on our line of that number
        self.journal, self.control, self.sharing = CustomerJournal(self), Control(self), Sharing(self)
        self.invitations, self.clipboard = Invitations(self), CustomerClipboard(self)
        self.consent, self.grants, self.talk = Consent(self), Grants(self), CustomerTalk(self)
        self.parts += [self.consent, self.grants, self.journal, self.control, self.sharing, self.invitations, self.clipboard, self.talk, CustomerWithout(self)]

    # Who is there.

    def assisting(self) -> list[Peer]:
        """Every active or paused peer, by number."""
        return [self.peers[number] for number in sorted(self.peers) if self.peers[number].is_assisting]

    def send(self, peer: Peer, channel: int, *messages: Message, **kind: Any) -> None:
        """Nothing but HANDSHAKE passes before the broker has admitted both ends."""
        if self.is_admitted and peer.is_let_in:
            super().send(peer, channel, *messages, **kind)

    def secured(self) -> list[Peer]:
        return [self.peers[number] for number in sorted(self.peers) if self.peers[number].is_secured]

    def policy_hash(self) -> bytes:
        return handshake.policy_hash(self.policy)

    def is_counterpart(self, entry: relay.RosterEntry) -> bool:
        return entry.role in (Role.AGENT, Role.VIEWER) and entry.participant not in self._turned_out

    def on_present(self, present: dict[int, relay.RosterEntry]) -> None:
        if self._line != self.relay.welcome.incarnation:
            self._line = self.relay.welcome.incarnation
            for number in self._turned_out.keys() & present.keys():  # RA-SES-027
                self.relay.tell(evict=relay.Evict(participant=number, code=self._turned_out[number]))
        own = present.get(self.number)
        if own is not None and own.phase == Phase.ADMITTED and not self.is_admitted:
            self.is_admitted = True
            self.arm_limits()
            for peer in list(self.peers.values()):
                if peer.keys is not None:
                    self._greet(peer)

    def on_reachable(self, peer: Peer, is_new: bool) -> None:
        if not is_new:
            return
        if peer.phase == Phase.SUSPENDED:  # RA-SES-132, RA-SES-139
            self.resume_phase(peer, Phase.SECURING)
            if not peer.resume_secrets:  # nothing was agreed yet: its line begins with the first exchange
                self._meet_newcomer(peer)
                return
            self._begin(peer, Secret.resume(peer.resume_secrets[0]), max(HANDSHAKE_SECONDS, self.relay.welcome.grace_ms / 1000))
        elif peer.phase == Phase.SECURING and peer.exchange is None:
            self._meet_newcomer(peer)

    def _meet_newcomer(self, peer: Peer) -> None:
        if peer.lead and not self.is_admitted:
            secret = self._code.secret
            self._begin(peer, secret, HANDSHAKE_SECONDS)
        elif peer.invite_id:
            secret, code = self.invitations.secret_for(peer)
            if secret is None:
                self.end_peer(peer, code, 'It has no invitation of ours.')
            else:
                self._begin(peer, secret, HANDSHAKE_SECONDS)

    def suspend(self, peer: Peer) -> None:
        before = peer.phase
        super().suspend(peer)
        if peer.phase != before:
            self.announce_participants()

    # The handshake: the customer begins (RA-SEC-001).

    def _begin(self, peer: Peer, secret: Secret, seconds: float) -> None:
        if peer.phase != Phase.SECURING or peer.exchange is not None or self.relay.is_over:
            return
        is_pin = secret.password_class == PasswordClass.PIN
        pause = self._attempts.wait() if is_pin else 0
        if pause:
            self.clock.later(pause, lambda: self._begin(peer, secret, seconds))  # RA-SEC-063
            return
        try:
            if is_pin and not self._attempts.left:
                raise HandshakeError(Code.ATTEMPTS, 'No try is left for this code.')
            bound = self.bound(self.number, peer.number, peer.role)
            on_release = self._attempts.release if is_pin else lambda: None
            peer.exchange = CustomerExchange(bound, secret, self.own_words(peer), self.key, on_release)
        except HandshakeError as error:
            self.on_exchange_failed(peer, error)
            return
        self.guard_exchange(peer, seconds)
        self.relay.send_clear(Channel.HANDSHAKE, peer.number, peer.exchange.begin())

    def on_handshake(self, peer: Peer, message: Message) -> None:
        if peer.exchange is not None:
            self.step_exchange(peer, message)

    def on_exchange_failed(self, peer: Peer, error: HandshakeError) -> None:
        self.tell('exchange-failed', participant=peer.number, code=error.code, attempts_left=error.attempts_left)
        if self.is_admitted:
            if peer.keys is None:
                about = dict(code=error.code, date=self.clock.wall_ms(), left=0, participant=peer.number)
                self.journal.write('proof.failed', **about, **{'class': PasswordClass.INVITE})
            self.end_peer(peer, error.code, str(error))
        else:
            self.relay.bye(error.code)

    def on_secured(self, peer: Peer) -> None:
        if peer.invite_id and not peer.was_active:
            self.invitations.used(peer)
        peer.organisation = self._organisation_of(peer) if peer.role == Role.AGENT else ''
        self._record_arrival(peer)
        if peer.was_active:
            self._welcome_back(peer)
            return
        self.enter(peer, Phase.CONSENTING if peer.role == Role.AGENT else Phase.ADMISSION)
        if peer.invite_id:
            self._ask_about_guest(peer)
        else:
            peer.is_let_in = True  # by the lead, which lets us in
            if self.is_admitted:
                self._greet(peer)

    def _organisation_of(self, peer: Peer) -> str:
        return organisation_of(peer.credential, self.session_id, peer.public_key, self.clock.wall_ms() / 1000, self._trusted)

    def _ask_about_guest(self, peer: Peer) -> None:
        """Who comes by invitation does not ask: the invitation is the request."""
        permissions = sorted(self.grants.ceiling(peer))
        if permissions:
            self.consent.ask(peer, 'consent' if peer.role == Role.AGENT else 'admission', permissions, '', 0)
        else:
            self.consent.turn_out(peer)

    def _record_arrival(self, peer: Peer) -> None:
        key = peer.public_key.hex()
        if peer.was_active:
            self.journal.write('session.resumed', key=key, participant=peer.number)
        else:
            about = dict(name=peer.name, organisation=peer.organisation or 'unverified', participant=peer.number, role=peer.role)
            self.journal.write('participant.joined', key=key, **about)

    def _greet(self, peer: Peer) -> None:
        """The first words to a peer, once the broker lets them pass."""
        self.introduce(peer)
        self.announce_participants()
        self.consent.expect_request(peer)

    def introduce(self, peer: Peer) -> None:
        self.send(peer, Channel.SESSION, capabilities=session.Capabilities(names=sorted(self.capabilities)))
        self.send(peer, Channel.SESSION, platform_info=session.PlatformInfo(os=session.OS_VIRTUAL, version='', can_control=True))

    def _welcome_back(self, peer: Peer) -> None:
        """What holds after a return is said anew; the user is not asked again (RA-SES-133 to 135)."""
        self.enter(peer, Phase.PAUSED if self.is_paused else Phase.ACTIVE)
        if self.is_paused:
            self.send(peer, Channel.SESSION, pause=session.Pause())
        self.introduce(peer)
        self.grants.restate(peer, session.GRANT_SOURCE_RESUME)
        self.take_up(peer)

    def take_up(self, peer: Peer) -> None:
        """What a peer gets that is active from now on."""
        self.announce_participants()
        self.grants.issue_capability(peer)
        self.journal.send_to(peer)
        for other in [other for other in self.peers.values() if other.words_said]:
            self.send(peer, Channel.SESSION, words_confirmed=session.WordsConfirmed(participant=other.number))  # RA-SES-144
        self.send(peer, Channel.SESSION, control_lease=self.control.lease())
        self.sharing.update_seers(always=self.sharing.may_see(peer))
        self.sharing.begin(peer)

    def grants_for(self, peer: Peer) -> Collection[int]:
        return self.grants.held_by(peer)

    def has_lease(self, peer: Peer) -> bool:
        return self.control.holder == peer.number

    # Participants.

    def announce_participants(self) -> None:
        """Tells everybody who is here (RA-SES-071, RA-SES-072)."""
        self._revision += 1
        listed = [self._describe_self()] + [self._describe(peer) for peer in self.peers.values() if peer.keys is not None]
        listed.sort(key=lambda participant: participant.participant)
        message = session.Participants(revision=self._revision, participants=listed)
        for peer in self.secured():
            self.send(peer, Channel.SESSION, participants=message)

    def _describe_self(self) -> session.Participant:
        return session.Participant(participant=self.number, role=Role.CUSTOMER, phase=Phase.ACTIVE)

    def _describe(self, peer: Peer) -> session.Participant:
        return session.Participant(
            participant=peer.number, role=peer.role, phase=peer.phase, lead=peer.lead, in_control=self.control.holder == peer.number,
            recording=peer.is_recording, display_name=peer.name, organisation=peer.organisation, grants=sorted(peer.grants),
        )  # fmt: skip

    def on_session_remove(self, peer: Peer, remove: session.Remove) -> None:
        if not peer.lead:
            self._refuse(peer, remove.request_id, Refusal.POLICY)  # RA-SES-076
        elif remove.participant in (self.number, peer.number):
            self._refuse(peer, remove.request_id, Refusal.INVALID)
        elif remove.participant not in self.peers:
            self._refuse(peer, remove.request_id, Refusal.NOT_FOUND)
        else:
            self.remove(remove.participant)

    def refuse_session_remove(self, peer: Peer, remove: session.Remove, reason: int) -> None:
        self._refuse(peer, remove.request_id, reason)

    def _refuse(self, peer: Peer, request_id: int, reason: int) -> None:
        self.send(peer, Channel.SESSION, refused=session.Refused(request_id=request_id, reason=reason))

    def remove(self, number: int) -> None:
        """Somebody is turned out (RA-SES-075)."""
        self.end_peer(self.peers[number], Code.REMOVED, 'It was removed.')

    def set_lead(self, number: int) -> None:
        """Names the lead (RA-SES-077)."""
        for peer in self.peers.values():
            peer.lead = peer.number == number
        self.lead = number
        self.relay.tell(set_lead=relay.SetLead(participant=number))
        for peer in self.assisting():
            self.send(peer, Channel.SESSION, lead_changed=session.LeadChanged(participant=number))
        self.announce_participants()
        self.journal.write('lead.changed', participant=number)

    def end_peer(self, peer: Peer, code: int, why: str) -> None:
        """Turns a peer out, with a code (docs/spec/relay.md, "Admission and eviction")."""
        if peer.phase == Phase.GONE or self.relay.is_over:
            return
        if self.is_admitted:
            self._turned_out[peer.number] = code
            self.relay.tell(evict=relay.Evict(participant=peer.number, code=code))
            self.leave(peer, code)
        else:
            self.relay.bye(code)

    def on_suspended(self, peer: Peer) -> None:
        self._close_down(peer)
        self.journal.lost(peer)
        if peer.was_active:
            self.sharing.drop([peer])

    def on_leaving(self, peer: Peer, code: int) -> None:
        peer.is_let_in = False  # nothing more is said to it
        self._close_down(peer)
        if peer.keys is not None and not peer.is_leaving:
            self.journal.write('participant.left', code=code, participant=peer.number)

    def _close_down(self, peer: Peer) -> None:
        """Nothing of a peer stays open that is not there."""
        self.consent.forget(peer)
        self.control.take_from(peer)  # RA-SES-136
        self.control.forget(peer)
        self.sharing.stop(peer)
        self.clipboard.forget(peer)

    def on_left(self, peer: Peer, code: int) -> None:
        if self.relay.is_over:
            return
        self.sharing.update_seers()
        agents = [other for other in self.assisting() if other.role == Role.AGENT]
        if peer.lead and peer.was_active and agents:
            self.set_lead(min(agents, key=lambda other: other.active_since).number)
        self.announce_participants()

    # Pause, stop, end.

    def pause(self) -> None:
        """The user pauses: nothing is seen or done (RA-SES-052)."""
        if self.is_paused:
            return
        self.is_paused = True
        self.control.let_go()
        active = [peer for peer in self.assisting() if peer.phase == Phase.ACTIVE]
        self.sharing.drop(active)
        for peer in active:
            self.send(peer, Channel.SESSION, pause=session.Pause())
            self.enter(peer, Phase.PAUSED)
        self.announce_participants()
        self.journal.write('session.paused')

    def unpause(self) -> None:
        if not self.is_paused:
            return
        self.is_paused = False
        self.sharing.start_over()
        for peer in self.assisting():
            self.send(peer, Channel.SESSION, unpause=session.Unpause())
            self.enter(peer, Phase.ACTIVE)
        self.announce_participants()
        self.journal.write('session.unpaused')
        self.sharing.pump_all()

    def stop(self) -> None:
        """The user stops the session (RA-SES-058)."""
        self.end(Code.STOPPED)

    def end(self, code: int) -> None:
        """The session ends for everybody, with a code; agents have a second to sign the log."""
        if self.is_stopped or self.relay.is_over:
            return
        self.is_stopped = True
        self.control.let_go()
        self.sharing.drop(self.assisting())
        self.journal.end(code)
        for peer in self.secured():
            self.send(peer, Channel.SESSION, stop=session.Stop(code=Code.STOPPED))
        self.journal.when_signed(lambda: self.relay.bye(code, end_session=True))

    def receive(self, peer: Peer, head: Head, message: Message) -> bool:
        peer.count(head.channel, message.WhichOneof('kind'), self.clock.now())
        return not self._is_stopped_for(message) and super().receive(peer, head, message)

    def frame_sent(self) -> None:
        """A picture went out: somebody is there."""
        self._something_happened(Channel.MEDIA)

    def _is_stopped_for(self, message: Message) -> bool:
        """Once the user has stopped, nothing counts but signatures."""
        return self.is_stopped and message.WhichOneof('kind') != 'audit_sign'

    def on_ended(self, code: int, detail: str) -> None:
        self.is_stopped = True
        if not self.relay.is_over or self.journal.log is not None:
            self.journal.end(code)
        super().on_ended(code, detail)

    # Words, recording, organisations.

    def confirm_words(self, number: int) -> None:
        """The user says that the words are the same (RA-SES-142)."""
        peer = self.peers[number]
        peer.words_said = True
        for other in self.secured():
            self.send(other, Channel.SESSION, words_confirmed=session.WordsConfirmed(participant=number))
        self.journal.write('words.confirmed', by=self.number, participant=number)

    def on_session_words_confirmed(self, peer: Peer, _: session.WordsConfirmed) -> None:
        """The other side says so; it counts once our own user does (RA-SES-141)."""
        self.journal.write('words.confirmed', by=peer.number, participant=peer.number)

    def on_session_recording_state(self, peer: Peer, state: session.RecordingState) -> None:
        peer.is_recording = state.recording
        for other in self.assisting():
            message = session.RecordingState(participant=peer.number, recording=state.recording)
            self.send(other, Channel.SESSION, recording_state=message)  # RA-SES-078
        self.announce_participants()
        self.journal.write('recording.changed', participant=peer.number, state='on' if state.recording else 'off')
        self.tell('recording', participant=peer.number, recording=state.recording)

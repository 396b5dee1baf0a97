"""The customer: shares a desktop, decides about everybody, and keeps what was decided (docs/spec/session.md)."""

from . import audit, handshake
from .clock import Alarm
from .clipboard import CustomerClipboard
from .control import Control
from .desktop import Desktop
from .handshake import Attempts, CustomerExchange, HandshakeError, Secret
from .invitations import Invitations
from .journal import CustomerJournal
from .organisations import organisation_of
from .peer import role_ceiling
from .schema import Channel, Code, PasswordClass, Permission, Phase, Refusal, Role, relay, session
from .session import HANDSHAKE_SECONDS, Session
from .sharing import Sharing
from .talk import CustomerTalk
from .unsupported import CustomerWithout

CAPABILITY_SECONDS = 600  # two thirds of its life (RA-SEC-234)
CAPABILITY_LIFE_MS = 900_000
ALL = frozenset(set(vars(Permission).values()) - {Permission.UNSPECIFIED})


class Question:
    """Something that the user is asked: an agent's request, or a viewer's admission (`request_id` 0)."""

    def __init__(self, number, peer, about, permissions, reason, request_id):
        self.number, self.peer, self.about = number, peer, about
        self.permissions, self.reason, self.request_id = permissions, reason, request_id


class Customer(Session):
    """A customer in a session. Questions come as the event 'asked'; `answer` answers them. Silence denies."""

    role = Role.CUSTOMER
    capabilities = ('input.text',)

    def __init__(self, url, code, listener=None, clock=None, desktop=None, name='', trusted=()):
        hello = relay.Hello(role=Role.CUSTOMER, locator=code.locator, display_name=name)
        super().__init__(url, hello, listener, clock)
        self.desktop, self._trusted = desktop or Desktop(), list(trusted)
        self._code, self._attempts = code, Attempts(self.clock.now)
        self.is_admitted = self.is_paused = self.is_stopped = False
        self.questions, self._asked, self._serial, self._revision = {}, 0, 0, 0
        self._expiry = Alarm(self.clock, self._expire)
        self._renewal = Alarm(self.clock, self._renew_capabilities)
        self._limits = [Alarm(self.clock, lambda code=code: self.end(code)) for code in (Code.IDLE, Code.DURATION)]
        self.journal, self.control, self.sharing = CustomerJournal(self), Control(self), Sharing(self)
        self.invitations, self.clipboard = Invitations(self), CustomerClipboard(self)
        self.talk = CustomerTalk(self)
        self.parts += [self.journal, self.control, self.sharing, self.invitations, self.clipboard, self.talk, CustomerWithout(self)]

    # Who is there.

    def assisting(self):
        """Every active or paused peer, by number."""
        return [self.peers[number] for number in sorted(self.peers) if self.peers[number].is_assisting]

    def send(self, peer, channel, *messages, **kind):
        """Nothing but HANDSHAKE passes before the broker has admitted both ends."""
        if self.is_admitted and peer.is_let_in:
            super().send(peer, channel, *messages, **kind)

    def secured(self):
        return [self.peers[number] for number in sorted(self.peers) if self.peers[number].is_secured]

    def policy_hash(self):
        return handshake.policy_hash(self.policy)

    def is_counterpart(self, entry):
        return entry.role in (Role.AGENT, Role.VIEWER)

    def on_present(self, present):
        own = present.get(self.number)
        if own is not None and own.phase == Phase.ADMITTED and not self.is_admitted:
            self.is_admitted = True
            self._arm_limits()
            for peer in list(self.peers.values()):
                if peer.keys is not None:
                    self._greet(peer)

    def on_reachable(self, peer, is_new):
        if peer.phase == Phase.SUSPENDED:
            self.resume_phase(peer, Phase.SECURING)
            self._begin(peer, Secret.resume(peer.resume_secrets[0]), max(HANDSHAKE_SECONDS, self.relay.welcome.grace_ms / 1000))
        elif peer.phase == Phase.SECURING and peer.exchange is None and is_new:
            self._meet_newcomer(peer)

    def _meet_newcomer(self, peer):
        if peer.lead and not self.is_admitted:
            secret = self._code.secret
            self._begin(peer, secret, HANDSHAKE_SECONDS)
        elif peer.invite_id:
            secret, code = self.invitations.secret_for(peer)
            if secret is None:
                self.end_peer(peer, code, 'It has no invitation of ours.')
            else:
                self._begin(peer, secret, HANDSHAKE_SECONDS)

    def suspend(self, peer):
        """Both lines may still stand: then the customer secures the peer anew at once."""
        super().suspend(peer)
        entries = self.relay.roster.entries
        entry = next((entry for entry in entries if entry.participant == peer.number), None)
        if peer.phase == Phase.SUSPENDED and self.relay.is_live and entry.incarnation == peer.incarnation and entry.phase == Phase.ADMITTED:
            self.on_reachable(peer, False)

    # The handshake: the customer begins (RA-SEC-001).

    def _begin(self, peer, secret, seconds):
        if peer.phase != Phase.SECURING or self.relay.is_over:
            return
        is_pin = secret.password_class == PasswordClass.PIN
        try:
            if is_pin and not self._attempts.left:
                raise HandshakeError(Code.ATTEMPTS, 'No try is left for this code.')
            bound = self.bound(self.number, peer.number, peer.role)
            peer.exchange = CustomerExchange(bound, secret, self.own_words(peer), self._attempts.release if is_pin else lambda: None)
        except HandshakeError as error:
            self.on_exchange_failed(peer, error)
            return
        self.guard_exchange(peer, seconds)
        self.relay.send_clear(Channel.HANDSHAKE, peer.number, peer.exchange.begin())

    def on_handshake(self, peer, message):
        if peer.exchange is not None:
            self.step_exchange(peer, message)

    def on_exchange_failed(self, peer, error):
        self.tell('exchange-failed', participant=peer.number, code=error.code, attempts_left=error.attempts_left)
        if self.is_admitted:
            if peer.keys is None:
                about = dict(code=error.code, date=self.clock.wall_ms(), left=0, participant=peer.number)
                self.journal.write('proof.failed', **about, **{'class': PasswordClass.INVITE})
            self.end_peer(peer, error.code, str(error))
        else:
            self.relay.bye(error.code)

    def on_secured(self, peer):
        if peer.invite_id and not peer.was_active:
            self.invitations.used(peer)
        now = self.clock.wall_ms() / 1000
        peer.organisation = organisation_of(peer.credential, self.session_id, now, self._trusted) if peer.role == Role.AGENT else ''
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

    def _ask_about_guest(self, peer):
        """Who comes by invitation does not ask: the invitation is the request."""
        permissions = sorted(self.ceiling(peer))
        if permissions:
            self._ask(peer, 'consent' if peer.role == Role.AGENT else 'admission', permissions, '', 0)
        else:
            self._turn_out(peer)

    def _record_arrival(self, peer):
        key = peer.public_key.hex()
        if peer.was_active:
            self.journal.write('session.resumed', key=key, participant=peer.number)
        else:
            about = dict(name=peer.name, organisation=peer.organisation or 'unverified', participant=peer.number, role=peer.role)
            self.journal.write('participant.joined', key=key, **about)

    def _greet(self, peer):
        """The first words to a peer, once the broker lets them pass."""
        self._introduce(peer)
        self.announce_participants()
        self._consent_deadline(peer)

    def _introduce(self, peer):
        self.send(peer, Channel.SESSION, capabilities=session.Capabilities(names=sorted(self.capabilities)))
        self.send(peer, Channel.SESSION, platform_info=session.PlatformInfo(os=session.OS_VIRTUAL, version='', can_control=True))

    def _welcome_back(self, peer):
        """What holds after a return is said anew; the user is not asked again (RA-SES-133 to 135)."""
        self.enter(peer, Phase.PAUSED if self.is_paused else Phase.ACTIVE)
        if self.is_paused:
            self.send(peer, Channel.SESSION, pause=session.Pause())
        self._introduce(peer)
        self._send_grants(peer, session.GRANT_SOURCE_RESUME)
        self._take_up(peer)

    def _take_up(self, peer):
        """What a peer gets that is active from now on."""
        self.announce_participants()
        self._issue_capability(peer)
        self.journal.send_to(peer)
        for other in [other for other in self.peers.values() if other.words_said]:
            self.send(peer, Channel.SESSION, words_confirmed=session.WordsConfirmed(participant=other.number))  # RA-SES-144
        self.send(peer, Channel.SESSION, control_lease=self.control.lease())
        self.sharing.update_seers(always=self.sharing.may_see(peer))
        self.sharing.begin(peer)

    # Consent.

    def ceiling(self, peer):
        """The most that may be granted to a peer (RA-SES-031)."""
        tenant = set(self.policy.permissions_ceiling) if self.policy is not None else ALL
        return tenant & role_ceiling(peer.role) & self.invitations.ceiling_for(peer)

    @property
    def _consent_seconds(self):
        return ((self.policy.consent_timeout_ms if self.policy is not None else 0) or 60_000) / 1000

    def _consent_deadline(self, peer):
        """An agent that asks for nothing does not stay for ever."""
        peer.consent_alarm = Alarm(self.clock, lambda: self._turn_out(peer))
        peer.consent_alarm.set(self._consent_seconds)

    def on_session_consent_request(self, peer, request):
        permissions = sorted(set(request.permissions) & self.ceiling(peer))
        if any(question.peer is peer for question in self.questions.values()):
            self._decide(peer, request.request_id, [], Refusal.BUSY)  # RA-SES-015
        elif not permissions:
            self._decide(peer, request.request_id, [], Refusal.POLICY)  # RA-SES-021
            self._turn_out_if_new(peer)
        else:
            if not peer.was_active:
                peer.consent_alarm.clear()
            self._ask(peer, 'consent', permissions, request.reason, request.request_id)

    def _ask(self, peer, about, permissions, reason, request_id):
        self._asked += 1
        question = self.questions[self._asked] = Question(self._asked, peer, about, permissions, reason, request_id)
        question.deadline = Alarm(self.clock, lambda: self._close(question, {}, Refusal.TIMEOUT))
        question.deadline.set(self._consent_seconds)
        self.journal.write('consent.asked', participant=peer.number, permissions=','.join(map(str, permissions)))
        # An empty organisation is to be shown as: nobody vouches for this name (RA-SEC-053).
        self.tell('asked', question=question.number, about=about, participant=peer.number, permissions=permissions, reason=reason,
                  name=peer.name, organisation=peer.organisation)  # fmt: skip

    def answer(self, number, permissions, expires_in_ms=0):
        """The user's answer to a question: what is granted, possibly nothing. Raises KeyError if it is not open."""
        question = self.questions[number]
        granted = {permission: expires_in_ms for permission in permissions if permission in question.permissions}  # RA-SES-016
        self._close(question, granted, Refusal.UNSPECIFIED if granted else Refusal.DENIED)

    def _close(self, question, granted, reason):
        del self.questions[question.number]
        question.deadline.clear()
        self.tell('question-closed', question=question.number)
        peer = question.peer
        self.journal.write('consent.decided', participant=peer.number, permissions=','.join(map(str, sorted(granted))))
        if granted:
            self._admit(peer, question, granted)
        else:
            if peer.is_let_in:
                self._decide(peer, question.request_id, [], reason)
            self._turn_out_if_new(peer)

    def _admit(self, peer, question, granted):
        first = not peer.was_active
        now = self.clock.now()
        if not peer.is_let_in:
            self.relay.tell(admit=relay.Admit(participant=peer.number))
            peer.is_let_in = True
            self._introduce(peer)
        grants = [session.Grant(permission=permission, expires_in_ms=ms) for permission, ms in sorted(granted.items())]
        self._decide(peer, question.request_id, grants, Refusal.UNSPECIFIED)
        if first:
            peer.was_active, peer.active_since = True, now
            self.enter(peer, Phase.PAUSED if self.is_paused else Phase.ACTIVE)
            if self.is_paused:
                self.send(peer, Channel.SESSION, pause=session.Pause())  # RA-SES-055
        changed = {**peer.grants, **{permission: now + ms / 1000 if ms else None for permission, ms in granted.items()}}
        self._change_grants(peer, changed, session.GRANT_SOURCE_CUSTOMER, is_new=first)

    def _decide(self, peer, request_id, grants, reason):
        self.send(peer, Channel.SESSION, decision=session.Decision(request_id=request_id, granted=grants, reason=reason))

    def _turn_out_if_new(self, peer):
        if not peer.was_active:
            self._turn_out(peer)

    def _turn_out(self, peer):
        """Consent was denied: the peer goes (RA-SES-017)."""
        code = Code.NOT_ADMITTED if peer.invite_id else Code.CONSENT_DENIED
        self.end_peer(peer, code, 'The user said no.')

    # Grants.

    def set_grants(self, number, permissions, expires_in_ms=0):
        """The user gives and takes: the whole set that a participant holds from now on (RA-SES-034)."""
        peer, now = self.peers[number], self.clock.now()
        fresh = now + expires_in_ms / 1000 if expires_in_ms else None
        wanted = set(permissions) & self.ceiling(peer)
        self._change_grants(peer, {permission: peer.grants.get(permission, fresh) for permission in wanted}, session.GRANT_SOURCE_CUSTOMER)

    def _change_grants(self, peer, grants, source, is_new=False):
        lost, gained = peer.grants.keys() - grants.keys(), grants.keys() - peer.grants.keys()
        peer.grants = grants
        if Permission.CONTROL_INPUT in lost:
            self.control.take_from(peer)  # RA-SES-045
        self._send_grants(peer, source)
        for permission in sorted(lost | gained):
            state = 'given' if permission in gained else 'taken'
            about = dict(expires=self._expires_wall_ms(grants.get(permission)), participant=peer.number, permission=permission, source=source)
            self.journal.write('grant.changed', state=state, **about)
        if Permission.VIEW_SCREEN in lost:
            self.sharing.stop(peer, Refusal.NO_GRANT)
            self.sharing.drop([peer])
        self.clipboard.on_grants(peer, lost)
        if is_new:
            self._take_up(peer)
        else:
            self.announce_participants()
            self._issue_capability(peer)
            self.sharing.update_seers()
            if Permission.VIEW_SCREEN in gained:
                self.sharing.begin(peer)
        self._arm_expiry()

    def _expires_wall_ms(self, at):
        return 0 if at is None else self.clock.wall_ms() + round((at - self.clock.now()) * 1000)

    def _send_grants(self, peer, source):
        now = self.clock.now()
        grants = [
            session.Grant(permission=permission, expires_in_ms=0 if at is None else max(1, round((at - now) * 1000)))
            for permission, at in sorted(peer.grants.items())
        ]
        self.send(peer, Channel.SESSION, grant_changed=session.GrantChanged(participant=peer.number, grants=grants, source=source))

    def _arm_expiry(self):
        times = [at for peer in self.peers.values() for at in peer.grants.values() if at is not None]
        self._expiry.set(max(0, min(times) - self.clock.now())) if times else self._expiry.clear()

    def _expire(self):
        """Takes what has expired (RA-SES-033)."""
        now = self.clock.now()
        for peer in list(self.peers.values()):
            kept = {permission: at for permission, at in peer.grants.items() if at is None or at > now}
            if len(kept) < len(peer.grants):
                self._change_grants(peer, kept, session.GRANT_SOURCE_EXPIRY)
        self._arm_expiry()

    def grants_for(self, peer):
        now = self.clock.now()
        return {permission for permission, at in peer.grants.items() if at is None or at > now}

    def has_lease(self, peer):
        return self.control.holder == peer.number

    def _issue_capability(self, peer):
        """Signs what a peer holds (RA-SEC-235)."""
        if not peer.is_assisting:
            return
        self._serial += 1
        now = self.clock.wall_ms()
        fields = (peer.number, peer.public_key, peer.role, list(peer.grants), now, now + CAPABILITY_LIFE_MS, self.sharing.sealer.epoch, self._serial)
        signed = audit.capability(self.key, self.session_id, *fields)
        self.send(peer, Channel.SESSION, capability=session.Capability(signed=signed))
        self.journal.write('capability.issued', form=signed[:-64].hex(), participant=peer.number, serial=self._serial)
        if not self._renewal.is_set:
            self._renewal.set(CAPABILITY_SECONDS)

    def _renew_capabilities(self):
        for peer in self.assisting():
            self._issue_capability(peer)

    # Participants.

    def announce_participants(self):
        """Tells everybody who is here (RA-SES-071, RA-SES-072)."""
        self._revision += 1
        listed = [self._describe_self()] + [self._describe(peer) for peer in self.peers.values() if peer.keys is not None]
        listed.sort(key=lambda participant: participant.participant)
        message = session.Participants(revision=self._revision, participants=listed)
        for peer in self.secured():
            self.send(peer, Channel.SESSION, participants=message)

    def _describe_self(self):
        return session.Participant(participant=self.number, role=Role.CUSTOMER, phase=Phase.ACTIVE)

    def _describe(self, peer):
        return session.Participant(
            participant=peer.number, role=peer.role, phase=peer.phase, lead=peer.lead, in_control=self.control.holder == peer.number,
            recording=getattr(peer, 'is_recording', False), display_name=peer.name, organisation=peer.organisation, grants=sorted(peer.grants),
        )  # fmt: skip

    def on_session_remove(self, peer, remove):
        if not peer.lead:
            self._refuse(peer, remove.request_id, Refusal.POLICY)  # RA-SES-076
        elif remove.participant in (self.number, peer.number):
            self._refuse(peer, remove.request_id, Refusal.INVALID)
        elif remove.participant not in self.peers:
            self._refuse(peer, remove.request_id, Refusal.NOT_FOUND)
        else:
            self.remove(remove.participant)

    def refuse_session_remove(self, peer, remove, reason):
        self._refuse(peer, remove.request_id, reason)

    def _refuse(self, peer, request_id, reason):
        self.send(peer, Channel.SESSION, refused=session.Refused(request_id=request_id, reason=reason))

    def remove(self, number):
        """Somebody is turned out (RA-SES-075)."""
        self.end_peer(self.peers[number], Code.REMOVED, 'It was removed.')

    def set_lead(self, number):
        """Names the lead (RA-SES-077)."""
        for peer in self.peers.values():
            peer.lead = peer.number == number
        self.lead = number
        self.relay.tell(set_lead=relay.SetLead(participant=number))
        for peer in self.assisting():
            self.send(peer, Channel.SESSION, lead_changed=session.LeadChanged(participant=number))
        self.announce_participants()
        self.journal.write('lead.changed', participant=number)

    def end_peer(self, peer, code, why):
        """Turns a peer out, with a code (docs/spec/relay.md, "Admission and eviction")."""
        if peer.phase == Phase.GONE or self.relay.is_over:
            return
        if self.is_admitted:
            self.relay.tell(evict=relay.Evict(participant=peer.number, code=code))
            self.leave(peer, code)
        else:
            self.relay.bye(code)

    def on_suspended(self, peer):
        self._close_down(peer)
        self.journal.lost(peer)
        if peer.was_active:
            self.sharing.drop([peer])

    def on_leaving(self, peer, code):
        self._close_down(peer)
        if peer.keys is not None and not getattr(peer, 'is_leaving', False):
            self.journal.write('participant.left', code=code, participant=peer.number)
        for question in [question for question in self.questions.values() if question.peer is peer]:
            del self.questions[question.number]
            question.deadline.clear()
            self.tell('question-closed', question=question.number)
        if hasattr(peer, 'consent_alarm'):
            peer.consent_alarm.clear()

    def _close_down(self, peer):
        """Nothing of a peer stays open that is not there."""
        self.control.take_from(peer)  # RA-SES-136
        self.control.forget(peer)
        self.sharing.stop(peer)
        self.clipboard.forget(peer)

    def on_left(self, peer, code):
        if self.relay.is_over:
            return
        self.sharing.update_seers()
        agents = [other for other in self.assisting() if other.role == Role.AGENT]
        if peer.lead and peer.was_active and agents:
            self.set_lead(min(agents, key=lambda other: other.active_since).number)
        self.announce_participants()

    # Pause, stop, end.

    def pause(self):
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

    def unpause(self):
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

    def stop(self):
        """The user stops the session (RA-SES-058)."""
        self.end(Code.STOPPED)

    def end(self, code):
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

    def _arm_limits(self):
        policy = self.policy
        idle, duration = (policy.idle_timeout_ms, policy.max_session_duration_ms) if policy is not None else (0, 0)
        for alarm, ms in zip(self._limits, (idle, duration)):
            if ms:
                alarm.set(ms / 1000)  # RA-SES-115, RA-SES-116

    def receive(self, peer, head, message):
        if head.channel in (Channel.INPUT, Channel.FILE, Channel.CHAT) and self._limits[0].is_set:
            self._limits[0].set(self.policy.idle_timeout_ms / 1000)
        return not self.is_stopped_for(message) and super().receive(peer, head, message)

    def is_stopped_for(self, message):
        """Once the user has stopped, nothing counts but signatures."""
        return self.is_stopped and message.WhichOneof('kind') != 'audit_sign'

    def on_ended(self, code, detail):
        self.is_stopped = True
        if not self.relay.is_over or self.journal.log is not None:
            self.journal.end(code)
        for alarm in [self._expiry, self._renewal, *self._limits]:
            alarm.clear()
        super().on_ended(code, detail)

    # Words, recording, organisations.

    def confirm_words(self, number):
        """The user says that the words are the same (RA-SES-142)."""
        peer = self.peers[number]
        peer.words_said = True
        for other in self.secured():
            self.send(other, Channel.SESSION, words_confirmed=session.WordsConfirmed(participant=number))
        self.journal.write('words.confirmed', by=self.number, participant=number)

    def on_session_words_confirmed(self, peer, _):
        """The other side says so; it counts once our own user does (RA-SES-141)."""
        self.journal.write('words.confirmed', by=peer.number, participant=peer.number)

    def on_session_recording_state(self, peer, state):
        peer.is_recording = state.recording
        for other in self.assisting():
            message = session.RecordingState(participant=peer.number, recording=state.recording)
            self.send(other, Channel.SESSION, recording_state=message)  # RA-SES-078
        self.announce_participants()
        self.journal.write('recording.changed', participant=peer.number, state='on' if state.recording else 'off')
        self.tell('recording', participant=peer.number, recording=state.recording)

    def refuse_session_recording_state(self, peer, _, reason):
        self._refuse(peer, 0, reason)

"""What every participant does: opens and seals, keeps to the rule matrix, and shows that it is alive (docs/spec/session.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import handshake, rules
from .audit import SessionKey
from .clock import Alarm, LoopClock
from .frame import Sequences
from .handshake import HandshakeError
from .peer import Peer
from .relay import Relay
from .rules import Violation
from .schema import Channel, Code, Phase, Role, frame, session, short
from .schema import handshake as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from google.protobuf.message import Message

    from .clock import Clock
    from .frame import Head
    from .handshake import Bound
    from .schema import common, relay

ALIVE_SECONDS = 2
SILENCE_SECONDS = 6
HANDSHAKE_SECONDS = 15


class Session:
    """One participant in one session. Subclasses have a `role`, `parts` that handle channels, and what is theirs to decide.

    A handler is a method on_CHANNEL_KIND(peer, message) of the session or one of its parts, such as on_session_decision.
    `listener` is called with (event, **facts) when something happened that a user or program may want to know.
    """

    role = None
    capabilities = ()

    def __init__(self, url: str, hello: relay.Hello, listener: Callable | None = None, clock: Clock | None = None) -> None:
        self.clock = clock or LoopClock()
        self.key = SessionKey()
        self.listener = listener or (lambda event, **facts: None)
        self.relay = Relay(url, self.clock, hello, self)
        self.peers, self.sequences = {}, Sequences()
        self.phase = Phase.JOINING
        self.code = None
        self.lead = 0
        self.parts = [self]
        self._alive = Alarm(self.clock, self._tend)
        self._limits = [Alarm(self.clock, lambda code=code: self.end(code)) for code in (Code.IDLE, Code.DURATION)]

    def start(self) -> None:
        self.relay.start()

    @property
    def number(self) -> int:
        return self.relay.number

    @property
    def session_id(self) -> bytes:
        return self.relay.welcome.session_id

    @property
    def policy(self) -> common.Policy:
        """The policy, where the broker gave one."""
        return self.relay.welcome.policy if self.relay.welcome.HasField('policy') else None

    def tell(self, event: str, **facts: Any) -> None:
        self.listener(event, **facts)

    # The relay's words.

    def on_welcome(self, returned: bool) -> None:
        self.phase = Phase.LIVE
        if not returned:
            self.tell('phase', participant=0, phase=Phase.LIVE)
            self._alive.set(ALIVE_SECONDS / 4)

    def on_line(self, state: str) -> None:
        """A line is asked for ('opening') and is open ('up'), welcomed or not, or none came of it ('failed'); or it is over as far as this end knows ('down')."""
        self.tell('line', state=state)

    def on_lost(self) -> None:
        for peer in list(self.peers.values()):
            self.suspend(peer)

    def on_ended(self, code: int, detail: str) -> None:
        self.phase, self.code = Phase.ENDED, code
        for alarm in [self._alive, *self._limits]:
            alarm.clear()
        for part in self.parts:
            if part is not self:
                part.on_end()
        for peer in list(self.peers.values()):
            self._gone(peer)
        self.tell('ended', code=code, detail=detail)

    def on_roster(self, roster: relay.Roster) -> None:
        """Follows who is attached: drops, returns, departures."""
        self.lead = next((entry.participant for entry in roster.entries if entry.lead), self.lead)
        present = {entry.participant: entry for entry in roster.entries if entry.phase != Phase.GONE}
        waits = self.number in present and present[self.number].phase == Phase.CANDIDATE
        for number, peer in list(self.peers.items()):
            if number in present:
                continue
            if waits:
                self.suspend(peer)  # RA-SES-026
            else:
                self.leave(peer, Code.LEFT)
        for number, entry in present.items():
            if number != self.number:
                self._meet(entry)
        self.on_present(present)

    def _meet(self, entry: relay.RosterEntry) -> None:
        peer = self.peers.get(entry.participant)
        is_known = peer is not None
        if peer is None:
            if not self.is_counterpart(entry):
                return
            peer = self.peers[entry.participant] = Peer(entry.participant, entry.role, entry.display_name, entry.lead, entry.invite_id)
            self.tell('phase', participant=peer.number, phase=peer.phase)
        peer.lead, peer.name = entry.lead, entry.display_name or peer.name  # a candidate is told no names
        lines = self.relay.welcome.incarnation, entry.incarnation
        is_new = lines != peer.lines
        if entry.incarnation != peer.lines[1]:
            self.sequences.forget(peer.number)
        peer.lines = lines
        if entry.phase == Phase.SUSPENDED or is_new and is_known:
            self.suspend(peer)
        if entry.phase in (Phase.ADMITTED, Phase.CANDIDATE):
            self.on_reachable(peer, is_new)

    def is_counterpart(self, entry: relay.RosterEntry) -> bool:
        raise NotImplementedError

    def on_present(self, present: dict[int, relay.RosterEntry]) -> None:
        """Who is attached now, by number."""

    def on_reachable(self, peer: Peer, is_new: bool) -> None:
        """Both lines stand; `is_new` if one of them does for the first time."""

    # How long it may last.

    def arm_limits(self) -> None:
        """From now on the session ends when nothing happens for too long, and when it has lasted too long (RA-SES-115, RA-SES-116)."""
        policy = self.policy
        idle, duration = (policy.idle_timeout_ms, policy.max_session_duration_ms) if policy is not None else (0, 0)
        for alarm, ms in zip(self._limits, (idle, duration)):
            if ms and not alarm.is_set:
                alarm.set(ms / 1000)

    def _something_happened(self, channel: int) -> None:
        if channel in (Channel.INPUT, Channel.MEDIA, Channel.FILE, Channel.CHAT) and self._limits[0].is_set:
            self._limits[0].set(self.policy.idle_timeout_ms / 1000)

    def end(self, code: int) -> None:
        """The session is over for this end."""
        raise NotImplementedError

    # Frames of the counterparts.

    def on_frame(self, head: Head, payload: bytes) -> None:
        peer = self.peers.get(head.source)
        if peer is None or peer.phase == Phase.GONE:
            return
        try:
            self.sequences.take(head)
            self._check_targets(head)
            peer.heard_at = self.clock.now()
            if head.channel == Channel.HANDSHAKE:
                self.on_handshake(peer, handshake.decode(payload))
            elif head.channel == Channel.RELAY:
                raise Violation(Code.FORBIDDEN_MESSAGE, 'a channel for the broker alone')
            elif peer.is_secured:
                for message in self._open(peer, head, payload):
                    if not self.receive(peer, head, message):
                        break
        except Violation as violation:
            self.end_peer(peer, violation.code, str(violation))

    def _check_targets(self, head: Head) -> None:
        if self.number not in head.targets or len(head.targets) > 1 and head.channel != Channel.MEDIA:
            raise Violation(Code.BAD_HEADER, 'a frame for somebody else')  # RA-RLY-014

    def _open(self, peer: Peer, head: Head, payload: bytes) -> list[Message]:
        if head.channel == Channel.MEDIA:
            return rules.unpack(head.channel, peer.media.open(head, payload))
        plaintext = peer.open(head, payload)
        messages = rules.unpack(head.channel, plaintext)
        peer.received[head.channel] = peer.received.get(head.channel, 0) + len(messages)
        return messages

    def receive(self, peer: Peer, head: Head, message: Message) -> bool:
        """Judges a message by its rule, and hands it on; gives whether the peer is still there for the next."""
        self._something_happened(head.channel)
        if not rules.is_known(message):
            if peer.may_say_unsupported(self.clock.now()):
                # Not `self.send`, which may hold back: whoever is heard can be answered.
                answer = session.Unsupported(channel=head.channel, sequence=head.sequence)
                Session.send(self, peer, Channel.SESSION, unsupported=answer)
            return True
        rule = rules.rule_for(message, peer.role, self.role)
        kind = message.WhichOneof('kind')
        body, name = getattr(message, kind), f'{short(frame.Channel, head.channel).lower()}_{kind}'
        refusal = rules.refusal_of(rule, peer.phase, self.grants_for(peer), self.has_lease(peer), self.is_elevated(peer))
        if refusal is None:
            self._call(f'on_{name}', peer, body)
        elif rule.otherwise == rules.REFUSE:
            self._call(f'refuse_{name}', peer, body, refusal)
        elif rule.otherwise == rules.FATAL:
            raise Violation(Code.WRONG_PHASE, f'{kind} is not legal now')
        return peer.phase not in (Phase.GONE, Phase.SUSPENDED)

    def _call(self, name: str, *arguments: Any) -> None:
        for part in self.parts:
            handler = getattr(part, name, None)
            if handler is not None:
                handler(*arguments)
                return

    def grants_for(self, peer: Peer) -> Collection[int]:
        """The grants that count for messages between this end and that peer: those of whoever is not the customer."""
        return peer.grants

    def has_lease(self, peer: Peer) -> bool:
        return True

    def is_elevated(self, peer: Peer) -> bool:
        return False

    # Messages to the counterparts.

    def send(self, peer: Peer, channel: int, *messages: Message, **kind: Any) -> None:
        """Seals messages of a channel for a peer: `send(peer, Channel.CHAT, chat=Chat(...))`. Does nothing where the peer has no keys."""
        if kind:
            messages = [rules.MESSAGES[channel](**kind)]
        if not peer.is_secured or channel not in peer.sealers or not self.relay.is_live:
            return
        self._something_happened(channel)
        head = self.relay.head(channel, (peer.number,))
        peer.sent[channel] = peer.sent.get(channel, 0) + len(messages)
        self.relay.send(head, peer.sealers[channel].seal(head, rules.pack(messages)))

    # The handshake.

    def own_words(self, peer: Peer) -> wire.HandshakeShare:
        """What this end says of itself in a handshake, but for its key."""
        said = wire.HandshakeShare(role=self.role, capabilities=sorted(self.capabilities))
        said.version.SetInParent()
        return said

    def bound(self, customer: int, joiner: int, joiner_role: int) -> Bound:
        return handshake.Bound(self.session_id, self.policy, customer, joiner, joiner_role)

    def step_exchange(self, peer: Peer, message: wire.HandshakeMessage) -> None:
        """Gives a handshake message to the exchange with that peer, and sends what it answers."""
        exchange = peer.exchange
        try:
            answers = exchange.take(message)
        except HandshakeError as error:
            self.fail_exchange(peer, error)
            return
        for answer in answers:
            self.relay.send_clear(Channel.HANDSHAKE, peer.number, answer)
        if exchange.keys is not None:
            peer.deadline.clear()
            peer.secure(exchange.keys, exchange.theirs, 'customer' if self.role == Role.CUSTOMER else 'joiner', self.clock)
            self.on_secured(peer)

    def fail_exchange(self, peer: Peer, error: HandshakeError) -> None:
        """Ends an exchange; the counterpart is told unless it said so itself (RA-SEC-036)."""
        peer.exchange = None
        peer.deadline.clear()
        if not error.told:
            self.relay.send_clear(Channel.HANDSHAKE, peer.number, handshake.failure_of(error))
        self.on_exchange_failed(peer, error)

    def guard_exchange(self, peer: Peer, seconds: float) -> None:
        peer.deadline = Alarm(self.clock, lambda: self.fail_exchange(peer, HandshakeError(Code.TIMEOUT, 'The other end did not answer in time.')))
        peer.deadline.set(seconds)

    # Phases.

    def enter(self, peer: Peer, phase: int) -> None:
        if peer.phase != phase:
            peer.phase = phase
            self.tell('phase', participant=peer.number, phase=phase)

    def suspend(self, peer: Peer) -> None:
        """The peer's line, or this end's, does not carry any more. It may come back within the grace period (RA-SES-114)."""
        if peer.phase in (Phase.SUSPENDED, Phase.GONE):
            return
        if peer.exchange is not None:
            peer.deadline.clear()
            peer.exchange = None
        self.enter(peer, Phase.SUSPENDED)  # from now on nothing is said to it
        self.on_suspended(peer)
        peer.forget_keys()
        peer.grace = Alarm(self.clock, lambda: self.end_peer(peer, Code.GRACE_EXPIRED, 'It did not come back in time.'))
        peer.grace.set(self.relay.welcome.grace_ms / 1000)

    def lose(self, peer: Peer) -> None:
        """The peer is silent, or does not hear, though both lines seem to stand: nothing is said to it before one of them is another."""
        self.suspend(peer)

    def resume_phase(self, peer: Peer, phase: int) -> None:
        """Leaves SUSPENDED."""
        if peer.phase == Phase.SUSPENDED:
            peer.grace.clear()
        self.enter(peer, phase)

    def _gone(self, peer: Peer) -> None:
        if peer.phase == Phase.SUSPENDED:
            peer.grace.clear()
        if peer.exchange is not None:
            peer.deadline.clear()
            peer.exchange = None
        peer.forget_keys()
        peer.resume_secrets, peer.grants = [], {}
        self.peers.pop(peer.number, None)
        self.enter(peer, Phase.GONE)

    def leave(self, peer: Peer, code: int) -> None:
        """The peer is gone for good."""
        if peer.phase != Phase.GONE:
            self.on_leaving(peer, code)
            self._gone(peer)
            self.on_left(peer, code)

    def end_peer(self, peer: Peer, code: int, why: str) -> None:
        raise NotImplementedError

    def on_handshake(self, peer: Peer, message: wire.HandshakeMessage) -> None:
        raise NotImplementedError

    def on_secured(self, peer: Peer) -> None:
        raise NotImplementedError

    def on_exchange_failed(self, peer: Peer, error: HandshakeError) -> None:
        raise NotImplementedError

    def on_suspended(self, peer: Peer) -> None:
        """Called for a peer that is suspended, before its keys go."""

    def on_leaving(self, peer: Peer, code: int) -> None:
        """Called before a peer that leaves is forgotten."""

    def on_left(self, peer: Peer, code: int) -> None:
        """Called after."""

    # Life of the line.

    def _tend(self) -> None:
        """Looks after everybody four times in two seconds: says Alive when it is due, and notices who is silent."""
        now = self.clock.now()
        for peer in list(self.peers.values()):
            if peer.is_assisting:
                if now - peer.heard_at >= SILENCE_SECONDS:
                    self.lose(peer)  # RA-SES-112
                elif now * 1e6 - peer.own_alive >= (ALIVE_SECONDS - 0.5) * 1e6:
                    self._say_alive(peer)
        self._alive.set(ALIVE_SECONDS / 4)

    def _say_alive(self, peer: Peer) -> None:
        now_us = max(int(self.clock.now() * 1e6), peer.own_alive + 1)
        received = [session.Alive.Received(channel=channel, count=count) for channel, count in sorted(peer.received.items())]
        held = int((self.clock.now() - peer.newest_alive_at) * 1e6) if peer.newest_alive else 0
        peer.sent_at_alive[now_us] = dict(peer.sent)
        peer.own_alive = now_us
        if len(peer.sent_at_alive) > 64:
            del peer.sent_at_alive[min(peer.sent_at_alive)]
        self.send(peer, Channel.SESSION, alive=session.Alive(received=received, sent_at_us=now_us, echo_us=peer.newest_alive, held_us=held))

    def on_session_alive(self, peer: Peer, alive: session.Alive) -> None:
        peer.newest_alive, peer.newest_alive_at = alive.sent_at_us, self.clock.now()
        if alive.echo_us == peer.own_alive and alive.echo_us in peer.sent_at_alive:
            counted = {entry.channel: entry.count for entry in alive.received}
            if any(counted.get(channel, 0) < count for channel, count in peer.sent_at_alive[alive.echo_us].items()):
                self.lose(peer)  # RA-SES-118: something that was sent did not arrive

    def on_session_unsupported(self, peer: Peer, unsupported: session.Unsupported) -> None:
        """Never answered (RA-SES-009)."""

    def on_session_capabilities(self, peer: Peer, capabilities: session.Capabilities) -> None:
        peer.capabilities = list(capabilities.names)

"""A counterpart, as this end sees it: phase, keys, and what was said and heard (docs/spec/session.md, "Peer machine" and "Life of the line")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .binary import sha256
from .records import MediaOpener, Opener, Sealer
from .rules import Violation
from .schema import Channel, Code, PasswordClass, Permission, Phase, Role

if TYPE_CHECKING:
    from .clock import Clock
    from .frame import Head
    from .handshake import Keys
    from .schema import handshake

SECURED = {Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED}
ASSISTING = {Phase.ACTIVE, Phase.PAUSED}
UNSUPPORTED_PER_SECOND = 10
ASKED_PER_SECOND = 50
UNCOUNTED = {'alive', 'audit_sign', 'unsupported', 'frame_ack', 'request_keyframe'}


class Peer:
    """One counterpart. The customer has one for each other participant; everybody else has one, the customer."""

    def __init__(self, number: int, role: int, name: str = '', lead: bool = False, invite_id: bytes = b'') -> None:
        self.number, self.role, self.name, self.lead, self.invite_id = number, role, name, lead, invite_id
        self.phase = Phase.SECURING
        self.lines = 0, 0  # how often this end had attached, and the peer, when the roster was looked at last
        self.was_active = False  # a Decision granted something, or admitted it
        self.grants = {}  # permission -> when it expires by the clock, or None
        self.exchange = self.keys = None
        self.active_since = None
        self.is_leaving = self.is_recording = False
        self.deadline = self.grace = self.consent_alarm = None  # Alarms: of the exchange, of a return, of an agent that asks for nothing
        self.password_class, self.code = PasswordClass.UNSPECIFIED, None  # of the exchange, at a joiner
        self.resume_secrets = []  # those that may be proven on a return, newest first
        self.public_key = self.credential = None
        self.words_said = False
        self.is_let_in = False  # the broker passes on more than HANDSHAKE
        self.organisation = ''
        self.capabilities = []
        self.forget_keys()

    def forget_keys(self) -> None:
        self.sealers, self.openers, self.media = {}, {}, MediaOpener()
        self.sent, self.received = {}, {}
        self.sent_at_alive = {}  # our clock in an Alive -> what had been sent before it
        self.newest_alive = self.newest_alive_at = self.own_alive = 0
        self.heard_at = None
        self._unsupported = []
        self._asks_left, self._asked_at = ASKED_PER_SECOND, 0

    def secure(self, keys: Keys, theirs: handshake.HandshakeShare, own: str, clock: Clock) -> None:
        """Takes the keys of an exchange; `own` is 'customer' or 'joiner'."""
        self.forget_keys()
        self.keys, self.exchange, self.words_said, self.has_opened = keys, None, False, False
        other = 'joiner' if own == 'customer' else 'customer'
        for (channel, sender), secret in keys.traffic.items():
            if sender == own:
                self.sealers[channel] = Sealer(secret, clock.now)
            elif sender == other:
                self.openers[channel] = Opener(secret)
        keys.traffic.clear()
        # The counterpart may not have got so far: the secret before counts until it has shown the new keys.
        self.resume_secrets = [keys.resume, *self.resume_secrets[:1]]
        self.public_key, self.credential, self.capabilities = theirs.public_key, theirs.credential, list(theirs.capabilities)
        self.heard_at = clock.now()

    def resume_secret(self, name: bytes) -> bytes | None:
        """The secret of that name, of those that may be proven; None if there is none."""
        return next((secret for secret in self.resume_secrets if sha256(secret)[:16] == name), None)

    @property
    def is_secured(self) -> bool:
        return self.phase in SECURED

    @property
    def is_assisting(self) -> bool:
        return self.phase in ASSISTING

    def holds(self, permission: int) -> bool:
        return permission in self.grants

    def open(self, head: Head, record: bytes) -> bytes:
        """The plaintext of a pairwise record. Raises Violation."""
        if head.channel not in self.openers:
            raise Violation(Code.FORBIDDEN_MESSAGE, 'a channel that is closed to this role')
        plaintext = self.openers[head.channel].open(head, record)
        self.resume_secrets, self.has_opened = self.resume_secrets[:1], True
        return plaintext

    def count(self, channel: int, kind: str | None, now: float) -> None:
        """Counts what is asked of a customer. Raises Violation where that is more than it takes (RA-SES-080)."""
        if channel not in (Channel.SESSION, Channel.SCREEN) or kind in UNCOUNTED:
            return
        self._asks_left = min(ASKED_PER_SECOND, self._asks_left + (now - self._asked_at) * ASKED_PER_SECOND) - 1
        self._asked_at = now
        if self._asks_left < 0:
            raise Violation(Code.RATE, 'more than a customer can answer')

    def may_say_unsupported(self, now: float) -> bool:
        """Whether another Unsupported is allowed within this second; counts it (RA-SES-008)."""
        self._unsupported = [at for at in self._unsupported if now - at < 1]
        if len(self._unsupported) >= UNSUPPORTED_PER_SECOND:
            return False
        self._unsupported.append(now)
        return True


def role_ceiling(role: int) -> set[int]:
    """The most that a role may be granted (docs/spec/session.md, "Grants")."""
    everything = set(vars(Permission).values()) - {Permission.UNSPECIFIED}
    return everything if role == Role.AGENT else {Permission.VIEW_SCREEN, Permission.CHAT, Permission.RECORD}

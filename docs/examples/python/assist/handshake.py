"""The handshake: what is bound, and the two ends of an exchange (docs/spec/handshake.md).

`CustomerExchange` and `JoinerExchange` take messages and give messages; they know no line and no clock.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from . import cpace
from .audit import verify
from .binary import hkdf_expand, hkdf_extract, lv, sha256
from .rules import Violation, check_limits
from .schema import Channel, Code, PasswordClass, Role, handshake
from .words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .audit import SessionKey
    from .schema import common

PAIRWISE = {
    Role.AGENT: [Channel.SESSION, Channel.SCREEN, Channel.INPUT, Channel.CLIPBOARD, Channel.FILE, Channel.ELEVATION, Channel.CHAT, Channel.ANNOTATION],
    Role.VIEWER: [Channel.SESSION, Channel.SCREEN, Channel.CHAT],
}
FAILURES = {Code.INCOMPATIBLE, Code.TIMEOUT, Code.WRONG_SECRET, Code.HANDSHAKE, Code.ATTEMPTS}


class HandshakeError(Exception):
    """The exchange is over. `code` says why; `told` whether the counterpart said so, and so needs no answer."""

    def __init__(self, code: int, why: str, told: bool = False, attempts_left: int = 0) -> None:
        super().__init__(why)
        self.code, self.told, self.attempts_left = code, told, attempts_left


class Secret:
    """A secret that both ends know: its class, its name on the wire, and the password that CPace proves (RA-SEC-020)."""

    def __init__(self, password_class: int, password: bytes, name: bytes = b'') -> None:
        self.password_class, self.password, self.name = password_class, password, name

    @staticmethod
    def pin(digits: str) -> Secret:
        return Secret(PasswordClass.PIN, digits.encode())

    @staticmethod
    def link(digits: str, link_secret: bytes) -> Secret:
        return Secret(PasswordClass.LINK, digits.encode() + link_secret)

    @staticmethod
    def invite(invite_id: bytes, secret: bytes) -> Secret:
        return Secret(PasswordClass.INVITE, secret, invite_id)

    @staticmethod
    def resume(secret: bytes) -> Secret:
        return Secret(PasswordClass.RESUME, secret, sha256(secret)[:16])


class Bound:
    """What both ends of an exchange know before it begins."""

    def __init__(self, session_id: bytes, policy: common.Policy | None, customer: int, joiner: int, joiner_role: int) -> None:
        self.session_id, self.policy_hash = session_id, policy_hash(policy)
        self.customer, self.joiner, self.joiner_role = customer, joiner, joiner_role

    def channel_identifier(self, start: handshake.HandshakeStart) -> bytes:
        return lv('RA1-channel', 1, start.suite, start.password_class, start.secret_id, Role.CUSTOMER, self.customer, self.joiner_role, self.joiner)

    def sid(self, customer_nonce: bytes, joiner_nonce: bytes) -> bytes:
        return sha256(lv('RA1-sid', self.session_id, customer_nonce, joiner_nonce))


def policy_hash(policy: common.Policy | None) -> bytes:
    """SHA-256 of the transcript form of a policy; of none at all if `policy` is None (RA-SEC-031)."""
    if policy is None:
        return sha256(lv('RA1-policy'))
    fields = sorted(policy.DESCRIPTOR.fields, key=lambda field: field.number)
    return sha256(lv('RA1-policy', *(_plain(getattr(policy, field.name)) for field in fields)))


def _plain(value: Iterable[int] | int) -> int | list[int]:
    return value if isinstance(value, (int, bool)) else list(value)


def associated_data(said: handshake.HandshakeShare) -> bytes:
    """AD of an end, from its own `HandshakeShare` (RA-SEC-015)."""
    version = said.version
    capabilities = sorted(said.capabilities, key=str.encode)
    return lv('RA1-said', said.role, said.public_key, said.credential, said.policy_hash, version.min_minor, version.max_minor, capabilities)


def commitment(share: bytes, ad: bytes) -> bytes:
    return sha256(lv('RA1-commit', share, ad))


def proof_form(role: int, transcript: bytes) -> bytes:
    """What the end of that role signs, to prove that it has the key which it named (RA-SEC-070)."""
    return lv('RA1-proof', role, sha256(transcript))


class Keys:
    """What an exchange gives: traffic secrets by channel and sender, words, the secrets of a return and of the audit log."""

    def __init__(self, isk: bytes, transcript: bytes, joiner_role: int) -> None:
        prk = hkdf_extract(sha256(transcript), isk)
        self.traffic = {
            (channel, sender): hkdf_expand(prk, lv('RA1-traffic', sender, channel), 32)
            for channel in PAIRWISE[joiner_role]
            for sender in ('customer', 'joiner')
        }
        self.words = words_of(hkdf_expand(prk, lv('RA1-words'), 3))
        self.resume = hkdf_expand(prk, lv('RA1-resume'), 32)
        self.audit = hkdf_expand(prk, lv('RA1-audit'), 32)


def decode(payload: bytes) -> handshake.HandshakeMessage:
    """A handshake message, whatever its fields; one without a kind where the bytes are none. The exchange judges it (RA-SEC-029)."""
    try:
        return handshake.HandshakeMessage.FromString(payload)
    except Exception:  # DecodeError of whichever implementation of protobuf is there
        return handshake.HandshakeMessage()


class Exchange:
    """What both ends do alike. `key` is this end's session key, and `said` its `HandshakeShare` but for share, public key and policy hash."""

    def __init__(self, bound: Bound, said: handshake.HandshakeShare, key: SessionKey, random: bytes | None = None) -> None:
        random = random or secrets.token_bytes(96)
        self.bound, self.nonce, self.scalar, self._session_key = bound, random[:32], cpace.scalar_of(random[32:]), key
        self.said = handshake.HandshakeShare()
        self.said.CopyFrom(said)
        self.said.public_key, self.said.policy_hash = key.public, bound.policy_hash
        self.theirs = None
        self.over = False

    def take(self, message: handshake.HandshakeMessage) -> list[handshake.HandshakeMessage]:
        """Takes a `HandshakeMessage`; gives the messages to answer with. Raises HandshakeError, after which nothing more may be sent (RA-SEC-036)."""
        if self.over:
            return []
        try:
            check_limits(message)
            kind = message.WhichOneof('kind')
            if kind == 'failure':
                code = message.failure.code if message.failure.code in FAILURES else Code.HANDSHAKE
                raise HandshakeError(code, 'The other end ended the exchange.', told=True, attempts_left=message.failure.attempts_left)
            if kind != self.due:
                raise HandshakeError(Code.HANDSHAKE, f'{kind} is not due')
            return getattr(self, f'_on_{kind}')(getattr(message, kind))
        except Violation as violation:
            self.over = True
            raise HandshakeError(Code.HANDSHAKE, str(violation)) from violation
        except HandshakeError:
            self.over = True
            raise

    def _begin(self, secret: Secret, start: handshake.HandshakeStart, joiner_nonce: bytes) -> None:
        self.start = start
        self.ci = self.bound.channel_identifier(start)
        self.nonces = (start.nonce, joiner_nonce)
        self.sid = self.bound.sid(*self.nonces)
        self.said.share = cpace.scalar_mult(self.scalar, cpace.calculate_generator(secret.password, self.ci, self.sid))
        self.ad = associated_data(self.said)

    def _check(self, theirs: handshake.HandshakeShare, role: int) -> None:
        """What holds for the share of either end."""
        if theirs.role != role:
            raise HandshakeError(Code.HANDSHAKE, 'another role than in the session')  # RA-SEC-026
        if theirs.policy_hash != self.bound.policy_hash:
            raise HandshakeError(Code.HANDSHAKE, 'another policy')  # RA-SEC-027
        if theirs.share == self.said.share or theirs.public_key == self.said.public_key:
            raise HandshakeError(Code.HANDSHAKE, 'our own words came back')  # RA-SEC-022
        names = list(theirs.capabilities)
        if names != sorted(set(names), key=str.encode):
            raise HandshakeError(Code.HANDSHAKE, 'capabilities out of order')
        lowest = max(self.said.version.min_minor, theirs.version.min_minor)
        self.minor = min(self.said.version.max_minor, theirs.version.max_minor)
        if self.minor < lowest:
            raise HandshakeError(Code.INCOMPATIBLE, 'no version in common')  # RA-SEC-028
        self.theirs = handshake.HandshakeShare()
        self.theirs.CopyFrom(theirs)
        self.their_ad = associated_data(theirs)

    def _agree(self, customer: tuple[bytes, bytes], joiner: tuple[bytes, bytes], committed: bytes) -> None:
        """ISK and keys, from both shares; `customer` and `joiner` are (share, AD)."""
        try:
            k = cpace.scalar_mult(self.scalar, self.theirs.share)
        except cpace.InvalidPoint as error:
            raise HandshakeError(Code.HANDSHAKE, 'a share that is no point') from error
        self.isk = cpace.session_key(self.sid, k, *customer, *joiner)
        self.transcript = lv('RA1-transcript', self.bound.session_id, self.ci, *self.nonces, committed, *customer, *joiner)
        self._keys = Keys(self.isk, self.transcript, self.bound.joiner_role)

    def _own_confirm(self) -> handshake.HandshakeMessage:
        tag = cpace.tag(self.sid, self.isk, self.said.share, self.ad)
        proof = self._session_key.sign(proof_form(self.said.role, self.transcript))
        return handshake.HandshakeMessage(confirm=handshake.HandshakeConfirm(tag=tag, proof=proof))

    def _verify(self, confirm: handshake.HandshakeConfirm) -> None:
        """The tag first: who does not know the secret learns that, whatever the proof is."""
        expected = cpace.tag(self.sid, self.isk, self.theirs.share, self.their_ad)
        if not hmac.compare_digest(expected, confirm.tag):
            raise HandshakeError(Code.WRONG_SECRET, 'The other end did not prove the secret.')  # RA-SEC-033
        if not verify(self.theirs.public_key, confirm.proof, proof_form(self.theirs.role, self.transcript)):
            raise HandshakeError(Code.HANDSHAKE, 'The other end did not prove the key that it named.')  # RA-SEC-071
        self.over = True
        self.keys = self._keys
        del self.isk, self.scalar


class CustomerExchange(Exchange):
    """The customer's end: begins, and is CPace's initiator (RA-SEC-001, RA-SEC-011)."""

    due = 'commit'
    keys = None

    def __init__(
        self, bound: Bound, secret: Secret, said: handshake.HandshakeShare, key: SessionKey, on_release: Callable = lambda: None, random: bytes | None = None
    ) -> None:
        super().__init__(bound, said, key, random)
        self.secret, self._on_release = secret, on_release

    def begin(self) -> handshake.HandshakeMessage:
        """The `HandshakeStart` that begins it."""
        secret = self.secret
        self._start = handshake.HandshakeStart(nonce=self.nonce, password_class=secret.password_class, suite=cpace.SUITE, secret_id=secret.name)
        return handshake.HandshakeMessage(start=self._start)

    def _on_commit(self, commit: handshake.HandshakeCommit) -> list[handshake.HandshakeMessage]:
        if commit.nonce == self.nonce:
            raise HandshakeError(Code.HANDSHAKE, 'our own nonce came back')
        self.committed = commit.commitment
        self._begin(self.secret, self._start, commit.nonce)
        self._on_release()
        self.due = 'share'
        return [handshake.HandshakeMessage(share=self.said)]

    def _on_share(self, theirs: handshake.HandshakeShare) -> list[handshake.HandshakeMessage]:
        self._check(theirs, self.bound.joiner_role)
        if commitment(theirs.share, self.their_ad) != self.committed:
            raise HandshakeError(Code.HANDSHAKE, 'not what was committed to')  # RA-SEC-019
        self._agree((self.said.share, self.ad), (theirs.share, self.their_ad), self.committed)
        self.due = 'confirm'
        return [self._own_confirm()]

    def _on_confirm(self, confirm: handshake.HandshakeConfirm) -> list[handshake.HandshakeMessage]:
        self._verify(confirm)
        return []


class JoinerExchange(Exchange):
    """An agent's or viewer's end. `find_secret(password_class, name)` gives its Secret, or raises HandshakeError."""

    due = 'start'
    keys = None

    def __init__(
        self,
        bound: Bound,
        find_secret: Callable,
        said: handshake.HandshakeShare,
        key: SessionKey,
        on_release: Callable = lambda: None,
        random: bytes | None = None,
    ) -> None:
        super().__init__(bound, said, key, random)
        self._find_secret, self._on_release = find_secret, on_release

    def _on_start(self, start: handshake.HandshakeStart) -> list[handshake.HandshakeMessage]:
        if start.suite != cpace.SUITE:
            raise HandshakeError(Code.INCOMPATIBLE, 'a suite that this end does not speak')  # RA-SEC-023
        if start.nonce == self.nonce:
            raise HandshakeError(Code.HANDSHAKE, 'our own nonce came back')
        secret = self._find_secret(start.password_class, start.secret_id)
        self._begin(secret, start, self.nonce)
        self.committed = commitment(self.said.share, self.ad)
        self.due = 'share'
        return [handshake.HandshakeMessage(commit=handshake.HandshakeCommit(nonce=self.nonce, commitment=self.committed))]

    def _on_share(self, theirs: handshake.HandshakeShare) -> list[handshake.HandshakeMessage]:
        self._check(theirs, Role.CUSTOMER)
        self._agree((theirs.share, self.their_ad), (self.said.share, self.ad), self.committed)
        self._on_release()
        self.due = 'confirm'
        return [handshake.HandshakeMessage(share=self.said)]

    def _on_confirm(self, confirm: handshake.HandshakeConfirm) -> list[handshake.HandshakeMessage]:
        own = self._own_confirm()
        self._verify(confirm)
        return [own]


def failure_of(error: HandshakeError) -> handshake.HandshakeMessage:
    """The `HandshakeFailure` that tells the counterpart."""
    code = error.code if error.code in FAILURES else Code.HANDSHAKE
    return handshake.HandshakeMessage(failure=handshake.HandshakeFailure(code=code, attempts_left=error.attempts_left))


class Attempts:
    """Tries of one code at one end: three, with pauses of 0, 2 and 10 s, each counted when a share is released (RA-SEC-060 to 063)."""

    PAUSES = [0, 2, 10]

    def __init__(self, clock: Callable) -> None:
        self._clock, self._released = clock, []

    @property
    def left(self) -> int:
        return len(self.PAUSES) - len(self._released)

    def wait(self) -> float:
        """Seconds until the next try may begin."""
        if not self._released or not self.left:
            return 0
        return max(0, self._released[-1] + self.PAUSES[len(self._released)] - self._clock())

    def release(self) -> None:
        if not self.left:
            raise HandshakeError(Code.ATTEMPTS, 'No try is left for this code.')  # RA-SEC-061
        self._released.append(self._clock())

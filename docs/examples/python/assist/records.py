"""Sealed records: the bytes, pairwise chains, and media epochs (docs/spec/record.md)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .binary import hkdf_expand
from .rules import MAX_RECORD_BYTES, Violation
from .schema import Code

if TYPE_CHECKING:
    from collections.abc import Callable

    from .frame import Head
    from .schema import session

OVERHEAD = 28
RATCHET_RECORDS = 1 << 22
RATCHET_SECONDS = 600
EPOCH_RECORDS = 1 << 22


def bad(why: str) -> Violation:
    return Violation(Code.BAD_RECORD, why)


def associated_data(head: Head, generation: int, counter: int) -> bytes:
    """Header of the frame and of the record, as bytes (RA-SEC-203). `head` is a Head."""
    targets = b''.join(target.to_bytes(2, 'big') for target in head.targets)
    return b''.join(
        [b'RA1', bytes([head.channel]), head.source.to_bytes(2, 'big'), head.sequence.to_bytes(8, 'big'), bytes([len(head.targets)]), targets]
        + [_prefix(generation, counter)]
    )


def _prefix(generation: int, counter: int) -> bytes:
    return generation.to_bytes(4, 'big') + counter.to_bytes(8, 'big')


def nonce_of(salt: bytes, counter: int) -> bytes:
    """The salt with the counter XORed into its last eight bytes (RA-SEC-202)."""
    return salt[:4] + (int.from_bytes(salt[4:], 'big') ^ counter).to_bytes(8, 'big')


class Cipher:
    """Key and salt of one generation or epoch."""

    def __init__(self, number: int, key: bytes, salt: bytes) -> None:
        self.number, self._aead, self._salt = number, AESGCM(key), salt

    def seal(self, head: Head, counter: int, plaintext: bytes) -> bytes:
        ad = associated_data(head, self.number, counter)
        return _prefix(self.number, counter) + self._aead.encrypt(nonce_of(self._salt, counter), plaintext, ad)

    def open(self, head: Head, counter: int, record: bytes) -> bytes:
        ad = associated_data(head, self.number, counter)
        try:
            return self._aead.decrypt(nonce_of(self._salt, counter), record[12:], ad)
        except InvalidTag as error:
            raise bad('a record that does not open') from error


def read_prefix(record: bytes) -> tuple[int, int]:
    """Generation or epoch, and counter, of a record of plausible length (RA-SEC-204, RA-SEC-208)."""
    if not OVERHEAD <= len(record) <= MAX_RECORD_BYTES + OVERHEAD:
        raise bad('a record of such a length')
    return int.from_bytes(record[:4], 'big'), int.from_bytes(record[4:12], 'big')


class Chain:
    """The generations of one direction of one pairwise channel (RA-SEC-210, RA-SEC-211)."""

    def __init__(self, traffic_secret: bytes) -> None:
        self._secret, self.generation = traffic_secret, 0
        self._derive()

    def _derive(self) -> None:
        key, salt = hkdf_expand(self._secret, 'RA1-record-key', 32), hkdf_expand(self._secret, 'RA1-record-salt', 12)
        self.cipher = Cipher(self.generation, key, salt)

    def next(self) -> Chain:
        """The chain one generation on; this one stays as it is."""
        later = Chain.__new__(Chain)
        later._secret, later.generation = hkdf_expand(self._secret, 'RA1-record-next', 32), self.generation + 1
        later._derive()
        return later


class Sealer:
    """One direction of one pairwise channel, at its sender."""

    def __init__(self, traffic_secret: bytes, clock: Callable) -> None:
        self._chain, self._clock = Chain(traffic_secret), clock
        self._counter = self._in_generation = 0
        self._since = None

    def seal(self, head: Head, plaintext: bytes) -> bytes:
        now = self._clock()
        self._since = now if self._since is None else self._since
        if self._in_generation >= RATCHET_RECORDS or now - self._since >= RATCHET_SECONDS:  # RA-SEC-213
            self._chain, self._in_generation, self._since = self._chain.next(), 0, now
        self._counter += 1
        self._in_generation += 1
        return self._chain.cipher.seal(head, self._counter, plaintext)


class Opener:
    """One direction of one pairwise channel, at its receiver. After a record that it refused it opens nothing more (RA-SEC-221)."""

    def __init__(self, traffic_secret: bytes) -> None:
        self._chain, self._counter, self._broken = Chain(traffic_secret), 0, False

    def open(self, head: Head, record: bytes) -> bytes:
        try:
            return self._open(head, record)
        except Violation:
            self._broken = True
            raise

    def _open(self, head: Head, record: bytes) -> bytes:
        generation, counter = read_prefix(record)
        if self._broken or len(head.targets) != 1:
            raise bad('a record where none may be opened')
        if counter != self._counter + 1:
            raise bad('a record that is not the next')  # RA-SEC-206
        chain = self._chain
        if generation == chain.generation + 1:
            chain = chain.next()
        elif generation != chain.generation:
            raise bad('a record of another generation')  # RA-SEC-214
        plaintext = chain.cipher.open(head, counter, record)
        self._chain, self._counter = chain, counter
        return plaintext


class MediaSealer:
    """The customer's end of MEDIA: one random key for each epoch, for all who may see."""

    def __init__(self, clock: Callable) -> None:
        self._clock, self.epoch = clock, 0
        self.renew()

    def renew(self) -> None:
        """Begins a new epoch, and forgets the key of the one before (RA-SEC-228, RA-SES-151)."""
        self.epoch += 1
        self.key, self.salt = secrets.token_bytes(32), secrets.token_bytes(12)
        self._cipher, self._counter, self._since = Cipher(self.epoch, self.key, self.salt), 0, None

    def is_due(self) -> bool:
        """Whether it is time for a new epoch: 2²² records, or ten minutes since the first (RA-SEC-229, RA-SES-152)."""
        return self._counter >= EPOCH_RECORDS or self._since is not None and self._clock() - self._since >= RATCHET_SECONDS

    def seal(self, head: Head, plaintext: bytes) -> bytes:
        self._since = self._clock() if self._since is None else self._since
        self._counter += 1
        return self._cipher.seal(head, self._counter, plaintext)


class MediaOpener:
    """A viewer's end of MEDIA."""

    def __init__(self) -> None:
        self._cipher, self._counter = None, 0

    def announce(self, media_key: session.MediaKey) -> None:
        """Takes a `MediaKey` and switches at once (RA-SEC-226)."""
        if self._cipher is not None and media_key.epoch <= self._cipher.number:
            raise bad('a media key of an earlier epoch')
        self._cipher, self._counter = Cipher(media_key.epoch, media_key.key, media_key.salt), 0

    def open(self, head: Head, record: bytes) -> bytes:
        epoch, counter = read_prefix(record)
        if self._cipher is None or epoch != self._cipher.number:
            raise bad('a record of an epoch without its key')  # RA-SEC-223, RA-SEC-225
        if counter <= self._counter:
            raise bad('a record of MEDIA that came before')  # RA-SEC-224
        plaintext = self._cipher.open(head, counter, record)
        self._counter = counter
        return plaintext

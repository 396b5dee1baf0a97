"""The audit log, and the signed form of grants (docs/spec/record.md, "Capabilities" and "Audit log")."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .binary import lv, read_lv, sha256

MAX_ENTRY_BYTES = 4_096
SIGN_AFTER_ENTRIES = 256
SIGN_AFTER_SECONDS = 30


class SessionKey:
    """The Ed25519 key of one end for one session."""

    def __init__(self, seed: bytes | None = None) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed) if seed else Ed25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is that key's of `data`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def capability(
    key: SessionKey,
    session_id: bytes,
    participant: int,
    public_key: bytes,
    role: int,
    permissions: list[int],
    not_before: int,
    expires: int,
    epoch: int,
    serial: int,
) -> bytes:
    """What a participant was granted, signed by the customer's key (RA-SEC-231, RA-SEC-232). Times are in ms since 1970."""
    fields = [session_id, participant, public_key, role, sorted(permissions), not_before, expires, epoch, serial]
    form = lv('RA1-capability', *fields)
    return form + key.sign(form)


def entry_form(at: int, kind: str, details: dict[str, int | str]) -> bytes:
    """The bytes of an entry: time, kind, and its details by ascending names (RA-SEC-252)."""
    pairs = [text for name in sorted(details) for text in (name, str(details[name]))]
    return lv(at, kind, *pairs)


def kind_and_details(entry: bytes) -> tuple[int, str, dict[str, str]]:
    """Reads the form of an entry. Raises ValueError."""
    at, kind, *pairs = (field.decode() for field in read_lv(entry))
    if len(pairs) % 2 or not at.isdigit() or pairs[::2] != sorted(set(pairs[::2])):
        raise ValueError('an entry that has not the form of one')
    return int(at), kind, dict(zip(pairs[::2], pairs[1::2]))


class Chain:
    """The hashes of a log (RA-SEC-253, RA-SEC-254)."""

    def __init__(self, session_id: bytes, customer: int, customer_key: bytes) -> None:
        self.session_id, self.customer, self.customer_key = session_id, customer, customer_key
        self.length = 0
        self.head = sha256(b'\1' + lv('RA1-audit', session_id, customer, customer_key))
        self.heads = []

    def append(self, entry: bytes) -> None:
        self.head = sha256(b'\0' + self.head + lv(self.length, entry))
        self.heads.append(self.head)
        self.length += 1

    def signed_bytes(self, index: int) -> bytes:
        """What is signed for the entries from 0 to `index` (RA-SEC-255)."""
        return lv('RA1-audit-sign', self.session_id, index, self.heads[index])


class Log(Chain):
    """A log as one end keeps it: entries and signatures in the order in which they came."""

    def __init__(self, session_id: bytes, customer: int, customer_key: bytes) -> None:
        super().__init__(session_id, customer, customer_key)
        self.entries, self.lines = [], []
        self._line(format='remote-assist-audit/1', session=session_id.hex(), participant=customer, key=customer_key.hex())

    def append(self, entry: bytes) -> None:
        previous = self.head
        super().append(entry)
        self.entries.append(entry)
        at, kind, details = kind_and_details(entry)
        self._line(index=self.length - 1, at=at, kind=kind, details=details, previous=previous.hex(), hash=self.head.hex())

    def signed(self, index: int, participant: int, signature: bytes) -> None:
        self._line(signs=index, head=self.heads[index].hex(), participant=participant, signature=signature.hex())

    @property
    def has_ended(self) -> bool:
        return bool(self.entries) and kind_and_details(self.entries[-1])[1] == 'session.ended'

    def _line(self, **fields: Any) -> None:
        self.lines.append(json.dumps(fields, ensure_ascii=False, separators=(',', ':')))

    def text(self) -> str:
        """The log as a file: JSON lines, the header first."""
        return ''.join(line + '\n' for line in self.lines)

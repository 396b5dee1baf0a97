"""Forms of bytes that several pages of the specification share: `lv`, varints, HKDF."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any


def lv(*fields: Any) -> bytes:
    """Each field behind its length in four bytes, big-endian (docs/spec/handshake.md, "The bytes that are bound").

    A field is bytes as they are, a text in UTF-8, a number in decimal digits, a boolean as 1 or 0, or a list as the `lv` of its items.
    """
    parts = []
    for field in fields:
        data = _bytes_of(field)
        parts += [len(data).to_bytes(4, 'big'), data]
    return b''.join(parts)


def _bytes_of(field: Any) -> bytes:
    if isinstance(field, (bytes, bytearray)):
        return bytes(field)
    if isinstance(field, str):
        return field.encode()
    if isinstance(field, bool):
        return b'1' if field else b'0'
    if isinstance(field, int):
        return str(field).encode()
    return lv(*field)


def read_lv(data: bytes) -> list[bytes]:
    """The fields of an `lv`, as bytes. Raises ValueError where lengths and bytes do not fit."""
    fields, at = [], 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], 'big')
        if end > len(data) or at + 4 > len(data):
            raise ValueError('a length that reaches beyond the end')
        fields.append(data[at + 4 : end])
        at = end
    return fields


def varint(number: int) -> bytes:
    """A number in LEB128, as protobuf and CPace write lengths."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where it ends. Raises ValueError if it is not whole or longer than five bytes."""
    number = 0
    for i in range(5):
        if at + i >= len(data):
            break
        number |= (data[at + i] & 0x7F) << 7 * i
        if data[at + i] < 0x80:
            return number, at + i + 1
    raise ValueError('a number that does not end')


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hkdf_extract(salt: bytes, key: bytes) -> bytes:
    """HKDF-Extract of RFC 5869 with SHA-256."""
    return hmac.digest(salt, key, 'sha256')


def hkdf_expand(prk: bytes, info: bytes | str, length: int) -> bytes:
    """HKDF-Expand of RFC 5869 with SHA-256."""
    info = info.encode() if isinstance(info, str) else info
    out, block, i = b'', b'', 0
    while len(out) < length:
        i += 1
        block = hmac.digest(prk, block + info + bytes([i]), 'sha256')
        out += block
    return out[:length]

"""CPace in suite CPACE-RISTR255-SHA512 (draft-irtf-cfrg-cpace-21), over ristretto255 of libsodium (RFC 9496)."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import hmac
import secrets
from typing import Any

from .binary import varint

SUITE = 'CPACE-RISTR255-SHA512'
DSI = b'CPaceRistretto255'
ORDER = 2**252 + 27742317777372353535851937790883648493

_sodium = ctypes.CDLL(ctypes.util.find_library('sodium') or 'libsodium.so.23')
if _sodium.sodium_init() < 0:
    raise RuntimeError('libsodium did not start')


class InvalidPoint(Exception):
    """Bytes that are no encoded point, or the neutral element."""


def lv_cat(*fields: Any) -> bytes:
    """Each field behind its length in LEB128: the draft's own form."""
    return b''.join(varint(len(field)) + field for field in fields)


def generator_string(prs: bytes, ci: bytes, sid: bytes) -> bytes:
    """What is hashed to the generator; zeros fill the first block of SHA-512."""
    block = 128
    zeros = max(0, block - 1 - len(lv_cat(prs)) - len(lv_cat(DSI)))
    return lv_cat(DSI, prs, bytes(zeros), ci, sid)


def calculate_generator(prs: bytes, ci: bytes, sid: bytes) -> bytes:
    """The generator g, encoded."""
    return map_to_point(hashlib.sha512(generator_string(prs, ci, sid)).digest())


def map_to_point(uniform: bytes) -> bytes:
    """The one-way map of RFC 9496: 64 uniform bytes to a point."""
    point = ctypes.create_string_buffer(32)
    _sodium.crypto_core_ristretto255_from_hash(point, uniform)
    return point.raw


def scalar_of(uniform: bytes) -> bytes:
    """A scalar from 64 random bytes: never 0, and no bias that could be noticed."""
    return (int.from_bytes(uniform, 'little') % (ORDER - 1) + 1).to_bytes(32, 'little')


def random_scalar() -> bytes:
    return scalar_of(secrets.token_bytes(64))


def scalar_mult(scalar: bytes, point: bytes) -> bytes:
    """`scalar` times `point`. Raises InvalidPoint for bytes that are no point, and where the product is the neutral element (RA-SEC-021)."""
    product = ctypes.create_string_buffer(32)
    if len(point) != 32 or _sodium.crypto_scalarmult_ristretto255(product, scalar, bytes(point)) != 0:
        raise InvalidPoint
    return product.raw


def session_key(sid: bytes, k: bytes, share_a: bytes, ad_a: bytes, share_b: bytes, ad_b: bytes) -> bytes:
    """ISK of an exchange whose initiator is A."""
    return hashlib.sha512(lv_cat(DSI + b'_ISK', sid, k) + lv_cat(share_a, ad_a) + lv_cat(share_b, ad_b)).digest()


def tag(sid: bytes, isk: bytes, share: bytes, ad: bytes) -> bytes:
    """The confirmation of whoever said `share` and `ad` (RA-SEC-030)."""
    mac_key = hashlib.sha512(b'CPaceMac' + sid + isk).digest()
    return hmac.digest(mac_key, lv_cat(share, ad), 'sha512')

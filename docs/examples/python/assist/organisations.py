"""Who vouches for an agent: credentials of organisations that the customer trusts (docs/spec/handshake.md, "Who vouches for an agent")."""

from __future__ import annotations

import base64
import json

from .audit import SessionKey, verify

MAX_NAME_BYTES = 128


def trusted_key(jwk: str) -> bytes:
    """The public key of a JWK as JSON (RFC 7517, RFC 8037). Raises ValueError."""
    key = json.loads(jwk)
    if not isinstance(key, dict) or (key.get('kty'), key.get('crv')) != ('OKP', 'Ed25519'):
        raise ValueError('This is no Ed25519 key.')
    return _unbase64(key['x'])


def private_key(jwk: dict) -> SessionKey:
    """The private key of a JWK (RFC 8037)."""
    return SessionKey(_unbase64(jwk['d']))


def credential_of(key: SessionKey, header: dict, claims: dict, session_id: bytes, public_key: bytes) -> str:
    """What an organisation with this key signs for the agent that has `public_key` in that session (RA-SEC-051)."""
    subject = {'session': session_id.hex(), 'cnf': {'jwk': {'kty': 'OKP', 'crv': 'Ed25519', 'x': _base64(public_key)}}}
    signed = '.'.join(_base64(json.dumps(part).encode()) for part in (header, {**claims, **subject}))
    return f'{signed}.{_base64(key.sign(signed.encode()))}'


def organisation_of(credential: str, session_id: bytes, public_key: bytes, now_seconds: float, trusted: list[tuple[str, bytes]]) -> str:
    """The organisation that vouches for an agent, or an empty text (RA-SEC-050, RA-SEC-052).

    `public_key` is the one that the agent named, and proved, in its handshake.
    `trusted` are pairs of an organisation's name and its public key; a name of None stands for any.
    """
    try:
        head, body, signature = credential.split('.')
        header, claims = json.loads(_unbase64(head)), json.loads(_unbase64(body))
        name, subject, expires = claims['org'], claims.get('sub', ''), claims['exp']
        if (header['alg'], header['typ'], claims['session']) != ('EdDSA', 'ra-organisation+jwt', session_id.hex()):
            return ''
        jwk = claims['cnf']['jwk']
        if (jwk['kty'], jwk['crv'], jwk['x']) != ('OKP', 'Ed25519', _base64(public_key)):
            return ''
        if not 1 <= len(name.encode()) <= MAX_NAME_BYTES or len(subject.encode()) > MAX_NAME_BYTES or not expires > now_seconds:
            return ''
        signed, signature = f'{head}.{body}'.encode(), _unbase64(signature)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ''
    keys = [key for organisation, key in trusted if organisation in (None, name)]
    return name if any(verify(key, signature, signed) for key in keys) else ''


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text.encode() + b'=' * (-len(text) % 4), altchars=b'-_', validate=True)

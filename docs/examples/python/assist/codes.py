"""PIN and links: what people pass to one another (docs/spec/handshake.md, "Secrets")."""

from __future__ import annotations

import base64
import re
import secrets
from urllib.parse import urlsplit

from .handshake import Secret

SECRET_DIGITS = 6


class CodeError(Exception):
    """What was typed or pasted is no PIN and no link."""


class CustomerCode:
    """A PIN, or a link with it: where the session is found, and what is proven."""

    def __init__(self, pin: str, link_secret: bytes | None = None, base_url: str | None = None) -> None:
        if not re.fullmatch(r'\d{10,15}', pin):
            raise CodeError('A PIN has ten to fifteen digits.')
        self.locator, self.digits, self.base_url = pin[:-SECRET_DIGITS], pin[-SECRET_DIGITS:], base_url
        self.secret = Secret.link(self.digits, link_secret) if link_secret else Secret.pin(self.digits)


class Invitation:
    """An invitation's URL: its id and secret."""

    def __init__(self, invite_id: bytes, secret: bytes, base_url: str | None = None) -> None:
        self.invite_id, self.base_url = invite_id, base_url
        self.secret = Secret.invite(invite_id, secret)


def parse_code(text: str) -> CustomerCode:
    """A CustomerCode from a PIN, blanks and dashes or none, or from a client session URL. Raises CodeError."""
    if '#' not in text:
        return CustomerCode(re.sub(r'[\s-]', '', text))
    base_url, version, parts = _split(text)
    if version != '1' or len(parts) != 2:
        raise CodeError('This is no link to a session.')
    return CustomerCode(parts[0], _unbase64(parts[1], 32), base_url)


def parse_invitation(text: str) -> Invitation:
    """An Invitation from its URL. Raises CodeError."""
    base_url, version, parts = _split(text)
    if version != '1' or len(parts) != 2:
        raise CodeError('This is no invitation.')
    return Invitation(_unbase64(parts[0], 16), _unbase64(parts[1], 32), base_url)


def customer_url(join_url: str, pin: str, link_secret: bytes) -> str:
    return f'{join_url}#1.{pin}.{_base64(link_secret)}'


def invitation_url(view_url: str, invite_id: bytes, secret: bytes) -> str:
    return f'{view_url}#1.{_base64(invite_id)}.{_base64(secret)}'


def new_code(locator: str) -> tuple[str, bytes]:
    """PIN and link secret for a locator, made here (RA-SEC-007)."""
    return locator + f'{secrets.randbelow(10**SECRET_DIGITS):0{SECRET_DIGITS}}', secrets.token_bytes(32)


def attach_url(base_url: str) -> str:
    """Where to attach by WebSocket, below a broker's base URL (RA-BND-021)."""
    return re.sub('^http', 'ws', base_url).rstrip('/') + '/v1/attach'


def _split(url: str) -> tuple[str | None, str, list[str]]:
    page, _, fragment = url.strip().partition('#')
    version, *parts = fragment.split('.')
    base_url = page.rsplit('/', 1)[0] if urlsplit(page).scheme else None
    return base_url, version, parts


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def _unbase64(text: str, size: int) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    except ValueError as error:
        raise CodeError('This link is not whole.') from error
    if len(data) != size:
        raise CodeError('This link is not whole.')
    return data

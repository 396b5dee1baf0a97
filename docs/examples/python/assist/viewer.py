"""A viewer: comes by an invitation, looks, and never acts (docs/spec/overview.md, "Terms")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .joiner import Joiner
from .schema import Code, Role, relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .codes import Invitation
    from .handshake import HandshakeError
    from .peer import Peer
    from .schema import session


class Viewer(Joiner):
    """A viewer, with the Invitation that it was given."""

    role = Role.VIEWER

    def __init__(self, url: str, invitation: Invitation, listener: Callable | None = None, clock: Clock | None = None, name: str = '') -> None:
        super().__init__(url, relay.Hello(role=Role.VIEWER, display_name=name), invitation, listener, clock)

    def on_session_decision(self, peer: Peer, decision: session.Decision) -> None:
        super().on_session_decision(peer, decision)
        if not peer.was_active:
            self.tell('join-failed', participant=peer.number, code=Code.NOT_ADMITTED, attempts_left=0)
            self.relay.bye(Code.LEFT, because=Code.NOT_ADMITTED)

    def on_exchange_failed(self, peer: Peer, error: HandshakeError) -> None:
        self.tell('join-failed', participant=peer.number, code=error.code, attempts_left=0)
        self.relay.bye(error.code)

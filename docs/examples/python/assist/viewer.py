"""A viewer: comes by an invitation, looks, and never acts (docs/spec/overview.md, "Terms")."""

from .joiner import Joiner
from .schema import Code, Role, relay


class Viewer(Joiner):
    """A viewer, with the Invitation that it was given."""

    role = Role.VIEWER

    def __init__(self, url, invitation, listener=None, clock=None, name=''):
        super().__init__(url, relay.Hello(role=Role.VIEWER, display_name=name), invitation, listener, clock)

    def on_session_decision(self, peer, decision):
        super().on_session_decision(peer, decision)
        if not peer.was_active:
            self.tell('join-failed', participant=peer.number, code=Code.NOT_ADMITTED, attempts_left=0)
            self.relay.bye(Code.LEFT, because=Code.NOT_ADMITTED)

    def on_exchange_failed(self, peer, error):
        self.tell('join-failed', participant=peer.number, code=error.code, attempts_left=0)
        self.relay.bye(error.code)

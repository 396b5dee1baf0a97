"""A viewer: comes by an invitation, looks, and never acts (docs/spec/overview.md, "Terms")."""

from .handshake import HandshakeError
from .joiner import Joiner
from .schema import Code, PasswordClass, Role, relay


class Viewer(Joiner):
    """A viewer, with the Invitation that it was given."""

    role = Role.VIEWER

    def __init__(self, url, invitation, listener=None, clock=None, name=''):
        hello = relay.Hello(role=Role.VIEWER, invite_id=invitation.invite_id, display_name=name)
        super().__init__(url, hello, listener, clock)
        self._invitation = invitation

    def secret_for(self, peer, password_class, name):
        if password_class != PasswordClass.INVITE:
            raise HandshakeError(Code.INCOMPATIBLE, 'a class that is not taken here')
        if name != self._invitation.invite_id:
            raise HandshakeError(Code.WRONG_SECRET, 'an invitation that is not ours')
        return self._invitation.secret

    def on_session_decision(self, peer, decision):
        super().on_session_decision(peer, decision)
        if not peer.was_active:
            self.tell('join-failed', participant=peer.number, code=Code.NOT_ADMITTED, attempts_left=0)
            self.relay.bye(Code.LEFT, because=Code.NOT_ADMITTED)

    def on_exchange_failed(self, peer, error):
        self.tell('join-failed', participant=peer.number, code=error.code, attempts_left=0)
        self.relay.bye(error.code)

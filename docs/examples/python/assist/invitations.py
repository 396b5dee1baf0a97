"""Invitations as the customer keeps them. A part of it (docs/spec/session.md, "Invitations")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import Alarm
from .handshake import Secret
from .peer import role_ceiling
from .schema import Channel, Code, Refusal, Role, relay, session

if TYPE_CHECKING:
    from .customer import Customer
    from .peer import Peer

MOST_OPEN = 32


class Invitations:
    """Who may come by which invitation, until when, and with what ceiling."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self._open, self._came = {}, {}
        self._expiry = Alarm(customer.clock, self._expire)

    def on_session_invite_register(self, peer: Peer, invite: session.InviteRegister) -> None:
        if not peer.lead:
            self.refuse_session_invite_register(peer, invite, Refusal.POLICY)
        elif invite.role not in (Role.AGENT, Role.VIEWER) or invite.invite_id in self._open or invite.invite_id in self._came:
            self.refuse_session_invite_register(peer, invite, Refusal.INVALID)
        elif len(self._open) >= MOST_OPEN:
            self.refuse_session_invite_register(peer, invite, Refusal.LIMIT)  # RA-SES-097
        else:
            self._open[invite.invite_id] = (invite, self.customer.clock.now() + invite.expires_in_ms / 1000)
            self._announce()  # RA-SES-092
            accepted = session.InviteRegistered(request_id=invite.request_id, invite_id=invite.invite_id)
            self.customer.send(peer, Channel.SESSION, invite_registered=accepted)
            self.customer.journal.write('invitation.registered', invitation=invite.invite_id.hex(), participant=peer.number, role=invite.role)

    def refuse_session_invite_register(self, peer: Peer, invite: session.InviteRegister, reason: int) -> None:
        self.customer.send(peer, Channel.SESSION, refused=session.Refused(request_id=invite.request_id, reason=reason))

    def on_session_rejoin_request(self, peer: Peer, request: session.RejoinRequest) -> None:
        """This customer does not come back by itself after a restart, and has not announced that it could (RA-SES-161)."""
        self.refuse_session_rejoin_request(peer, request, Refusal.UNSUPPORTED if peer.lead else Refusal.POLICY)

    def refuse_session_rejoin_request(self, peer: Peer, request: session.RejoinRequest, reason: int) -> None:
        self.customer.send(peer, Channel.SESSION, refused=session.Refused(request_id=request.request_id, reason=reason))

    def on_session_invite_revoke(self, peer: Peer, revoke: session.InviteRevoke) -> None:
        if not peer.lead:
            return  # RA-SES-098
        if self._open.pop(revoke.invite_id, None) is not None:
            self._announce()
            self.customer.journal.write('invitation.revoked', invitation=revoke.invite_id.hex())
        for other in list(self.customer.peers.values()):
            if other.invite_id == revoke.invite_id and (revoke.remove_joined or other.keys is None):
                self.customer.end_peer(other, Code.REMOVED if other.keys else Code.NOT_ADMITTED, 'The invitation was taken back.')

    def _announce(self) -> None:
        """Tells the broker all that are open, and sets the clock for the first that expires."""
        now = self.customer.clock.now()
        invites = [
            relay.SetInvites.Invite(invite_id=invite.invite_id, role=invite.role, expires_in_ms=max(1, round((until - now) * 1000)))
            for invite, until in self._open.values()
        ]
        self.customer.relay.tell(set_invites=relay.SetInvites(invites=invites))
        if self._open:
            self._expiry.set(max(0, min(until for _, until in self._open.values()) - now))
        else:
            self._expiry.clear()

    def _expire(self) -> None:
        now = self.customer.clock.now()
        for invite_id in [invite_id for invite_id, (_, until) in self._open.items() if until <= now]:
            del self._open[invite_id]
        self._announce()

    def secret_for(self, peer: Peer) -> tuple[Secret | None, int | None]:
        """The secret that a newcomer has to prove; or None, and the code with which it is turned out (RA-SES-094, RA-SES-095)."""
        invite, until = self._open.get(peer.invite_id, (None, 0))
        if invite is None or invite.role != peer.role:
            return None, Code.NOT_ADMITTED
        if until <= self.customer.clock.now():
            return None, Code.CODE_EXPIRED
        return Secret.invite(invite.invite_id, invite.secret), None

    def used(self, peer: Peer) -> None:
        """Somebody proved the secret: nobody else comes by this invitation."""
        if peer.invite_id in self._open:
            self._came[peer.invite_id] = self._open.pop(peer.invite_id)[0]
            self._announce()
            for other in list(self.customer.peers.values()):
                if other is not peer and other.invite_id == peer.invite_id:
                    self.customer.end_peer(other, Code.NOT_ADMITTED, 'The invitation was used.')

    def ceiling_for(self, peer: Peer) -> set[int]:
        invite = self._came.get(peer.invite_id)
        return set(invite.ceiling) if invite is not None and invite.ceiling else role_ceiling(peer.role)

    def on_end(self) -> None:
        self._expiry.clear()
        self._open.clear()

"""What everybody may do: grants, until when, and signed. A part of the customer (docs/spec/session.md, "Grants"; record.md, "Capabilities")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import audit
from .clock import Alarm
from .peer import role_ceiling
from .schema import Channel, Permission, Refusal, session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .customer import Customer
    from .peer import Peer

CAPABILITY_SECONDS = 600  # two thirds of its life (RA-SEC-234)
CAPABILITY_LIFE_MS = 900_000
ALL = frozenset(set(vars(Permission).values()) - {Permission.UNSPECIFIED})


class Grants:
    """Changes what peers hold, says so, and takes it when its time is over."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self._serial = 0
        self._expiry = Alarm(customer.clock, self._expire)
        self._renewal = Alarm(customer.clock, self._renew_capabilities)

    def on_end(self) -> None:
        self._expiry.clear()
        self._renewal.clear()

    def ceiling(self, peer: Peer) -> set[int]:
        """The most that may be granted to a peer (RA-SES-031)."""
        tenant = set(self.customer.policy.permissions_ceiling) if self.customer.policy is not None else ALL
        return tenant & role_ceiling(peer.role) & self.customer.invitations.ceiling_for(peer)

    def set(self, number: int, permissions: Iterable[int], expires_in_ms: int = 0) -> None:
        """The user gives and takes: the whole set that a participant holds from now on (RA-SES-034)."""
        peer, now = self.customer.peers[number], self.customer.clock.now()
        if not peer.was_active:
            raise ValueError('Who was not let in yet holds nothing.')
        fresh = now + expires_in_ms / 1000 if expires_in_ms else None
        wanted = set(permissions) & self.ceiling(peer)
        self.change(peer, {permission: peer.grants.get(permission, fresh) for permission in wanted}, session.GRANT_SOURCE_CUSTOMER)

    def change(self, peer: Peer, grants: dict[int, float | None], source: int, is_new: bool = False) -> None:
        lost, gained = peer.grants.keys() - grants.keys(), grants.keys() - peer.grants.keys()
        peer.grants = grants
        if Permission.CONTROL_INPUT in lost:
            self.customer.control.take_from(peer)  # RA-SES-045
        self.restate(peer, source)
        for permission in sorted(lost | gained):
            state = 'given' if permission in gained else 'taken'
            about = dict(expires=self._expires_wall_ms(grants.get(permission)), participant=peer.number, permission=permission, source=source)
            self.customer.journal.write('grant.changed', state=state, **about)
        if Permission.VIEW_SCREEN in lost:
            self.customer.sharing.stop(peer, Refusal.NO_GRANT)
            self.customer.sharing.drop([peer])
        self.customer.clipboard.on_grants(peer, lost)
        if is_new:
            self.customer.take_up(peer)
        else:
            self.customer.announce_participants()
            self.issue_capability(peer)
            self.customer.sharing.update_seers()
            if Permission.VIEW_SCREEN in gained:
                self.customer.sharing.begin(peer)
        self._arm_expiry()

    def _expires_wall_ms(self, at: float | None) -> int:
        return 0 if at is None else self.customer.clock.wall_ms() + round((at - self.customer.clock.now()) * 1000)

    def restate(self, peer: Peer, source: int) -> None:
        now = self.customer.clock.now()
        grants = [
            session.Grant(permission=permission, expires_in_ms=0 if at is None else max(1, round((at - now) * 1000)))
            for permission, at in sorted(peer.grants.items())
        ]
        self.customer.send(peer, Channel.SESSION, grant_changed=session.GrantChanged(participant=peer.number, grants=grants, source=source))

    def _arm_expiry(self) -> None:
        times = [at for peer in self.customer.peers.values() for at in peer.grants.values() if at is not None]
        self._expiry.set(max(0, min(times) - self.customer.clock.now())) if times else self._expiry.clear()

    def _expire(self) -> None:
        """Takes what has expired (RA-SES-033)."""
        now = self.customer.clock.now()
        for peer in list(self.customer.peers.values()):
            kept = {permission: at for permission, at in peer.grants.items() if at is None or at > now}
            if len(kept) < len(peer.grants):
                self.change(peer, kept, session.GRANT_SOURCE_EXPIRY)
        self._arm_expiry()

    def held_by(self, peer: Peer) -> set[int]:
        now = self.customer.clock.now()
        return {permission for permission, at in peer.grants.items() if at is None or at > now}

    def issue_capability(self, peer: Peer) -> None:
        """Signs what a peer holds (RA-SEC-235)."""
        if not peer.is_assisting:
            return
        self._serial += 1
        now = self.customer.clock.wall_ms()
        fields = (peer.number, peer.public_key, peer.role, list(peer.grants), now, now + CAPABILITY_LIFE_MS, self.customer.sharing.sealer.epoch, self._serial)
        signed = audit.capability(self.customer.key, self.customer.session_id, *fields)
        self.customer.send(peer, Channel.SESSION, capability=session.Capability(signed=signed))
        self.customer.journal.write('capability.issued', form=signed[:-64].hex(), participant=peer.number, serial=self._serial)
        if not self._renewal.is_set:
            self._renewal.set(CAPABILITY_SECONDS)

    def _renew_capabilities(self) -> None:
        for peer in self.customer.assisting():
            self.issue_capability(peer)

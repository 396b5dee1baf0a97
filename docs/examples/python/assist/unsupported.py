"""What these programs do not do, and say so: files, elevation, annotations (docs/spec/file.md, elevation.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schema import Channel, Refusal, elevation, file

if TYPE_CHECKING:
    from .agent import Agent
    from .customer import Customer
    from .peer import Peer

# What elevation calls a reason (docs/spec/session.md, "Peer machine").
ELEVATION_REASONS = {
    Refusal.NOT_ACTIVE: elevation.ELEVATION_REASON_DISCONNECTED,
    Refusal.PAUSED: elevation.ELEVATION_REASON_PAUSED,
    Refusal.NO_GRANT: elevation.ELEVATION_REASON_NO_GRANT,
    Refusal.NO_LEASE: elevation.ELEVATION_REASON_CONTROL_CHANGED,
    Refusal.UNSUPPORTED: elevation.ELEVATION_REASON_UNSUPPORTED,
}


class CustomerWithout:
    """The customer's answers on FILE and ELEVATION."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def on_file_offer(self, peer: Peer, offer: file.FileOffer) -> None:
        self.refuse_file_offer(peer, offer, Refusal.UNSUPPORTED)

    def refuse_file_offer(self, peer: Peer, offer: file.FileOffer, reason: int) -> None:
        self.customer.send(peer, Channel.FILE, refused=file.FileRefused(transfer_id=offer.transfer_id, reason=reason))

    def on_file_ask(self, peer: Peer, ask: file.FileAsk) -> None:
        self.refuse_file_ask(peer, ask, Refusal.UNSUPPORTED)

    def refuse_file_ask(self, peer: Peer, ask: file.FileAsk, reason: int) -> None:
        self.customer.send(peer, Channel.FILE, refused=file.FileRefused(request_id=ask.request_id, reason=reason))

    def on_elevation_elevate_request(self, peer: Peer, request: elevation.ElevateRequest) -> None:
        self.refuse_elevation_elevate_request(peer, request, Refusal.UNSUPPORTED)  # RA-ELV-008

    def refuse_elevation_elevate_request(self, peer: Peer, request: elevation.ElevateRequest, reason: int) -> None:
        why = ELEVATION_REASONS[reason]
        state = elevation.ElevationState(request_id=request.request_id, phase=elevation.ELEVATION_PHASE_FAILED, reason=why)
        self.customer.send(peer, Channel.ELEVATION, elevation_state=state)

    def refuse_elevation_run_command(self, peer: Peer, command: elevation.RunCommand, reason: int) -> None:
        self.customer.send(peer, Channel.ELEVATION, command_exit=elevation.CommandExit(command_id=command.command_id, refusal=reason))

    def refuse_elevation_switch_user(self, peer: Peer, switch: elevation.SwitchUser, reason: int) -> None:
        self.customer.send(peer, Channel.ELEVATION, switch_user_result=elevation.SwitchUserResult(request_id=switch.request_id, refusal=reason))

    def on_end(self) -> None:
        pass


class AgentWithout:
    """An agent's answer to files that are offered."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def on_file_offer(self, peer: Peer, offer: file.FileOffer) -> None:
        self.refuse_file_offer(peer, offer, Refusal.UNSUPPORTED)

    def refuse_file_offer(self, peer: Peer, offer: file.FileOffer, reason: int) -> None:
        self.agent.send(peer, Channel.FILE, refused=file.FileRefused(transfer_id=offer.transfer_id, reason=reason))

    def on_end(self) -> None:
        pass

"""Agent and viewer as the conformance suite plays with them."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import TYPE_CHECKING, Any

from .adapter_base import Base, Refused, Unsupported, contract
from .agent import Agent
from .codes import customer_url, invitation_url, parse_invitation
from .organisations import credential_of, private_key
from .schema import Refusal, clipboard, common, elevation, input, screen, short
from .viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from .peer import Peer

COMBO_NAMES = {
    'ctrl+alt+delete': input.KEY_COMBO_CTRL_ALT_DELETE, 'ctrl+escape': input.KEY_COMBO_CTRL_ESCAPE, 'alt+tab': input.KEY_COMBO_ALT_TAB,
    'alt+f4': input.KEY_COMBO_ALT_F4, 'meta+l': input.KEY_COMBO_META_L, 'meta+r': input.KEY_COMBO_META_R,
    'ctrl+shift+escape': input.KEY_COMBO_CTRL_SHIFT_ESCAPE, 'print-screen': input.KEY_COMBO_PRINT_SCREEN, 'printscreen': input.KEY_COMBO_PRINT_SCREEN,
    'meta': input.KEY_COMBO_META,
}  # fmt: skip
DIRECTIONS = {clipboard.DIRECTION_TO_CUSTOMER: 'toCustomer', clipboard.DIRECTION_FROM_CUSTOMER: 'fromCustomer'}
STARTED, REFUSED = screen.Subscription.STATE_STARTED, screen.Subscription.STATE_REFUSED


class JoinerRole(Base):
    """What agents and viewers do alike."""

    def describe(self, peer: Peer) -> contract.Peer:
        facts = super().describe(peer)
        participant = next((entry for entry in self.session.participants if entry.participant == peer.number), None)
        facts.display_name = (participant.display_name if participant is not None else '') or peer.name
        return facts

    def on_join_failed(self, participant: int, code: int, attempts_left: int) -> None:
        self.emit(join_failed=code)

    def on_subscription(self, state: int, reason: int, **_: Any) -> None:
        if state == STARTED:
            self.answered('screen shown')
        elif state == REFUSED:
            self.answered(f'screen refused {short(common.RefusalReason, reason)}')

    def on_shown(self, **_: Any) -> None:
        self.emit(shown=self._picture())

    def _picture(self) -> contract.Picture:
        viewing = self.session.viewing
        if viewing.picture is None:
            return contract.Picture(screen=viewing.screen_id, frames=viewing.frames)
        picture = viewing.picture
        return contract.Picture(screen=viewing.screen_id, width=picture.width, height=picture.height, sha256=picture.sha256(), frames=viewing.frames)

    def need_customer(self) -> None:
        if not self.session.is_assisting:
            raise Refused('There is no customer to assist.')

    def do_leave(self, action: contract.Leave) -> None:
        self.session.leave_session(action.end_session)

    def do_show_screen(self, action: contract.ShowScreen) -> None:
        self.need_customer()
        self.session.viewing.show(action.screen, max_width=action.max_width, max_height=action.max_height, max_fps=action.max_fps)

    def do_next_screen(self, _: contract.Empty) -> None:
        self.need_customer()
        if not self.session.viewing.screens:
            raise Refused('There is no screen.')
        self.session.viewing.show(self.session.viewing.next_screen())

    def do_hide_screen(self, _: contract.Empty) -> None:
        self.need_customer()
        self.session.viewing.hide()

    def do_confirm_words(self, _: contract.ConfirmWords) -> None:
        if self.session.customer is None:
            raise Refused('There is no customer.')
        self.session.confirm_words()

    def do_say(self, action: contract.Say) -> None:
        self.need_customer()
        self.session.say(action.text)

    def do_recording(self, action: contract.Switch) -> None:
        self.need_customer()
        self.session.record(action.on)

    def add_to(self, data: contract.SnapshotData) -> None:
        session, viewing = self.session, self.session.viewing
        data.control = session.lease_holder
        del data.recording[:]
        data.recording.extend(sorted(entry.participant for entry in session.participants if entry.recording))
        data.screen = viewing.screen_id
        data.secure_desktop = viewing.secure_desktop
        if viewing.picture is not None:
            data.picture.CopyFrom(self._picture())
        data.participants.extend(sorted(entry.participant for entry in session.participants))
        for entry in viewing.screens.values():
            data.screens.add(id=entry.screen_id, x=entry.x, y=entry.y, width=entry.width, height=entry.height, primary=entry.primary)


def organisation(delegation: str) -> Callable[[bytes, bytes], str] | None:
    """What vouches for an agent, as `StartRole.credential` says."""
    if not delegation:
        return None
    said = json.loads(delegation)
    key = private_key(said['key'])
    return lambda session_id, public_key: credential_of(key, said['header'], said['claims'], session_id, public_key)


class AgentRole(JoinerRole):
    """The agent that leads a session, or a further one."""

    def make(self) -> Agent:
        start = self.start
        self._asked_control, self._waiting, self._removing = set(), {}, {}
        common_facts = dict(listener=self.listen, clock=self.clock, name=start.display_name, permissions=start.permissions, vouch=organisation(start.credential))
        if start.WhichOneof('way') == 'invite_url':
            self.created = None
            return Agent(start.websocket_url, '', invitation=parse_invitation(start.invite_url), **common_facts)
        self.created = start.created
        return Agent(start.websocket_url, start.created.agent_token, start.created.session.locator, **common_facts)

    def ready(self) -> contract.RoleReady:
        if self.created is None:
            return contract.RoleReady()
        code = self.session.customer_code
        return contract.RoleReady(pin=code.pin, customer_url=customer_url(self.created.join_url, code.pin, code.link_secret))

    def on_customer_left(self, participant: int, code: int) -> None:
        self.emit(ended=code)

    # Answers.

    def on_decided(self, request: int, granted: list[int], reason: int) -> None:
        numbers = ' '.join(map(str, sorted(granted)))
        self.answered(f'consent granted {numbers}' if granted else f'consent refused {short(common.RefusalReason, reason)}')

    def on_control(self, holder: int) -> None:
        if self._asked_control and holder == self.session.number:
            self._asked_control.clear()
            self.answered('control granted')

    def on_refused(self, request: int, reason: int) -> None:
        if request in self._asked_control:
            self._asked_control.discard(request)
            self.answered(f'control refused {short(common.RefusalReason, reason)}')
        if self._removing.pop(request, None) is not None:
            self.answered(f'remove refused {short(common.RefusalReason, reason)}')
        self._settle(request, None, reason)

    def on_participants(self, participants: list[int]) -> None:
        for request, number in list(self._removing.items()):
            if number not in participants:
                del self._removing[request]
                self.answered('remove done')

    def on_clipboard(self, direction: int, on: bool) -> None:
        self.answered(f'clipboard {DIRECTIONS[direction]} {"on" if on else "off"}')

    def on_rejected(self, seq: int, reason: int, count: int) -> None:
        self.answered(f'input refused {short(common.RefusalReason, reason)}')

    def on_keys(self, request: int, refusal: int) -> None:
        self.answered('keys OK' if refusal == Refusal.UNSPECIFIED else f'keys refused {short(common.RefusalReason, refusal)}')

    def on_elevation(self, request: int, phase: int, reason: int) -> None:
        if phase in (elevation.ELEVATION_PHASE_FAILED, elevation.ELEVATION_PHASE_DENIED):
            self.answered(f'elevation refused {short(elevation.ElevationReason, reason)}')

    def on_clipboard_refused(self, direction: int, reason: int) -> None:
        self.answered(f'clipboard {DIRECTIONS[direction]} refused {short(common.RefusalReason, reason)}')

    def on_invited(self, request: int, invite_id: bytes, secret: bytes) -> None:
        self._settle(request, (invite_id, secret), None)

    def _settle(self, request: int, result: tuple[bytes, bytes] | None, reason: int | None) -> None:
        waiting = self._waiting.pop(request, None)
        if waiting is not None and not waiting.done():
            waiting.set_result((result, reason))

    # Actions.

    def do_request_consent(self, action: contract.RequestConsent) -> None:
        if not self.session.ask(action.permissions, action.reason):
            raise Refused('A request is open, or there is no customer.')

    def do_request_control(self, _: contract.Empty) -> None:
        self.need_customer()
        self._asked_control.add(self.session.request_control())

    def do_release_control(self, _: contract.Empty) -> None:
        self.need_customer()
        self.session.release_control()

    def _did(self, sent: bool) -> None:
        if not sent:
            raise Refused('This agent is not in control.')

    def do_key(self, action: contract.Key) -> None:
        self._did(self.session.hands.key(action.usage, action.down))

    def do_type_text(self, action: contract.TypeText) -> None:
        self._did(self.session.hands.text(action.text))

    def do_move_pointer(self, action: contract.MovePointer) -> None:
        self._did(self.session.hands.move(action.x, action.y))

    def do_button(self, action: contract.Button) -> None:
        self._did(self.session.hands.button(action.button + 1, action.down))

    def do_wheel(self, action: contract.Wheel) -> None:
        self._did(self.session.hands.wheel(action.delta_x, action.delta_y))

    def do_send_keys(self, action: contract.SendKeys) -> None:
        if action.combo not in COMBO_NAMES:
            raise Unsupported('There is no such combination.')
        self._did(self.session.hands.send_keys(COMBO_NAMES[action.combo]))

    async def do_invite(self, action: contract.Invite) -> contract.Result:
        self.need_customer()
        waiting = asyncio.get_running_loop().create_future()
        request = self.session.invite(action.role, action.expires_in_ms, action.ceiling)
        self._waiting[request] = waiting
        result, reason = await asyncio.wait_for(waiting, 10)
        if result is None:
            raise Refused(short(common.RefusalReason, reason))
        page = self.created.view_url if self.created is not None else ''
        return contract.Result(ok=True, url=invitation_url(page, *result))

    def do_revoke_invite(self, action: contract.RevokeInvite) -> None:
        self.need_customer()
        self.session.revoke_invite(self.session.last_invite_id, action.remove_joined)

    def do_remove(self, action: contract.RemoveParticipant) -> None:
        self.need_customer()
        self._removing[self.session.remove(action.participant)] = action.participant

    def do_sync_clipboard(self, action: contract.SyncClipboard) -> None:
        self.need_customer()
        on = self.session.clipboard.with_peer(self.session.customer).on
        for direction, wanted in (clipboard.DIRECTION_TO_CUSTOMER, action.to_customer), (clipboard.DIRECTION_FROM_CUSTOMER, action.from_customer):
            if on[direction] != wanted:
                self.session.clipboard.sync(direction, wanted)

    async def do_renew_code(self, _: contract.Empty) -> contract.Result:
        if self.created is None:
            raise Refused('Only the lead has a code.')
        locator = await asyncio.to_thread(renew, self.start.websocket_url, self.created)
        try:
            code = self.session.renew_code(locator)
        except ValueError as error:
            raise Refused(str(error)) from error
        return contract.Result(ok=True, text=code.pin, url=customer_url(self.created.join_url, code.pin, code.link_secret))


def renew(websocket_url: str, created: Message) -> str:
    """Asks the control API for a new locator; gives it."""
    base = websocket_url.removesuffix('/v1/attach').replace('ws', 'http', 1)
    url = f'{base}/v1/sessions/{created.session.session_id}/code'
    headers = {'Content-Type': 'application/json', 'Authorization': f'Bearer {created.agent_token}'}
    with urllib.request.urlopen(urllib.request.Request(url, b'{}', headers), timeout=10) as answer:
        return json.load(answer)['session']['locator']


class ViewerRole(JoinerRole):
    """Somebody who looks."""

    def make(self) -> Viewer:
        start = self.start
        return Viewer(start.websocket_url, parse_invitation(start.invite_url), self.listen, self.clock, start.display_name)

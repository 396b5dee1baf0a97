"""What each role does and shows for the conformance suite."""

import asyncio
import json
import urllib.request

from .agent import Agent
from .clock import LoopClock, ManualClock
from .codes import customer_url, invitation_url, parse_code, parse_invitation
from .customer import Customer
from .desktop import Desktop, Monitor
from .organisations import trusted_key
from .schema import Code, Phase, Refusal, Role, clipboard, common, elevation, input, load, screen, short
from .viewer import Viewer

(contract,) = load('remoteassist/conformance/v1', 'adapter', only='adapter')

COMBO_NAMES = {
    'ctrl+alt+delete': input.KEY_COMBO_CTRL_ALT_DELETE, 'ctrl+escape': input.KEY_COMBO_CTRL_ESCAPE, 'alt+tab': input.KEY_COMBO_ALT_TAB,
    'alt+f4': input.KEY_COMBO_ALT_F4, 'meta+l': input.KEY_COMBO_META_L, 'meta+r': input.KEY_COMBO_META_R,
    'ctrl+shift+escape': input.KEY_COMBO_CTRL_SHIFT_ESCAPE, 'print-screen': input.KEY_COMBO_PRINT_SCREEN, 'printscreen': input.KEY_COMBO_PRINT_SCREEN,
    'meta': input.KEY_COMBO_META,
}  # fmt: skip

DIRECTIONS = {clipboard.DIRECTION_TO_CUSTOMER: 'toCustomer', clipboard.DIRECTION_FROM_CUSTOMER: 'fromCustomer'}
STARTED, REFUSED = screen.Subscription.STATE_STARTED, screen.Subscription.STATE_REFUSED


class Unsupported(Exception):
    """The program has no such thing."""


class Refused(Exception):
    """The program has it, and declines now."""


class Base:
    """What every role has: a session, a clock, events, a snapshot."""

    def __init__(self, start, emit):
        self.start, self._emit = start, emit
        self.clock = ManualClock() if start.simulated_clock else LoopClock()
        self.chat, self.recording = [], set()
        self.clipboard = {}
        self.session = self.make()

    def stop(self):
        self.session.relay.bye(Code.LEFT)

    def ready(self):
        return contract.RoleReady()

    # Events.

    def listen(self, event, **facts):
        handler = getattr(self, 'on_' + event.replace('-', '_'), None)
        if handler is not None:
            handler(**facts)

    def emit(self, **kind):
        self._emit(contract.Event(**kind))

    def answered(self, text):
        self.emit(answered=text)

    def on_phase(self, participant, phase):
        self.emit(phase=contract.PhaseChanged(participant=participant, phase=phase))

    def on_line(self, state):
        self.emit(line=state)

    def on_ended(self, code, detail):
        self.emit(phase=contract.PhaseChanged(participant=0, phase=Phase.ENDED))
        self.emit(ended=code)

    def on_chat(self, participant, text):
        self.chat.append(text)

    def on_recording(self, participant, recording):
        (self.recording.add if recording else self.recording.discard)(participant)

    # Actions.

    async def do_advance_clock(self, action):
        if not isinstance(self.clock, ManualClock):
            raise Unsupported('The clock runs by itself.')
        await self.clock.advance(action.ms / 1000)

    def do_disconnect(self, _):
        self.session.relay.disconnect()

    def do_set_clipboard(self, action):
        self.clipboard = {action.mime: action.data}
        self.session.clipboard.changed(self.clipboard)

    async def do_paste_clipboard(self, action):
        done = asyncio.get_running_loop().create_future()
        self.session.clipboard.paste(action.mime, lambda data, reason: done.done() or done.set_result((data, reason)))
        data, reason = await asyncio.wait_for(done, 10)
        if data is None:
            raise Refused(short(common.RefusalReason, reason))
        self.clipboard = {action.mime: data}
        return contract.Result(ok=True, data=data)

    # Snapshot.

    def snapshot(self):
        session = self.session
        data = contract.SnapshotData(session=session.phase, participant=session.number, chat=self.chat, recording=sorted(self.recording))
        data.close_code = session.code or 0
        for peer in sorted(session.peers.values(), key=lambda peer: peer.number):
            data.peers.append(self.describe(peer))
        for mime, content in self.clipboard.items():
            data.clipboard.add(mime=mime, data=content)
        if hasattr(session, 'clipboard'):
            data.clipboard_offered.extend(session.clipboard.offered)
        self.add_to(data)
        return data

    def describe(self, peer):
        words = ' '.join(peer.keys.words) if peer.keys is not None else ''
        facts = dict(participant=peer.number, role=peer.role, phase=peer.phase, grants=sorted(peer.grants), display_name=peer.name)
        return contract.Peer(words=words, words_confirmed=peer.words_said, organisation=peer.organisation, **facts)


class CustomerRole(Base):
    """A customer with a virtual desktop."""

    def make(self):
        start = self.start
        self.desktop = Desktop([monitor_of(one) for one in start.screens] or None)
        code = parse_code(start.pin or start.customer_url)
        trusted = [(key.issuer or None, trusted_key(key.jwk)) for key in start.trust]
        return Customer(start.websocket_url, code, self.listen, self.clock, self.desktop, start.display_name, trusted)

    def on_asked(self, question, about, participant, permissions, reason, name, organisation):
        asked = dict(id=question, about=about, participant=participant, permissions=permissions, reason=reason)
        self.emit(asked=contract.Asked(display_name=name, organisation=organisation, **asked))

    def on_question_closed(self, question):
        self.emit(question_closed=question)

    def on_exchange_failed(self, participant, code, attempts_left):
        self.emit(join_failed=code)

    def do_answer(self, action):
        if action.question not in self.session.questions:
            raise Refused('This question is not open.')
        self.session.answer(action.question, action.permissions, action.expires_in_ms)

    def _peer(self, number):
        if number not in self.session.peers:
            raise Refused('There is no such participant.')
        return number

    def do_set_grants(self, action):
        self.session.set_grants(self._peer(action.participant), action.permissions, action.expires_in_ms)

    def do_pause(self, _):
        self.session.pause()

    def do_unpause(self, _):
        self.session.unpause()

    def do_stop(self, _):
        self.session.stop()

    def do_leave(self, _):
        self.session.end(Code.LEFT)

    def do_local_input(self, _):
        self.session.control.local_input()

    def do_change_screens(self, action):
        self.desktop.change_screens([monitor_of(one) for one in action.screens])

    def do_paint(self, action):
        if action.screen not in self.desktop.screens:
            raise Refused('There is no such screen.')
        self.desktop.paint(action.screen, action.x, action.y, action.width, action.height, action.colour)

    def do_set_masks(self, action):
        self.session.sharing.set_masks([(region.screen, region.x, region.y, region.width, region.height) for region in action.regions])

    def do_secure_desktop(self, action):
        self.session.sharing.set_secure_desktop(action.active)

    def do_remove(self, action):
        self.session.remove(self._peer(action.participant))

    def do_set_lead(self, action):
        self.session.set_lead(self._peer(action.participant))

    def do_confirm_words(self, action):
        self.session.confirm_words(self._peer(action.participant))

    def do_sync_clipboard(self, action):
        for direction, on in (clipboard.DIRECTION_TO_CUSTOMER, action.to_customer), (clipboard.DIRECTION_FROM_CUSTOMER, action.from_customer):
            self.session.clipboard.sync(direction, on)

    def do_say(self, action):
        self.session.talk.say(action.text)

    def add_to(self, data):
        session = self.session
        data.control = session.control.holder
        data.keys_down.extend(sorted(self.desktop.keys_down))
        data.buttons_down.extend(sorted(button - 1 for button in self.desktop.buttons_down))
        data.injected.extend(self.desktop.injected)
        data.secure_desktop = session.sharing.secure_desktop
        data.participants.extend(sorted([session.number, *(peer.number for peer in session.peers.values() if peer.keys is not None)]))
        for monitor in self.desktop.screens.values():
            data.screens.add(id=monitor.screen_id, x=monitor.x, y=monitor.y, width=monitor.width, height=monitor.height, primary=monitor.primary)


def monitor_of(one):
    return Monitor(one.id, one.x, one.y, one.width, one.height, one.primary)


class JoinerRole(Base):
    """What agents and viewers do alike."""

    def describe(self, peer):
        facts = super().describe(peer)
        participant = next((entry for entry in self.session.participants if entry.participant == peer.number), None)
        facts.display_name = (participant.display_name if participant is not None else '') or peer.name
        return facts

    def on_join_failed(self, participant, code, attempts_left):
        self.emit(join_failed=code)

    def on_subscription(self, state, reason, **_):
        if state == STARTED:
            self.answered('screen shown')
        elif state == REFUSED:
            self.answered(f'screen refused {short(common.RefusalReason, reason)}')

    def on_shown(self, **_):
        self.emit(shown=self._picture())

    def _picture(self):
        viewing = self.session.viewing
        if viewing.picture is None:
            return contract.Picture(screen=viewing.screen_id, frames=viewing.frames)
        picture = viewing.picture
        return contract.Picture(screen=viewing.screen_id, width=picture.width, height=picture.height, sha256=picture.sha256(), frames=viewing.frames)

    def need_customer(self):
        if not self.session.is_assisting:
            raise Refused('There is no customer to assist.')

    def do_leave(self, action):
        self.session.leave_session(action.end_session)

    def do_show_screen(self, action):
        self.need_customer()
        self.session.viewing.show(action.screen, max_width=action.max_width, max_height=action.max_height, max_fps=action.max_fps)

    def do_next_screen(self, _):
        self.need_customer()
        if not self.session.viewing.screens:
            raise Refused('There is no screen.')
        self.session.viewing.show(self.session.viewing.next_screen())

    def do_hide_screen(self, _):
        self.need_customer()
        self.session.viewing.hide()

    def do_confirm_words(self, _):
        if self.session.customer is None:
            raise Refused('There is no customer.')
        self.session.confirm_words()

    def do_say(self, action):
        self.need_customer()
        self.session.say(action.text)

    def do_recording(self, action):
        self.need_customer()
        self.session.record(action.on)

    def add_to(self, data):
        session, viewing = self.session, self.session.viewing
        data.control = session.lease_holder
        data.screen = viewing.screen_id
        data.secure_desktop = viewing.secure_desktop
        if viewing.picture is not None:
            data.picture.CopyFrom(self._picture())
        data.participants.extend(sorted(entry.participant for entry in session.participants))
        for entry in viewing.screens.values():
            data.screens.add(id=entry.screen_id, x=entry.x, y=entry.y, width=entry.width, height=entry.height, primary=entry.primary)


class AgentRole(JoinerRole):
    """The agent that leads a session, or a further one."""

    def make(self):
        start = self.start
        self._asked_control, self._waiting, self._removing = set(), {}, {}
        common_facts = dict(listener=self.listen, clock=self.clock, name=start.display_name, permissions=start.permissions, credential=start.credential)
        if start.WhichOneof('way') == 'invite_url':
            self.created = None
            return Agent(start.websocket_url, '', invitation=parse_invitation(start.invite_url), **common_facts)
        self.created = start.created
        return Agent(start.websocket_url, start.created.agent_token, start.created.session.locator, **common_facts)

    def ready(self):
        if self.created is None:
            return contract.RoleReady()
        code = self.session.customer_code
        return contract.RoleReady(pin=code.pin, customer_url=customer_url(self.created.join_url, code.pin, code.link_secret))

    # Answers.

    def on_decided(self, request, granted, reason):
        numbers = ' '.join(map(str, sorted(granted)))
        self.answered(f'consent granted {numbers}' if granted else f'consent refused {short(common.RefusalReason, reason)}')

    def on_control(self, holder):
        if self._asked_control and holder == self.session.number:
            self._asked_control.clear()
            self.answered('control granted')

    def on_refused(self, request, reason):
        if request in self._asked_control:
            self._asked_control.discard(request)
            self.answered(f'control refused {short(common.RefusalReason, reason)}')
        if self._removing.pop(request, None) is not None:
            self.answered(f'remove refused {short(common.RefusalReason, reason)}')
        self._settle(request, None, reason)

    def on_participants(self, participants):
        for request, number in list(self._removing.items()):
            if number not in participants:
                del self._removing[request]
                self.answered('remove done')

    def on_clipboard(self, direction, on):
        self.answered(f'clipboard {DIRECTIONS[direction]} {"on" if on else "off"}')

    def on_rejected(self, seq, reason, count):
        self.answered(f'input refused {short(common.RefusalReason, reason)}')

    def on_keys(self, request, refusal):
        self.answered('keys OK' if refusal == Refusal.UNSPECIFIED else f'keys refused {short(common.RefusalReason, refusal)}')

    def on_elevation(self, request, phase, reason):
        if phase in (elevation.ELEVATION_PHASE_FAILED, elevation.ELEVATION_PHASE_DENIED):
            self.answered(f'elevation refused {short(elevation.ElevationReason, reason)}')

    def on_clipboard_refused(self, direction, reason):
        self.answered(f'clipboard {DIRECTIONS[direction]} refused {short(common.RefusalReason, reason)}')

    def on_invited(self, request, invite_id, secret):
        self._settle(request, (invite_id, secret), None)

    def _settle(self, request, result, reason):
        waiting = self._waiting.pop(request, None)
        if waiting is not None and not waiting.done():
            waiting.set_result((result, reason))

    # Actions.

    def do_request_consent(self, action):
        if not self.session.ask(action.permissions, action.reason):
            raise Refused('A request is open, or there is no customer.')

    def do_request_control(self, _):
        self.need_customer()
        self._asked_control.add(self.session.request_control())

    def do_release_control(self, _):
        self.need_customer()
        self.session.release_control()

    def _did(self, sent):
        if not sent:
            raise Refused('This agent is not in control.')

    def do_key(self, action):
        self._did(self.session.hands.key(action.usage, action.down))

    def do_type_text(self, action):
        self._did(self.session.hands.text(action.text))

    def do_move_pointer(self, action):
        self._did(self.session.hands.move(action.x, action.y))

    def do_button(self, action):
        self._did(self.session.hands.button(action.button + 1, action.down))

    def do_wheel(self, action):
        self._did(self.session.hands.wheel(action.delta_x, action.delta_y))

    def do_send_keys(self, action):
        if action.combo not in COMBO_NAMES:
            raise Unsupported('There is no such combination.')
        self._did(self.session.hands.send_keys(COMBO_NAMES[action.combo]))

    async def do_invite(self, action):
        self.need_customer()
        waiting = asyncio.get_running_loop().create_future()
        request = self.session.invite(action.role, action.expires_in_ms, action.ceiling)
        self._waiting[request] = waiting
        result, reason = await asyncio.wait_for(waiting, 10)
        if result is None:
            raise Refused(short(common.RefusalReason, reason))
        page = self.created.view_url if self.created is not None else ''
        return contract.Result(ok=True, url=invitation_url(page, *result))

    def do_revoke_invite(self, action):
        self.need_customer()
        self.session.revoke_invite(self.session.last_invite_id, action.remove_joined)

    def do_remove(self, action):
        self.need_customer()
        self._removing[self.session.remove(action.participant)] = action.participant

    def do_sync_clipboard(self, action):
        self.need_customer()
        on = self.session.clipboard.with_peer(self.session.customer).on
        for direction, wanted in (clipboard.DIRECTION_TO_CUSTOMER, action.to_customer), (clipboard.DIRECTION_FROM_CUSTOMER, action.from_customer):
            if on[direction] != wanted:
                self.session.clipboard.sync(direction, wanted)

    async def do_renew_code(self, _):
        if self.created is None:
            raise Refused('Only the lead has a code.')
        locator = await asyncio.to_thread(renew, self.start.websocket_url, self.created)
        try:
            code = self.session.renew_code(locator)
        except ValueError as error:
            raise Refused(str(error)) from error
        return contract.Result(ok=True, text=code.pin, url=customer_url(self.created.join_url, code.pin, code.link_secret))


def renew(websocket_url, created):
    """Asks the control API for a new locator; gives it."""
    base = websocket_url.removesuffix('/v1/attach').replace('ws', 'http', 1)
    url = f'{base}/v1/sessions/{created.session.session_id}/code'
    headers = {'Content-Type': 'application/json', 'Authorization': f'Bearer {created.agent_token}'}
    with urllib.request.urlopen(urllib.request.Request(url, b'{}', headers), timeout=10) as answer:
        return json.load(answer)['session']['locator']


class ViewerRole(JoinerRole):
    """Somebody who looks."""

    def make(self):
        start = self.start
        return Viewer(start.websocket_url, parse_invitation(start.invite_url), self.listen, self.clock, start.display_name)


ROLES = {Role.CUSTOMER: CustomerRole, Role.AGENT: AgentRole, Role.VIEWER: ViewerRole}

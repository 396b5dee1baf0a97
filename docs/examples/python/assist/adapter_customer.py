"""The customer as the conformance suite plays with it: a virtual desktop, and a user who does as told."""

from __future__ import annotations

from .adapter_base import Base, Refused, contract
from .codes import parse_code
from .customer import Customer
from .desktop import Desktop, Monitor
from .organisations import trusted_key
from .schema import Code, clipboard


class CustomerRole(Base):
    """A customer with a virtual desktop."""

    _failed = False

    def make(self) -> Customer:
        start = self.start
        self.desktop = Desktop([monitor_of(one) for one in start.screens] or None)
        code = parse_code(start.pin or start.customer_url)
        trusted = [(key.issuer or None, trusted_key(key.jwk)) for key in start.trust]
        return Customer(start.websocket_url, code, self.listen, self.clock, self.desktop, start.display_name, trusted)

    def on_asked(self, question: int, about: str, participant: int, permissions: list[int], reason: str, name: str, organisation: str) -> None:
        asked = dict(id=question, about=about, participant=participant, permissions=permissions, reason=reason)
        self.emit(asked=contract.Asked(display_name=name, organisation=organisation, **asked))

    def on_question_closed(self, question: int) -> None:
        self.emit(question_closed=question)

    def on_exchange_failed(self, participant: int, code: int, attempts_left: int) -> None:
        self._failed = True
        self.emit(join_failed=code)

    def on_ended(self, code: int, detail: str) -> None:
        if not self.session.is_admitted and not self._failed:
            self.emit(join_failed=code)
        super().on_ended(code, detail)

    def do_answer(self, action: contract.Answer) -> None:
        if action.question not in self.session.consent.questions:
            raise Refused('This question is not open.')
        self.session.consent.answer(action.question, action.permissions, action.expires_in_ms)

    def _peer(self, number: int) -> int:
        if number not in self.session.peers:
            raise Refused('There is no such participant.')
        return number

    def do_set_grants(self, action: contract.SetGrants) -> None:
        self.session.grants.set(self._peer(action.participant), action.permissions, action.expires_in_ms)

    def do_pause(self, _: contract.Empty) -> None:
        self.session.pause()

    def do_unpause(self, _: contract.Empty) -> None:
        self.session.unpause()

    def do_stop(self, _: contract.Empty) -> None:
        self.session.stop()

    def do_leave(self, _: contract.Leave) -> None:
        self.session.end(Code.LEFT)

    def do_local_input(self, _: contract.Empty) -> None:
        self.session.control.local_input()

    def do_change_screens(self, action: contract.ChangeScreens) -> None:
        self.desktop.change_screens([monitor_of(one) for one in action.screens])

    def do_paint(self, action: contract.Paint) -> None:
        if action.screen not in self.desktop.screens:
            raise Refused('There is no such screen.')
        self.desktop.paint(action.screen, action.x, action.y, action.width, action.height, action.colour)

    def do_set_masks(self, action: contract.SetMasks) -> None:
        self.session.sharing.set_masks([(region.screen, region.x, region.y, region.width, region.height) for region in action.regions])

    def do_secure_desktop(self, action: contract.SecureDesktop) -> None:
        self.session.sharing.set_secure_desktop(action.active)

    def do_remove(self, action: contract.RemoveParticipant) -> None:
        self.session.remove(self._peer(action.participant))

    def do_set_lead(self, action: contract.SetLead) -> None:
        self.session.set_lead(self._peer(action.participant))

    def do_confirm_words(self, action: contract.ConfirmWords) -> None:
        self.session.confirm_words(self._peer(action.participant))

    def do_sync_clipboard(self, action: contract.SyncClipboard) -> None:
        for direction, on in (clipboard.DIRECTION_TO_CUSTOMER, action.to_customer), (clipboard.DIRECTION_FROM_CUSTOMER, action.from_customer):
            self.session.clipboard.sync(direction, on)

    def do_say(self, action: contract.Say) -> None:
        self.session.talk.say(action.text)

    def add_to(self, data: contract.SnapshotData) -> None:
        session = self.session
        data.control = session.control.holder
        data.keys_down.extend(sorted(self.desktop.keys_down))
        data.buttons_down.extend(sorted(button - 1 for button in self.desktop.buttons_down))
        data.injected.extend(self.desktop.injected)
        data.secure_desktop = session.sharing.secure_desktop
        data.participants.extend(sorted([session.number, *(peer.number for peer in session.peers.values() if peer.keys is not None)]))
        for monitor in self.desktop.screens.values():
            data.screens.add(id=monitor.screen_id, x=monitor.x, y=monitor.y, width=monitor.width, height=monitor.height, primary=monitor.primary)


def monitor_of(one: contract.Screen) -> Monitor:
    return Monitor(one.id, one.x, one.y, one.width, one.height, one.primary)

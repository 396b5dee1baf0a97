"""An agent's pointer and keyboard. A part of the agent (docs/spec/input.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .clock import Alarm
from .schema import Channel, input

if TYPE_CHECKING:
    from .agent import Agent
    from .peer import Peer

HELD_SECONDS = 0.4
MODIFIERS = {224: 1, 228: 1, 225: 2, 229: 2, 226: 4, 227: 8, 231: 8, 230: 16}


class Hands:
    """Sends events under the lease, and says what is down as long as something is (RA-INP-041)."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self._seq = self._request = 0
        self._keys, self._buttons = set(), set()
        self._held = Alarm(agent.clock, self._say_held)
        self.place = (0, 0)

    @property
    def has_control(self) -> bool:
        return self.agent.is_assisting and self.agent.lease_holder == self.agent.number

    def forget(self) -> None:
        """The lease, or the line, is gone: nothing is down any more."""
        self._keys.clear()
        self._buttons.clear()
        self._held.clear()

    def new_line(self) -> None:
        """A new connection numbers its events anew (RA-INP-006)."""
        self.forget()
        self._seq = 0

    def on_end(self) -> None:
        self.forget()

    def _send(self, name: str, kind: type, **fields: Any) -> bool:
        if not self.has_control:
            return False
        self._seq += 1
        event = kind(seq=self._seq, lease_epoch=self.agent.lease_epoch, **fields)
        self.agent.send(self.agent.customer, Channel.INPUT, **{name: event})
        if self._keys or self._buttons:
            self._held.set(HELD_SECONDS)
        else:
            self._held.clear()
        return True

    def _say_held(self) -> None:
        self._send('held', input.Held, hid_usages=sorted(self._keys), buttons=sorted(self._buttons))

    def key(self, usage: int, down: bool) -> bool:
        (self._keys.add if down else self._keys.discard)(usage)
        modifiers = 0
        for key in self._keys:
            modifiers |= MODIFIERS.get(key, 0)
        return self._send('key_event', input.KeyEvent, down=down, hid_usage=usage, modifiers=modifiers)

    def text(self, text: str) -> bool:
        """Types text, if the customer announced that it can (RA-SES-202)."""
        if not self.has_control or 'input.text' not in self.agent.customer.capabilities:
            return False
        return self._send('text_input', input.TextInput, text=text)

    def _where(self) -> dict[str, int]:
        x, y = self.place
        return dict(screen_id=self.agent.viewing.screen_id, layout_epoch=self.agent.viewing.layout_epoch, x=x, y=y)

    def move(self, x: int, y: int) -> bool:
        """To a place of the screen that is shown, native pixels."""
        self.place = (x, y)
        return self._send('pointer_move', input.PointerMove, **self._where())

    def button(self, button: int, down: bool) -> bool:
        (self._buttons.add if down else self._buttons.discard)(button)
        return self._send('pointer_button', input.PointerButton, button=button, down=down, **self._where())

    def wheel(self, delta_x: int, delta_y: int) -> bool:
        return self._send('wheel', input.Wheel, delta_x=delta_x, delta_y=delta_y, **self._where())

    def release_all(self) -> None:
        """The window lost the focus (RA-INP-047)."""
        if self._keys or self._buttons:
            self._keys.clear()
            self._buttons.clear()
            self._send('release_all', input.ReleaseAll)

    def send_keys(self, combo: int) -> int:
        """Asks for a combination; gives the number of the request, 0 without control. The answer is the event 'keys'."""
        self._request += 1
        return self._request if self._send('send_keys', input.SendKeys, request_id=self._request, combo=combo) else 0

    def on_input_send_keys_result(self, peer: Peer, result: input.SendKeysResult) -> None:
        self.agent.tell('keys', request=result.request_id, refusal=result.refusal)

    def on_input_input_rejected(self, peer: Peer, rejected: input.InputRejected) -> None:
        self.agent.tell('rejected', seq=rejected.seq, reason=rejected.reason, count=rejected.count)

    def on_input_local_input_active(self, peer: Peer, local: input.LocalInputActive) -> None:
        self.agent.tell('local-input', active=local.active)

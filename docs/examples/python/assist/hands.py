"""An agent's pointer and keyboard. A part of the agent (docs/spec/input.md)."""

from .clock import Alarm
from .schema import Channel, input

HELD_SECONDS = 0.4
MODIFIERS = {224: 1, 228: 1, 225: 2, 229: 2, 226: 4, 227: 8, 231: 8, 230: 16}


class Hands:
    """Sends events under the lease, and says what is down as long as something is (RA-INP-041)."""

    def __init__(self, agent):
        self.agent = agent
        self._seq = self._request = 0
        self._keys, self._buttons = set(), set()
        self._held = Alarm(agent.clock, self._say_held)
        self.place = (0, 0)

    @property
    def has_control(self):
        return self.agent.is_assisting and self.agent.lease_holder == self.agent.number

    def forget(self):
        """The lease, or the line, is gone: nothing is down any more."""
        self._keys.clear()
        self._buttons.clear()
        self._held.clear()

    def new_line(self):
        """A new connection numbers its events anew (RA-INP-006)."""
        self.forget()
        self._seq = 0

    def on_end(self):
        self.forget()

    def _send(self, name, kind, **fields):
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

    def _say_held(self):
        self._send('held', input.Held, hid_usages=sorted(self._keys), buttons=sorted(self._buttons))

    def key(self, usage, down):
        (self._keys.add if down else self._keys.discard)(usage)
        modifiers = 0
        for key in self._keys:
            modifiers |= MODIFIERS.get(key, 0)
        return self._send('key_event', input.KeyEvent, down=down, hid_usage=usage, modifiers=modifiers)

    def text(self, text):
        """Types text, if the customer announced that it can (RA-SES-202)."""
        if not self.has_control or 'input.text' not in self.agent.customer.capabilities:
            return False
        return self._send('text_input', input.TextInput, text=text)

    def _where(self):
        x, y = self.place
        return dict(screen_id=self.agent.viewing.screen_id, layout_epoch=self.agent.viewing.layout_epoch, x=x, y=y)

    def move(self, x, y):
        """To a place of the screen that is shown, native pixels."""
        self.place = (x, y)
        return self._send('pointer_move', input.PointerMove, **self._where())

    def button(self, button, down):
        (self._buttons.add if down else self._buttons.discard)(button)
        return self._send('pointer_button', input.PointerButton, button=button, down=down, **self._where())

    def wheel(self, delta_x, delta_y):
        return self._send('wheel', input.Wheel, delta_x=delta_x, delta_y=delta_y, **self._where())

    def release_all(self):
        """The window lost the focus (RA-INP-047)."""
        if self._keys or self._buttons:
            self._keys.clear()
            self._buttons.clear()
            self._send('release_all', input.ReleaseAll)

    def send_keys(self, combo):
        """Asks for a combination; gives the number of the request, 0 without control. The answer is the event 'keys'."""
        self._request += 1
        return self._request if self._send('send_keys', input.SendKeys, request_id=self._request, combo=combo) else 0

    def on_input_send_keys_result(self, peer, result):
        self.agent.tell('keys', request=result.request_id, refusal=result.refusal)

    def on_input_input_rejected(self, peer, rejected):
        self.agent.tell('rejected', seq=rejected.seq, reason=rejected.reason, count=rejected.count)

    def on_input_local_input_active(self, peer, local):
        self.agent.tell('local-input', active=local.active)

"""A participant's stay at the broker: Hello, heartbeat, roster, return, Bye (docs/spec/relay.md)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from . import frame
from .clock import Alarm
from .frame import Head
from .line import Line, LineError
from .rules import Violation, parse
from .schema import Channel, Code, close_code, common, relay, rules

if TYPE_CHECKING:
    from .clock import Clock
    from .schema import handshake
    from .session import Session

IMPLEMENTATION = common.Implementation(name='remote-assist-python', version='1.0')
WELCOME_SECONDS = 15
RETRY_SECONDS = [0, 0.25, 0.5, 1, 2]


def is_retryable(code: int) -> bool:
    """Whether the same may succeed later without a person's help."""
    value = close_code.CloseCode.DESCRIPTOR.values_by_number.get(code)
    return value is not None and value.GetOptions().Extensions[rules.close].retryable


class Relay:
    """Keeps one participant attached. `owner` has on_welcome(returned), on_roster(roster), on_frame(head, payload), on_lost(), on_ended(code, detail)."""

    def __init__(self, url: str, clock: Clock, hello: relay.Hello, owner: Session) -> None:
        self.url, self._clock, self._hello, self._owner = url, clock, hello, owner
        self.welcome = self.roster = None
        self.number = 0
        self.is_live = self.is_over = False
        self._line, self._sequence, self._heard_sequence = None, 0, 0
        self._token, self._attempt, self._task = b'', 0, None
        self._grace = Alarm(clock, lambda: self._end(Code.GRACE_EXPIRED, 'The line did not come back in time.'))
        self._pulse = Alarm(clock, self._check_pulse)
        self._retry = Alarm(clock, self._connect)
        self._heard_at, self._pings = 0, 0

    def start(self) -> None:
        self._connect()

    def _connect(self) -> None:
        self._owner.on_line('opening')
        self._task = asyncio.ensure_future(self._open())

    async def _open(self) -> None:
        line = Line(self.url, lambda data: self._on_data(line, data), lambda code, reason: self._on_end(line, code, reason))
        try:
            await line.open()
        except LineError as error:
            self._owner.on_line('failed')
            self._on_unreached(str(error))
            return
        if self.is_over:
            self._owner.on_line('failed')
            line.close(Code.LEFT)
            return
        self._line, self._sequence, self._heard_sequence, self._pings = line, 0, 0, 0
        self._owner.on_line('up')
        hello = relay.Hello()
        hello.CopyFrom(self._hello)
        hello.version.SetInParent()
        hello.implementation.CopyFrom(IMPLEMENTATION)
        hello.resume_token = self._token
        self.tell(hello=hello)
        self._pulse.set(WELCOME_SECONDS)

    async def settled(self) -> None:
        """Returns when a line that is asked for is there or not to be had, and what was ready to happen has happened."""
        if self._task is not None:
            await asyncio.wait([self._task])
        await asyncio.sleep(0)

    def _on_unreached(self, why: str) -> None:
        if self.is_over:
            return
        if self.welcome is None:
            self._end(Code.UNSPECIFIED, why)
        else:
            self._try_again()

    def _try_again(self, wait: float = 0) -> None:
        pause = RETRY_SECONDS[min(self._attempt, len(RETRY_SECONDS) - 1)]
        self._attempt += 1
        if max(pause, wait) == 0:
            self._connect()
        else:
            self._retry.set(max(pause, wait))

    # What goes out.

    def tell(self, **kind: Any) -> None:
        """Sends a relay message: `tell(bye=Bye(...))`. Does nothing while this end is not attached, but for its Hello."""
        if self.is_live or 'hello' in kind:
            self._send(Channel.RELAY, (), relay.RelayMessage(**kind).SerializeToString())

    def head(self, channel: int, targets: tuple[int, ...]) -> Head:
        """The head of the next frame; its sequence is used by asking for it (RA-RLY-002, RA-RLY-006)."""
        self._sequence += 1
        return Head(channel, self.number if self.is_live else 0, tuple(sorted(targets)), self._sequence)

    def send(self, head: Head, payload: bytes) -> None:
        """Sends a frame with a head that was asked for."""
        if self._line is not None:
            self._line.send(frame.encode(head, payload))

    def _send(self, channel: int, targets: tuple[int, ...], payload: bytes) -> None:
        self.send(self.head(channel, targets), payload)

    def send_clear(self, channel: int, target: int, message: handshake.HandshakeMessage) -> None:
        self._send(channel, (target,), message.SerializeToString())

    # What comes in.

    def _on_data(self, line: Line, data: bytes) -> None:
        if line is not self._line or self.is_over:
            return
        self._heard_at, self._pings = self._clock.now(), 0
        try:
            head, payload = frame.decode(data)
            if head.source != 0:
                if self.is_live:
                    self._owner.on_frame(head, payload)
                return
            if head.channel != Channel.RELAY or head.sequence <= self._heard_sequence:
                raise Violation(Code.BAD_HEADER, 'a frame that no broker sends')
            self._heard_sequence = head.sequence
            message = parse(relay.RelayMessage, payload)
            kind = message.WhichOneof('kind')
            handle = getattr(self, f'_on_{kind}', None)
            if handle is not None:
                handle(getattr(message, kind))
        except Violation as violation:
            self.fail(violation)

    def fail(self, violation: Violation) -> None:
        """Leaves because the broker, or what it passed on, broke a rule."""
        self._line.close(violation.code, str(violation))
        self._end(violation.code, str(violation))

    def _on_welcome(self, welcome: relay.Welcome) -> None:
        if self.is_live:
            raise Violation(Code.WRONG_PHASE, 'a second welcome')
        if welcome.minor != 0:
            raise Violation(Code.INVALID_FIELD, 'a version that was not offered')
        returned = self.welcome is not None
        if returned and (welcome.participant, welcome.session_id) != (self.number, self.welcome.session_id):
            raise Violation(Code.INVALID_FIELD, 'a welcome to somewhere else')
        self.welcome, self.number, self._token = welcome, welcome.participant, welcome.resume_token
        self.is_live, self._attempt = True, 0
        self._grace.clear()
        self._pulse.set(welcome.heartbeat_ms / 1000)
        self.tell(ping=relay.Ping(id=1))  # the first frame after Welcome: from now on the new token alone counts
        self._owner.on_welcome(returned)
        self._take_roster(welcome.roster)

    def _on_refusal(self, refusal: relay.Refusal) -> None:
        if self.welcome is not None and is_retryable(refusal.code):
            self._drop_line()
            self._try_again(refusal.retry_after_ms / 1000)  # RA-RLY-114
        else:
            self._end(refusal.code, refusal.detail)

    def _on_roster(self, roster: relay.Roster) -> None:
        if self.is_live and (self.roster is None or roster.revision > self.roster.revision):  # RA-RLY-235
            self._take_roster(roster)

    def _take_roster(self, roster: relay.Roster) -> None:
        self.roster = roster
        self._owner.on_roster(roster)

    def _on_ping(self, ping: relay.Ping) -> None:
        if self.is_live:
            self.tell(pong=relay.Pong(id=ping.id))  # RA-RLY-132

    def _on_bye(self, bye: relay.Bye) -> None:
        self._end(bye.code, 'The broker said goodbye.')

    def _check_pulse(self) -> None:
        """Asks for a sign of life where none came for a while; three times in vain, and the line counts as dropped (RA-RLY-135)."""
        if not self.is_live:
            self._line.abort()
            return
        beat = self.welcome.heartbeat_ms / 1000
        silent = self._clock.now() - self._heard_at
        if silent >= 3 * beat:
            self._line.abort()
            return
        if silent >= beat:
            self.tell(ping=relay.Ping(id=1))
        self._pulse.set(beat if silent >= beat else beat - silent)

    # Ends.

    def _drop_line(self) -> None:
        self._line, self.is_live = None, False
        self._pulse.clear()
        self._owner.on_line('down')

    def _on_end(self, line: Line, code: int, reason: str) -> None:
        if line is not self._line or self.is_over:
            return
        self._drop_line()
        if self.welcome is None or not (code == 0 or is_retryable(code)):
            self._end(code, reason)
            return
        if not self._grace.is_set:
            self._grace.set(self.welcome.grace_ms / 1000)
            self._owner.on_lost()
        if not self.is_over:
            self._try_again()

    def bye(self, code: int, end_session: bool = False, because: int | None = None) -> None:
        """Leaves for good (RA-RLY-151); `because` is the code of the end where another said it."""
        if self.is_over:
            return
        if self._line is not None and self.is_live:
            self.tell(bye=relay.Bye(code=code, end_session=end_session))
            line = self._line
            self._clock.later(1, lambda: line.close(code))  # the broker closes; if it does not, we do
        self._end(code if because is None else because, '')

    async def over(self, seconds: float = 2) -> None:
        """Waits, once this stay has ended, until everything is said and the line is closed: for programs that exit then."""
        if self._line is not None:
            await self._line.over(seconds)

    def disconnect(self) -> None:
        """Breaks the line, as a failing network would."""
        if self._line is not None:
            self._line.abort()

    def _end(self, code: int, detail: str) -> None:
        if self.is_over:
            return
        self.is_over = True
        self._token = b''  # RA-RLY-188
        for alarm in self._grace, self._pulse, self._retry:
            alarm.clear()
        self.is_live = False
        self._owner.on_ended(code, detail)

"""A line to the broker: frames over a WebSocket (docs/spec/binding.md)."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import websockets
from websockets.exceptions import ConnectionClosed, ProtocolError, WebSocketException
from websockets.legacy.client import WebSocketClientProtocol

from .frame import MAX_FRAME_BYTES
from .schema import Code

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.frames import Frame

SUBPROTOCOL = 'remoteassist.v1'
MAX_FRAGMENTS = 1_024
CLOSE_SECONDS = 10
OPEN_SECONDS = 15
_CLOSE = object()


class LineError(Exception):
    """The line could not be opened."""


class _Protocol(WebSocketClientProtocol):
    """Ends the connection at a message of too many fragments (RA-BND-029)."""

    _fragments = 0

    async def read_data_frame(self, max_size: int) -> Frame | None:
        frame = await super().read_data_frame(max_size)
        if frame is not None:
            self._fragments = 0 if frame.fin else self._fragments + 1
            if self._fragments >= MAX_FRAGMENTS:
                raise ProtocolError('too many fragments')
        return frame


class Line:
    """One connection. `on_frame(bytes)` is called for each frame; `on_end(code, reason)` once, with code 0 where the line broke."""

    def __init__(self, url: str, on_frame: Callable, on_end: Callable) -> None:
        self.url, self._on_frame, self._on_end = url, on_frame, on_end
        self._socket, self._out, self._tasks = None, asyncio.Queue(), []
        self._closing, self._ended, self._own_code = False, False, None

    async def open(self) -> None:
        """Opens it. Raises LineError."""
        options = {}
        if self.url.startswith('wss:'):
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_3  # RA-BND-016, RA-BND-017
            options['ssl'] = context
        try:
            self._socket = await websockets.connect(
                self.url,
                create_protocol=_Protocol,
                subprotocols=[SUBPROTOCOL],
                compression=None,
                max_size=MAX_FRAME_BYTES,
                read_limit=4 * MAX_FRAME_BYTES,  # what is too large is read to its end, so that the close behind it is seen
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,
                **options,
            )
        except (OSError, WebSocketException, asyncio.TimeoutError) as error:
            raise LineError(f'The broker was not reached: {error}') from error
        if self._socket.subprotocol != SUBPROTOCOL:
            self._socket.transport.abort()
            raise LineError('What answered is no broker of this protocol.')  # RA-BND-033
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]

    def send(self, data: bytes) -> None:
        """Sends a frame behind those before it; does nothing after a close (RA-BND-012)."""
        if not self._closing and not self._ended:
            self._out.put_nowait(data)

    def close(self, code: int, reason: str = '') -> None:
        """Closes with a protocol close code, behind every frame that waits (RA-BND-006)."""
        if not self._closing and not self._ended:
            self._closing, self._own_code = True, code
            reason = reason.encode()[:120].decode(errors='ignore')  # RA-BND-009
            self._out.put_nowait((_CLOSE, 4000 + code, reason))

    def abort(self) -> None:
        """Breaks the line, without a close."""
        if self._socket is not None and self._socket.transport is not None:
            self._socket.transport.abort()

    async def over(self, seconds: float) -> None:
        """Waits until the line has ended, and breaks it after so long."""
        _, pending = await asyncio.wait(self._tasks, timeout=seconds)
        if pending:
            self.abort()
            await asyncio.wait(pending, timeout=seconds)

    async def _write(self) -> None:
        while True:
            item = await self._out.get()
            try:
                if isinstance(item, tuple):
                    await self._socket.close(item[1], item[2])
                    return
                await self._socket.send(item)
            except ConnectionClosed:
                return

    async def _read(self) -> None:
        code = reason = None
        try:
            async for message in self._socket:
                if isinstance(message, str):
                    code, reason = Code.MALFORMED, 'a text message'  # RA-BND-024
                    self.close(code, reason)
                    break
                self._on_frame(message)
        except ConnectionClosed:
            pass
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler({'message': 'A frame was not handled', 'exception': error})
            self.abort()
        if code is None:
            await self._socket.wait_closed()
            code, reason = protocol_code(self._socket.close_code), self._socket.close_reason or ''
        if not self._ended:
            self._ended = True
            if not self._closing:
                self._tasks[1].cancel()
            self._on_end(code if self._own_code is None else self._own_code, reason)


def protocol_code(close_code: int) -> int:
    """The protocol close code of a WebSocket's; 0 for a broken line (RA-BND-027, RA-BND-030)."""
    if close_code is not None and 4100 <= close_code <= 4699:
        return close_code - 4000
    return {1002: Code.MALFORMED, 1003: Code.MALFORMED, 1007: Code.MALFORMED, 1008: Code.MALFORMED, 1009: Code.TOO_LARGE}.get(close_code, 0)

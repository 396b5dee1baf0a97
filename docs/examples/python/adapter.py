#!/usr/bin/python3
"""The adapter that the conformance suite attaches: `remote-assist-conformance run --role customer -- /usr/bin/python3 adapter.py`.

It acts and observes, as proto/remoteassist/conformance/v1 says, over stdin and stdout: frames of protobuf behind their length, 32 bits, big-endian.
"""

from __future__ import annotations

import asyncio
import struct
import sys
from typing import TYPE_CHECKING, Any

from assist.adapter_base import Refused, Unsupported, contract
from assist.adapter_customer import CustomerRole
from assist.adapter_joiner import AgentRole, ViewerRole
from assist.relay import IMPLEMENTATION
from assist.schema import Role

if TYPE_CHECKING:
    from typing import BinaryIO

    Answer = dict[str, Any]

ROLES = {Role.CUSTOMER: CustomerRole, Role.AGENT: AgentRole, Role.VIEWER: ViewerRole}
PROFILES = ['core', 'viewer', 'resume', 'clipboard', 'binding-websocket']
FEATURES = ['clock', 'snapshot']
MAX_FRAME_BYTES = 16 * 1024 * 1024


class Adapter:
    """Plays any number of roles at a time, by their keys."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._roles = out, {}

    async def take(self, frame: contract.HostFrame) -> bool:
        """Does what a HostFrame says; gives whether to go on."""
        kind = frame.WhichOneof('kind')
        try:
            answer = await getattr(self, f'_{kind}')(frame)
        except Unsupported as error:
            answer = dict(result=contract.Result(ok=False, error='unsupported', text=str(error)))
        except Refused as error:
            answer = dict(result=contract.Result(ok=False, error='refused', text=str(error)))
        except Exception as error:  # a fault of this program: the suite is told, and goes on
            answer = dict(result=contract.Result(ok=False, error='failed', text=f'{type(error).__name__}: {error}'))
        self._send(re_seq=frame.seq, key=frame.key, **answer)
        return kind != 'shutdown'

    def _send(self, **fields: Any) -> None:
        data = contract.TesteeFrame(**fields).SerializeToString()
        self._out.write(struct.pack('>I', len(data)) + data)
        self._out.flush()

    async def _hello(self, frame: contract.HostFrame) -> Answer:
        return dict(hello_ack=contract.HelloAck(contract=1, implementation=IMPLEMENTATION, roles=ROLES, profiles=PROFILES, features=FEATURES))

    async def _start_role(self, frame: contract.HostFrame) -> Answer:
        start = frame.start_role
        if start.role not in ROLES:
            raise Unsupported('This program has no such role.')
        role = ROLES[start.role](start, lambda event: self._send(key=frame.key, event=event))
        self._roles[frame.key] = role
        role.session.start()
        return dict(role_ready=role.ready())

    async def _do(self, frame: contract.HostFrame) -> Answer:
        action = frame.do.WhichOneof('action')
        role = self._roles[frame.key]
        act = getattr(role, f'do_{action}', None)
        if act is None:
            raise Unsupported(f'This program cannot {action}.')
        result = act(getattr(frame.do, action))
        if asyncio.iscoroutine(result):
            result = await result
        return dict(result=result or contract.Result(ok=True))

    async def _snapshot(self, frame: contract.HostFrame) -> Answer:
        return dict(snapshot_data=self._roles[frame.key].snapshot())

    async def _stop_role(self, frame: contract.HostFrame) -> Answer:
        role = self._roles.pop(frame.key, None)
        if role is not None:
            role.stop()
        return dict(result=contract.Result(ok=True))

    async def _shutdown(self, frame: contract.HostFrame) -> Answer:
        for role in self._roles.values():
            role.stop()
        await asyncio.gather(*(role.session.relay.over() for role in self._roles.values()))
        return dict(result=contract.Result(ok=True))


async def main() -> None:
    reader = asyncio.StreamReader(limit=MAX_FRAME_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    adapter, tasks = Adapter(sys.stdout.buffer), set()
    while True:
        try:
            (length,) = struct.unpack('>I', await reader.readexactly(4))
            frame = contract.HostFrame.FromString(await reader.readexactly(length))
        except asyncio.IncompleteReadError:
            return
        if frame.WhichOneof('kind') == 'shutdown':
            await adapter.take(frame)
            return
        # Roles do not wait for one another; what one role is told is done in order, as far as it does not wait for the other side.
        task = asyncio.create_task(adapter.take(frame))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.sleep(0)


if __name__ == '__main__':
    asyncio.run(main())

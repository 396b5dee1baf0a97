#!/usr/bin/python3
"""Makes a session at a broker and helps its customer: `agent.py --broker URL`. Prints a line of JSON for each thing that happens.

Once the customer has consented it shows each screen, takes control, types, clicks, and asks for Ctrl+Alt+Del. Then it leaves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import urllib.request
from typing import Any

from assist.agent import Agent
from assist.codes import customer_url
from assist.schema import Code, Permission, close_code, common, input, short

ASKED = [Permission.VIEW_SCREEN, Permission.CONTROL_INPUT, Permission.CLIPBOARD_TO_CUSTOMER, Permission.CLIPBOARD_FROM_CUSTOMER, Permission.CHAT]


def say(event: str, **facts: Any) -> None:
    print(json.dumps({'event': event, **facts}, default=bytes.hex), flush=True)


def create_session(base_url: str, name: str) -> dict[str, Any]:
    """Asks the control API for a session."""
    body = json.dumps({'displayName': name}).encode()
    request = urllib.request.Request(base_url.rstrip('/') + '/v1/sessions', body, {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Helper:
    """An agent that waits for what happens, one thing after the other."""

    def __init__(self, created: dict[str, Any], name: str) -> None:
        self._events = asyncio.Queue()
        self.agent = Agent(created['websocketUrl'], created['agentToken'], created['session']['locator'], listener=self._listen, name=name, permissions=ASKED)

    def _listen(self, event: str, **facts: Any) -> None:
        if event == 'phase':
            facts['phase'] = short(common.Phase, facts['phase'])
        if event in ('ended', 'customer-left'):
            facts['code'] = short(close_code.CloseCode, facts['code'])
        say(event, **facts)
        self._events.put_nowait((event, facts))

    async def until(self, event: str, **wanted: Any) -> None:
        """The facts of the next such event. Raises EOFError if the session ends first, or the customer is gone for good."""
        while True:
            name, facts = await self._events.get()
            if name == event and all(facts[key] == value for key, value in wanted.items()):
                return facts
            if name in ('ended', 'customer-left') and event != 'ended':
                raise EOFError(facts['code'])

    def describe_picture(self) -> None:
        picture = self.agent.viewing.picture
        say('picture', screen=self.agent.viewing.screen_id, width=picture.width, height=picture.height, sha256=picture.sha256())

    async def help(self, text: str, drops: bool) -> None:
        agent = self.agent
        await self.until('screens')
        if drops:
            agent.relay.disconnect()
            await self.until('phase', phase='SUSPENDED')
            await self.until('screens')
        screens = list(agent.viewing.screens)
        for screen_id in screens[1:] + screens[:1]:
            agent.viewing.show(screen_id)
            await self.until('shown', screen=screen_id)
            self.describe_picture()
        agent.request_control()
        await self.until('control', holder=agent.number)
        agent.hands.text(text)
        for down in True, False:
            agent.hands.key(40, down)
        agent.hands.move(20, 20)
        for down in True, False:
            agent.hands.button(input.BUTTON_LEFT, down)
        agent.hands.send_keys(input.KEY_COMBO_CTRL_ALT_DELETE)
        await self.until('keys')
        await self.until('shown')
        self.describe_picture()
        agent.leave_session()
        await self.until('ended')


async def run(options: argparse.Namespace) -> str | None:
    created = create_session(options.broker, options.name)
    helper = Helper(created, options.name)
    code = helper.agent.customer_code
    say('session', pin=code.pin, url=customer_url(created['joinUrl'], code.pin, code.link_secret))
    helper.agent.start()
    try:
        await asyncio.wait_for(helper.help(options.type, options.drop), options.seconds)
    except EOFError as ended:
        helper.agent.relay.bye(Code.LEFT)
        return f'The session ended: {ended}'
    await helper.agent.relay.over()
    return None


def main() -> str | int | None:
    parser = argparse.ArgumentParser(description='Makes a session and helps its customer.')
    parser.add_argument('--broker', required=True, help='base URL of the broker')
    parser.add_argument('--name', default='Python', help='the name that the customer sees')
    parser.add_argument('--type', default='Hello', help='what is typed')
    parser.add_argument('--drop', action='store_true', help='breaks the line once on the way, and comes back')
    parser.add_argument('--seconds', type=float, default=60, help='gives up after so long')
    return asyncio.run(run(parser.parse_args()))


if __name__ == '__main__':
    sys.exit(main())

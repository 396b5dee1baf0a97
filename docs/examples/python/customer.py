#!/usr/bin/python3
"""Shares a virtual desktop: `customer.py [--broker URL] PIN-or-link`. Prints a line of JSON for each thing that happens.

It grants what --grant names (all by default), and ends with the session: exit code 0; 4 if the code was not accepted, 5 if consent was denied.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

from assist.codes import CodeError, attach_url, parse_code
from assist.customer import Customer
from assist.desktop import Desktop, Monitor
from assist.schema import Code, Permission, close_code, common, short

if TYPE_CHECKING:
    from assist.codes import CustomerCode

NAMES = {name: number for name, number in vars(Permission).items() if number}


def say(event: str, **facts: Any) -> None:
    print(json.dumps({'event': event, **facts}), flush=True)


async def share(code: CustomerCode, url: str, name: str, granted: set[int], drops: bool) -> int:
    loop = asyncio.get_running_loop()
    ended, dropped = loop.create_future(), []
    desktop = Desktop([Monitor(1, 0, 0, 320, 200, True), Monitor(2, 320, 0, 160, 100, False)])

    def listen(event: str, **facts: Any) -> None:
        if event == 'phase':
            facts['phase'] = short(common.Phase, facts['phase'])
        if event == 'ended':
            facts['code'] = short(close_code.CloseCode, facts['code'])
            facts['injected'] = desktop.injected
            if not ended.done():
                ended.set_result(customer.code)
        say(event, **facts)
        if drops and event == 'watched' and not dropped:
            dropped.append(True)
            customer.relay.disconnect()
        if event == 'asked':
            wanted = [permission for permission in facts['permissions'] if permission in granted]
            loop.call_soon(lambda: customer.consent.answer(facts['question'], wanted))

    for screen in desktop.screens.values():
        desktop.paint(screen.screen_id, 0, 0, screen.width, screen.height, 0x406080)
    customer = Customer(url, code, listen, desktop=desktop, name=name)
    customer.start()
    code = await ended
    await customer.relay.over()
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description='Shares a virtual desktop.')
    parser.add_argument('code', help='the PIN, or the link')
    parser.add_argument('--broker', help='base URL of the broker; a link has it')
    parser.add_argument('--name', default='', help='the name that the agent sees')
    parser.add_argument('--grant', default=','.join(NAMES), help='permissions that are granted when asked for, with commas')
    parser.add_argument('--drop', action='store_true', help='breaks the line once on the way, and comes back')
    options = parser.parse_args()
    try:
        code = parse_code(options.code)
    except CodeError as error:
        parser.error(str(error))
    base_url = options.broker or code.base_url
    if base_url is None:
        parser.error('A PIN needs --broker.')
    granted = {NAMES[name] for name in filter(None, options.grant.split(','))}
    ended = asyncio.run(share(code, attach_url(base_url), options.name, granted, options.drop))
    denied = {Code.CONSENT_DENIED: 5}
    return 0 if ended in (Code.STOPPED, Code.SESSION_ENDED, Code.LEFT) else denied.get(ended, 4)


if __name__ == '__main__':
    sys.exit(main())

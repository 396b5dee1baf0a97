"""Chat: the customer passes each line on, and says whose it is. A part of the customer (docs/spec/chat.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schema import Channel, Permission, chat

if TYPE_CHECKING:
    from .customer import Customer
    from .peer import Peer


class CustomerTalk:
    """Passes lines on to everybody who may chat, in one order."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self._own = 0

    def on_chat_chat(self, peer: Peer, line: chat.Chat) -> None:
        self._pass(line.id, peer.number, line.text)

    def say(self, text: str) -> None:
        self._own += 1
        self._pass(self._own, self.customer.number, text)

    def _pass(self, line_id: int, author: int, text: str) -> None:
        line = chat.Chat(id=line_id, text=text, at_ms=self.customer.clock.wall_ms(), **{'from': author})
        for peer in self.customer.assisting():
            if peer.holds(Permission.CHAT):
                self.customer.send(peer, Channel.CHAT, chat=line)
        self.customer.tell('chat', participant=author, text=text)

    def on_end(self) -> None:
        pass

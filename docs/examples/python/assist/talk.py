"""Chat: the customer passes each line on, and says whose it is. A part of the customer (docs/spec/chat.md)."""

from .schema import Channel, Permission, chat


class CustomerTalk:
    """Passes lines on to everybody who may chat, in one order."""

    def __init__(self, customer):
        self.customer = customer
        self._own = 0

    def on_chat_chat(self, peer, line):
        self._pass(line.id, peer.number, line.text)

    def say(self, text):
        self._own += 1
        self._pass(self._own, self.customer.number, text)

    def _pass(self, line_id, author, text):
        line = chat.Chat(id=line_id, text=text, at_ms=self.customer.clock.wall_ms(), **{'from': author})
        for peer in self.customer.assisting():
            if peer.holds(Permission.CHAT):
                self.customer.send(peer, Channel.CHAT, chat=line)
        self.customer.tell('chat', participant=author, text=text)

    def on_end(self):
        pass

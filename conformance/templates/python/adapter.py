#!/usr/bin/env python3
"""An adapter between the conformance suite of the Remote Assist Protocol and your implementation.

The suite writes one command a line to stdin, as JSON; each gets exactly one answer, a line on stdout. What happens by itself is told as events, between the answers.
The whole contract, with every action and field: adapter.proto, beside this file. Fields that are 0, empty or false are left out of the JSON.
Logs belong on stderr. Try it:  remote-assist-conformance doctor --wire jsonl -- python3 adapter.py
"""

import json
import sys
import threading

# What you declare is what is tested: add roles, profiles ("files", "clipboard", …) and features ("clock", "snapshot") as you come to have them.
HELLO = {
    "contract": 1,
    "implementation": {"name": "my-implementation", "version": "0.1.0"},
    "roles": ["ROLE_CUSTOMER"],
    "profiles": ["core"],
    "features": [],
}

_write = threading.Lock()


def send(frame):
    """Writes one frame. May be called from any thread."""
    line = json.dumps(frame, ensure_ascii=False)
    with _write:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Refused(Exception):
    """A command is declined: "unsupported", "refused" or "failed", and why."""

    def __init__(self, error, text=""):
        super().__init__(text)
        self.error = error
        self.text = text


class Customer:
    """One running customer. Here goes your own client."""

    def __init__(self, key, start):
        self.key = key
        # start["websocketUrl"] is where to attach; start["pin"] or start["customerUrl"] is the code, or start["ticket"], in base64,
        # if you declare the feature "restart"; start.get("screens", []) are the monitors to have.
        # Connect in the background and return at once: StartRole is answered when you have begun.

    def event(self, **what):
        """Tells what happened: self.event(asked={"id": 1, "about": "consent", …}), self.event(phase={…}), self.event(ended=300)."""
        send({"key": self.key, "event": what})

    def do(self, action, fields):
        """Does what a user or the system does; returns fields of Result beside ok."""
        # if action == "answer": self.client.answer(fields["question"], fields.get("permissions", [])); return {}
        # if action == "pause": self.client.pause(); return {}
        raise Refused("unsupported", action)

    def snapshot(self):
        """How it stands: fields of SnapshotData. Declare the feature "snapshot" once you can say."""
        raise Refused("unsupported")

    def stop(self):
        """Ends at once and lets go of everything."""


ROLES = {"ROLE_CUSTOMER": Customer}
running = {}


def answer(kind, key, fields):
    """The answer to one command: the member of TesteeFrame's oneof, and its fields."""
    if kind == "hello":
        return "helloAck", HELLO
    if kind == "startRole":
        role = ROLES.get(fields.get("role"))
        if role is None:
            raise Refused("unsupported", str(fields.get("role")))
        running[key] = role(key, fields)
        return "roleReady", {}
    if kind == "do":
        action, content = next(iter(fields.items()))
        return "result", {"ok": True, **running[key].do(action, content)}
    if kind == "snapshot":
        return "snapshotData", running[key].snapshot()
    if kind == "stopRole":
        running.pop(key).stop()
    return "result", {"ok": True}


def main():
    for line in sys.stdin:
        frame = json.loads(line)
        seq, key = frame.pop("seq"), frame.pop("key", "")
        kind, fields = next(iter(frame.items()))
        try:
            what, content = answer(kind, key, fields)
        except Refused as refused:
            what, content = "result", {"ok": False, "error": refused.error, "text": refused.text}
        except Exception as error:  # The process has to live on: other cases run in it.
            what, content = "result", {"ok": False, "error": "failed", "text": repr(error)}
        send({"reSeq": seq, "key": key, what: content})
        if kind == "shutdown":
            return


main()

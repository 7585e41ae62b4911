"""A core that does nothing but serve events, as fast as Python can write bytes.

It answers what a client asks at its start. ``set_config(1, "ui.bench.events", "5050")`` makes it
serve that many events, which are encoded beforehand: by ``get_next_event_batch`` 101 an answer, the
most that the real core gives, or by ``get_next_event`` one. Then such calls wait for the next
``set_config``. How fast it is itself shows the row of the raw pipes.
"""

from __future__ import annotations

import json
import os
import re

BATCH = 101

# As the real core writes them while a message arrives: keys in order, `kind` among them.
KINDS: list[dict[str, object]] = [
    {"kind": "Info", "msg": 'src/imap.rs:601: 1 mails read from "INBOX".'},
    {
        "kind": "Info",
        "msg": "src/receive_imf.rs:1733: Message has 1 parts and is assigned.",
    },
    {"chatId": 12, "kind": "MsgsChanged", "msgId": 0},
    {"chatId": 12, "kind": "IncomingMsg", "msgId": 0},
    {"kind": "IncomingMsgBunch"},
    {"kind": "ChatlistChanged"},
    {"chatId": 12, "kind": "ChatlistItemChanged"},
    {"contactId": 11, "kind": "ContactsChanged"},
    {"kind": "ConnectivityChanged"},
    {"chatId": 12, "kind": "MsgDelivered", "msgId": 0},
]

ANSWERS: dict[bytes, object] = {
    b"get_system_info": {"deltachat_core_version": "v2.65.0"},
    b"get_all_account_ids": [1],
}

CALL = re.compile(rb'"method": ?"(\w+)"')
CALL_ID = re.compile(rb'"id": ?(\d+)')
TRIGGER = re.compile(rb'"ui\.bench\.events", ?"(\d+)"')

GOODBYE = {"contextId": 1, "event": {"kind": "Info", "msg": "stopping I/O"}}


def encoded_event(number: int) -> bytes:
    """Encode one event of the round that repeats."""
    payload = dict(KINDS[number % len(KINDS)])
    if "msgId" in payload:
        payload["msgId"] = 1000 + number
    return json.dumps({"contextId": 1, "event": payload}, separators=(",", ":")).encode()


EVENTS = [encoded_event(number) for number in range(BATCH)]
ALL_EVENTS = b"[" + b",".join(EVENTS) + b"]"


class FakeCore:
    """Answers lines with lines."""

    def __init__(self) -> None:
        self._left = 0
        self._waiting: tuple[bytes, bytes] | None = None

    def answer(self, line: bytes) -> None:
        """Answer one call, or keep it until there are events."""
        method, call_id = CALL.search(line), CALL_ID.search(line)
        assert method is not None
        assert call_id is not None
        if method[1] in (b"get_next_event", b"get_next_event_batch"):
            self._events(method[1], call_id[1])
            return
        write(call_id[1], json.dumps(ANSWERS.get(method[1])).encode())
        if found := TRIGGER.search(line):
            self._serve(int(found[1]))
        elif method[1] == b"stop_io_for_all_accounts":
            self._say_goodbye()

    def _serve(self, events: int) -> None:
        self._left = events
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._events(*waiting)

    def _events(self, method: bytes, call_id: bytes) -> None:
        if not self._left:
            self._waiting = method, call_id
        elif method == b"get_next_event":
            write(call_id, EVENTS[self._left % BATCH])
            self._left -= 1
        else:
            count = min(self._left, BATCH)
            write(call_id, ALL_EVENTS if count == BATCH else some_events(count))
            self._left -= count

    def _say_goodbye(self) -> None:
        """Wake the reader of events, as the real core does by its log when it stops."""
        if self._waiting is not None:
            (method, call_id), self._waiting = self._waiting, None
            goodbye = json.dumps(GOODBYE).encode()
            write(call_id, goodbye if method == b"get_next_event" else b"[" + goodbye + b"]")


def some_events(count: int) -> bytes:
    """Encode the last answer, which is shorter than the others."""
    return b"[" + b",".join(EVENTS[:count]) + b"]"


def write(call_id: bytes, result: bytes) -> None:
    """Write one answer."""
    line = b'{"jsonrpc":"2.0","id":' + call_id + b',"result":' + result + b"}\n"
    while line:
        line = line[os.write(1, line) :]


def main() -> None:
    """Serve until the input ends."""
    core, unfinished = FakeCore(), b""
    while data := os.read(0, 1 << 16):
        *lines, unfinished = (unfinished + data).split(b"\n")
        for line in lines:
            core.answer(line)


if __name__ == "__main__":
    main()

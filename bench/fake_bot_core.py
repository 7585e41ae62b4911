"""A core that plays an account to which people write, as fast as Python can write bytes.

What is to come is said by ``set_config(1, "ui.bench.messages", "COUNT CHATS EACH_SECOND")`` before
``start_io``: so many messages, to the chats in turn. With 0 a second they come as fast as they are
fetched, at most `WINDOW` ahead; the text of each is the moment at which its event was written.
Each arrival, sent message and seen message makes the events that it makes in the real core.
"""

from __future__ import annotations

import json
import os
import re
import select
import time
from collections import deque

BATCH = 101
WINDOW = 500
FIRST_MESSAGE, FIRST_CHAT = 100, 12

CALL = re.compile(rb'"method": ?"(\w+)"')
CALL_ID = re.compile(rb'"id": ?(\d+) ?[,}]')
ONE_MESSAGE = re.compile(rb'"params": ?\[1, ?(\d+)\]')
TO_CHAT = re.compile(rb'"params": ?\[1, ?(\d+),')
TRIGGER = re.compile(rb'"ui\.bench\.messages", ?"(\d+) (\d+) (\d+)"')

SENDER = {
    "address": "x@y.org", "authName": "", "color": "#c8727f", "displayName": "x@y.org",
    "e2eeAvail": True, "freshness": "Normal", "id": 10, "isBlocked": False, "isBot": False,
    "isKeyContact": True, "lastSeen": 1800000010, "name": "", "profileImage": None, "status": "",
    "isVerified": True, "nameAndAddr": "x@y.org", "wasSeenRecently": True,
}  # fmt: skip
MESSAGE = {
    "chatId": -1, "dimensionsHeight": 0, "dimensionsWidth": 0, "downloadState": "Done",
    "duration": 0, "error": None, "file": None, "fileBytes": 0, "fileMime": None, "fileName": None,
    "fromId": 10, "hasDeviatingTimestamp": False, "hasHtml": False, "hasLocation": False, "id": -2,
    "infoContactId": None, "isBot": False, "isEdited": False, "isForwarded": False,
    "isInfo": False, "isPinned": False, "originalMsgId": None, "overrideSenderName": None,
    "parentId": None, "quote": None, "reactions": None, "receivedTimestamp": 1800000010,
    "savedMessageId": None, "sender": SENDER, "showPadlock": True, "sortTimestamp": 1800000010,
    "state": 10, "subject": "Message", "systemMessageType": "Unknown", "text": "-3",
    "timestamp": 1800000010, "vcardContact": None, "viewType": "Text", "webxdcHref": None,
}  # fmt: skip
TEMPLATE = json.dumps(MESSAGE, separators=(",", ":")).replace("%", "%%")
for number in (b"-1", b"-2", b"-3"):
    TEMPLATE = TEMPLATE.replace(number.decode(), "%d" if number != b"-3" else "%s", 1)
TEMPLATE_BYTES = TEMPLATE.encode()

ANSWERS: dict[bytes, bytes] = {
    b"get_system_info": b'{"deltachat_core_version":"v2.65.0"}',
    b"get_all_account_ids": b"[1]",
    b"get_all_accounts": b'[{"kind":"Configured","id":1,"color":"#fff"}]',
    b"is_configured": b"true",
    b"get_config": b'"bot@example.org"',
    b"get_blob_dir": b'"/nowhere/account/db.sqlite-blobs"',
    b"get_fresh_msgs": b"[]",
    b"get_messages": b"{}",
    b"get_message_list_items": b"[]",
    b"get_chat_securejoin_qr_code": b'"https://i.delta.chat/#x"',
}
START = (b"start_io", b"start_io_for_all_accounts")


def event(kind: str, **fields: int) -> bytes:
    """Encode an event of the account."""
    payload = {"kind": kind, **fields}
    return json.dumps({"contextId": 1, "event": payload}, separators=(",", ":")).encode()


CHATLIST, BUNCH = event("ChatlistChanged"), event("IncomingMsgBunch")
ARRIVED = event("IncomingMsg", chatId=-1, msgId=-2).replace(b"-1", b"%d").replace(b"-2", b"%d")
CHANGED = event("MsgsChanged", chatId=-1, msgId=-2).replace(b"-1", b"%d").replace(b"-2", b"%d")
DELIVERED = event("MsgDelivered", chatId=-1, msgId=-2).replace(b"-1", b"%d").replace(b"-2", b"%d")
ITEM = event("ChatlistItemChanged", chatId=-1).replace(b"-1", b"%d")
NOTICED = event("MsgsNoticed", chatId=-1).replace(b"-1", b"%d")


class FakeBotCore:
    """Answers lines with lines, many in one write."""

    def __init__(self) -> None:
        self._count = self._chats = self._rate = 0
        self._arrived = self._fetched = 0
        self._next = 0.0
        self._last_seen = FIRST_MESSAGE - 1
        self._sent = 10_000_000
        self._moments: list[str] = []
        self._events: deque[bytes] = deque()
        self._reader: tuple[bytes, bytes] | None = None
        self._out: list[bytes] = []
        self._runs = False

    def take(self, line: bytes) -> None:
        """Do what one line asks for."""
        method, call_id = CALL.search(line), CALL_ID.findall(line)[-1]
        assert method is not None
        name = method[1]
        if name in (b"get_next_event", b"get_next_event_batch"):
            self._reader = name, call_id
            return
        known = ANSWERS.get(name)
        self._answer(call_id, known if known is not None else self._play(name, line))

    def _play(self, name: bytes, line: bytes) -> bytes:
        if name == b"get_message":
            return self._message(line)
        if name in (b"send_msg", b"misc_send_text_message", b"misc_send_msg"):
            return self._send(name, line)
        if name == b"markseen_msgs":
            self._mark_seen(json.loads(line)["params"][1])
        elif name == b"get_next_msgs":
            last = FIRST_MESSAGE + self._arrived
            return json.dumps(list(range(self._last_seen + 1, last))).encode()
        elif found := TRIGGER.search(line):
            self._count, self._chats, self._rate = (int(number) for number in found.groups())
        elif name in START:
            self._runs, self._next = True, time.monotonic()
        elif name == b"stop_io_for_all_accounts":
            self._events.append(CHATLIST)
        return b"null"

    def _message(self, line: bytes) -> bytes:
        found = ONE_MESSAGE.search(line)
        assert found is not None
        message_id = int(found[1])
        number = message_id - FIRST_MESSAGE
        self._fetched = max(self._fetched, number + 1)
        moment = self._moments[number].encode()
        return TEMPLATE_BYTES % (self._chat(number), message_id, moment)

    def _send(self, name: bytes, line: bytes) -> bytes:
        found = TO_CHAT.search(line)
        assert found is not None
        self._sent += 1
        chat = int(found[1])
        self._events += (CHANGED % (chat, self._sent), CHATLIST, DELIVERED % (chat, self._sent))
        answer = b"%d" % self._sent
        return answer if name != b"misc_send_msg" else b"[%b,null]" % answer

    def _mark_seen(self, message_ids: list[int]) -> None:
        self._last_seen = max(self._last_seen, *message_ids)
        for message_id in message_ids:
            chat = self._chat(message_id - FIRST_MESSAGE)
            self._events += (NOTICED % chat, ITEM % chat)

    def _chat(self, number: int) -> int:
        return FIRST_CHAT + number % self._chats

    def arrive(self) -> None:
        """Let come what may come now."""
        while self._runs and self._arrived < self._count and self._may_arrive():
            chat, message_id = self._chat(self._arrived), FIRST_MESSAGE + self._arrived
            self._arrived += 1
            self._moments.append(repr(time.monotonic()))
            self._events += (ARRIVED % (chat, message_id), CHATLIST, ITEM % chat, BUNCH)

    def _may_arrive(self) -> bool:
        if not self._rate:
            return self._arrived < self._fetched + WINDOW
        if time.monotonic() < self._next:
            return False
        self._next += 1 / self._rate
        return True

    @property
    def pause(self) -> float | None:
        """How long to wait for the client, before the next message comes of itself."""
        if self._runs and self._rate and self._arrived < self._count:
            return max(0.0, self._next - time.monotonic())
        return None

    def serve_events(self) -> None:
        """Give the reader of events what there is."""
        if self._reader is None or not self._events:
            return
        (name, call_id), self._reader = self._reader, None
        if name == b"get_next_event":
            self._answer(call_id, self._events.popleft())
            return
        some = [self._events.popleft() for _ in range(min(len(self._events), BATCH))]
        self._answer(call_id, b"[" + b",".join(some) + b"]")

    def _answer(self, call_id: bytes, result: bytes) -> None:
        self._out.append(b'{"jsonrpc":"2.0","id":' + call_id + b',"result":' + result + b"}\n")

    def flush(self) -> None:
        """Write the answers."""
        data, self._out = b"".join(self._out), []
        while data:
            data = data[os.write(1, data) :]


def main() -> None:
    """Serve until the input ends."""
    core, unfinished = FakeBotCore(), b""
    while True:
        core.arrive()
        core.serve_events()
        core.flush()
        if not select.select([0], [], [], core.pause)[0]:
            continue
        data = os.read(0, 1 << 16)
        if not data:
            break
        *lines, unfinished = (unfinished + data).split(b"\n")
        for line in lines:
            core.take(line)


if __name__ == "__main__":
    main()

"""The least that a relay in Python can be: what the core says is recognised by its first words.

No grammar, no storage, no rules, no second session a mailbox: a floor for measuring, nothing else.
It prints the ports of IMAP and SMTP and ends with its input.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import cast

import uvloop

END_OF_MESSAGE = b"\r\n.\r\n"

CAPABILITIES = b"IMAP4rev1 IDLE MOVE UIDPLUS"


class Mailbox:
    """Mail of one account, in memory."""

    def __init__(self) -> None:
        self.messages: dict[int, bytes] = {}
        self.deleted: set[int] = set()
        self.next = self.told = 1
        self.idle: Imap | None = None

    def put(self, message: bytes) -> None:
        """Take a message and wake who waits for one."""
        self.messages[self.next] = message
        self.next += 1
        self.tell()

    def tell(self) -> None:
        """Tell who waits that there is something new."""
        if self.idle is not None and self.told < self.next:
            self.told = self.next
            self.idle.write(b"* %d EXISTS\r\n" % len(self.messages))

    def close(self) -> None:
        """Forget what was marked as deleted."""
        for uid in self.deleted:
            self.messages.pop(uid, None)
        self.deleted.clear()


MAILBOXES: defaultdict[bytes, Mailbox] = defaultdict(Mailbox)


class Lines(asyncio.Protocol):
    """A connection that is spoken to in lines."""

    greeting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = cast("asyncio.Transport", transport)
        self.buffer = b""
        self.write(self.greeting)

    def data_received(self, data: bytes) -> None:
        """Answer all lines that are there."""
        self.buffer += data
        while (line := self.taken()) is not None:
            self.answer(line)

    def taken(self) -> bytes | None:
        """Take a line, if there is one."""
        line, newline, rest = self.buffer.partition(b"\r\n")
        if not newline:
            return None
        self.buffer = rest
        return line

    def write(self, data: bytes) -> None:
        """Give bytes to the client."""
        self.transport.write(data)

    def answer(self, line: bytes) -> None:
        """Answer one line; every protocol below does."""
        raise NotImplementedError


class Smtp(Lines):
    """Takes mail."""

    greeting = b"220 bare\r\n"

    def __init__(self) -> None:
        self.recipients: list[bytes] = []
        self.in_data = False

    def taken(self) -> bytes | None:
        """Take a line, or a whole message."""
        if not self.in_data:
            return super().taken()
        message, end, rest = self.buffer.partition(END_OF_MESSAGE)
        if not end:
            return None
        self.buffer = rest
        return message + b"\r\n"

    def answer(self, line: bytes) -> None:
        """Answer a command or a message."""
        if self.in_data:
            self.deliver(line.replace(b"\r\n..", b"\r\n."))
        elif line.startswith(b"EHLO"):
            self.write(b"250-bare\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN\r\n")
        elif line.startswith(b"AUTH"):
            self.write(b"235 in\r\n")
        elif line == b"DATA":
            self.in_data = True
            self.write(b"354 go\r\n")
        else:
            if line.startswith(b"RCPT TO:<"):
                self.recipients.append(line[9:].partition(b">")[0])
            self.write(b"250 OK\r\n")

    def deliver(self, message: bytes) -> None:
        """Put a message into its mailboxes."""
        for recipient in self.recipients:
            MAILBOXES[recipient].put(message)
        self.recipients, self.in_data = [], False
        self.write(b"250 OK\r\n")


class Imap(Lines):
    """Gives mail out."""

    greeting = b"* OK [CAPABILITY %s] bare\r\n" % CAPABILITIES
    mailbox = Mailbox()

    def __init__(self) -> None:
        self.tag = b""
        self.commands: dict[bytes, Callable[[bytes], bytes]] = {
            b"CAPABILITY": lambda arguments: b"* CAPABILITY %s\r\n" % CAPABILITIES,
            b"LOGIN": self.login,
            b"SELECT": self.select,
            b"UID": self.uid,
            b"CLOSE": self.close,
        }

    def answer(self, line: bytes) -> None:
        """Answer a command; in IDLE the only one is DONE."""
        if line == b"DONE":
            self.mailbox.idle = None
            self.write(self.tag + b" OK done\r\n")
            return
        self.tag, _, rest = line.partition(b" ")
        name, _, arguments = rest.partition(b" ")
        if name == b"IDLE":
            self.write(b"+ go\r\n")
            self.mailbox.idle = self
            self.mailbox.tell()
            return
        told = self.commands[name](arguments) if name in self.commands else b""
        self.write(told + self.tag + b" OK done\r\n")

    def login(self, arguments: bytes) -> bytes:
        """Find the mailbox of an account."""
        self.mailbox = MAILBOXES[arguments.split(b" ")[0].strip(b'"')]
        return b""

    def select(self, arguments: bytes) -> bytes:
        """Tell what is there."""
        self.mailbox.told = self.mailbox.next
        exists = b"* %d EXISTS\r\n* FLAGS (\\Deleted)\r\n" % len(self.mailbox.messages)
        return exists + b"* OK [UIDVALIDITY 1] 1\r\n* OK [UIDNEXT %d] next\r\n" % self.mailbox.next

    def close(self, arguments: bytes) -> bytes:
        """Remove what was marked as deleted."""
        self.mailbox.close()
        return b""

    def uid(self, arguments: bytes) -> bytes:
        """Fetch or delete."""
        name, numbers, items = arguments.split(b" ", 2)
        found = [
            (at, uid) for at, uid in enumerate(self.mailbox.messages, 1) if uid in Set(numbers)
        ]
        if name == b"STORE":
            self.mailbox.deleted |= {uid for _, uid in found}
            return b"".join(b"* %d FETCH (UID %d FLAGS (\\Deleted))\r\n" % one for one in found)
        return b"".join(self.fetched(at, uid, items) for at, uid in found)

    def fetched(self, number: int, uid: int, items: bytes) -> bytes:
        """Write a message, or its whole header whatever fields were asked for."""
        message = self.mailbox.messages[uid]
        text, what = message, b"FLAGS () BODY[]"
        if b"HEADER" in items:
            text = message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            fields = items[items.index(b"HEADER") : items.index(b"]")]
            what = b"RFC822.SIZE %d BODY[%s]" % (len(message), fields)
        return b"* %d FETCH (UID %d %s {%d}\r\n%s)\r\n" % (number, uid, what, len(text), text)


class Set:
    """A set of UIDs as the client writes it."""

    def __init__(self, text: bytes) -> None:
        self.ranges = list(_ranges(text))

    def __contains__(self, uid: int) -> bool:
        return any(first <= uid <= last for first, last in self.ranges)


def _ranges(text: bytes) -> Iterator[tuple[int, int]]:
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        yield int(first), sys.maxsize if last == b"*" else int(last or first)


async def main() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()
    for protocol in (Imap, Smtp):
        server = await loop.create_server(protocol, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], end=" ")
    print(flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main())

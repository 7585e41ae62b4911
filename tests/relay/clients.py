"""Clients for the tests: smtplib in a thread, and IMAP by hand on asyncio streams."""

from __future__ import annotations

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.relay.mail import encrypted
from vestnik.relay import Credentials, Relay

_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


class ImapClient:
    """Sends a command and returns the lines of the answer, literals put into their lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._tags = 0

    async def line(self) -> bytes:
        """Return the next line, with the literals that belong to it."""
        async with asyncio.timeout(20):
            line = await self.reader.readline()
            while (found := _LITERAL.search(line)) is not None:
                line += await self.reader.readexactly(int(found[1])) + await self.reader.readline()
        return line

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def __call__(self, command: str) -> list[bytes]:
        """Return the answer, the tagged line last and without its tag."""
        self._tags += 1
        tag = f"t{self._tags} ".encode()
        await self.send(tag + command.encode() + b"\r\n")
        lines = []
        while not (line := await self.line()).startswith(tag):
            assert line, "the relay closed the connection"
            lines.append(line.rstrip(b"\r\n"))
        return [*lines, line.removeprefix(tag).rstrip(b"\r\n")]

    async def ok(self, command: str) -> list[bytes]:
        """Return the untagged lines of an answer that must be OK."""
        *lines, status = await self(command)
        assert status.startswith(b"OK"), status
        return lines


@asynccontextmanager
async def imap(
    relay: Relay, who: Credentials | None = None, limit: int = 2**26
) -> AsyncIterator[ImapClient]:
    """Connect, and log in and select INBOX if there is someone to log in."""
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.imap_port, limit=limit)
    client = ImapClient(reader, writer)
    try:
        await client.line()
        if who is not None:
            await client.ok(f"LOGIN {who.address} {who.password}")
            await client.ok("SELECT INBOX")
        yield client
    finally:
        writer.close()


async def account(relay: Relay, name: str | None = None) -> Credentials:
    """Return credentials that have been logged in with once, their INBOX opened."""
    made = relay.new_account(name)
    async with imap(relay, made):
        pass
    return made


def submit(relay: Relay, who: Credentials, to: Sequence[str], message: bytes) -> None:
    """Send a message; raises what smtplib raises."""
    with smtplib.SMTP("127.0.0.1", relay.smtp_port, timeout=20) as client:
        client.login(who.address, who.password)
        client.sendmail(who.address, list(to), message)


async def send(relay: Relay, who: Credentials, to: Sequence[str], message: bytes) -> None:
    """Send a message without holding up the relay that shares this loop."""
    await asyncio.to_thread(submit, relay, who, to, message)


async def send_text(relay: Relay, who: Credentials, to: Credentials, text: str = "hi") -> None:
    """Send an encrypted message."""
    await send(relay, who, [to.address], encrypted(who.address, text.encode()))

"""What aiosmtpd's protocol does not do as the relay needs it.

- It reads a message line by line: two seconds for 30 MB. Here it is read in large pieces.
- It keeps one table of command sizes for all connections.
- It reports a deprecated attribute of its own as a warning at every login.
- It leaves the task of a connection alone, with nobody to collect its error.
"""

from __future__ import annotations

import asyncio
from asyncio import LimitOverrunError
from collections import defaultdict

from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["Protocol", "UserEnvelope", "UserSession"]

_PIECE = 256 * 1024
_COMMAND_BYTES = 2048
_LAST_LINE = b".\r\n"


class UserSession(Session):
    """A connection: who is logged in, and how often it failed to."""

    login_data: str | None = None  # aiosmtpd's own is a property that warns

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.login: str | None = None
        self.failures = 0


class UserEnvelope(Envelope):
    """A message on its way in."""

    declared_size = 0


class Protocol(SMTP):
    """One SMTP connection."""

    # aiosmtpd makes its buffer as large as a line may be. Commands have a limit of their own.
    line_length_limit = _PIECE
    command_size_limit = _COMMAND_BYTES

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the connection's task, and see to it that its end is noticed."""
        # aiosmtpd has one table of limits for all connections, and resets it at each new one.
        self.command_size_limits = defaultdict(lambda: _COMMAND_BYTES)
        super().connection_made(transport)
        assert self._handler_coroutine is not None
        self._handler_coroutine.add_done_callback(_collect)

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that serves the connection."""
        return self._handler_coroutine

    def _create_session(self) -> UserSession:
        return UserSession(self.loop)

    def _create_envelope(self) -> UserEnvelope:
        return UserEnvelope()

    async def smtp_DATA(self, arg: str) -> None:
        """Take the message in large pieces and hand it to the handler."""
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._read_content()
        if content is None:
            status = "552 5.3.4 Error: Too much mail data"
        else:
            self.envelope.content = self.envelope.original_content = content
            del content
            status = await self._call_handler_hook("DATA")
        self.envelope = self._create_envelope()
        await self.push(status)

    async def _read_content(self) -> bytes | None:
        """Read up to the lone dot and undo dot-stuffing (RFC 5321 4.5.2); ``None`` if too large."""
        data = bytearray()
        size = 0
        while data != _LAST_LINE and not data.endswith(b"\r\n" + _LAST_LINE):
            piece = await self._read_piece()
            size += len(piece)
            data += piece
            if self.data_size_limit and size > self.data_size_limit + len(_LAST_LINE):
                del data[:-5]  # go on to the end, so that the client reads the answer
            self._reset_timeout()
        if self.data_size_limit and size > self.data_size_limit + len(_LAST_LINE):
            return None
        del data[-len(_LAST_LINE) :]
        if data.startswith(b"."):
            del data[0]
        return bytes(data.replace(b"\r\n.", b"\r\n") if b"\r\n." in data else data)

    async def _read_piece(self) -> bytes:
        try:
            return bytes(await self._reader.readuntil(_LAST_LINE))
        except LimitOverrunError as error:
            return bytes(await self._reader.read(error.consumed))


def _collect(task: asyncio.Task[None]) -> None:
    """A lost connection ends the task with an error; there is nobody left to tell."""
    if not task.cancelled():
        task.exception()

"""The SMTP front that Dovecot lacks: aiosmtpd, which passes mail on by LMTP (RFC 2033).

A process of its own: takes the path of Dovecot's LMTP socket, prints its port, ends with its
input. It lets everybody in and judges nothing, so it does less than a real front would.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Lmtp:
    """A connection to Dovecot that is kept for all messages that come over one SMTP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, path: str) -> Lmtp:
        """Connect and say hello."""
        connection = cls(*await asyncio.open_unix_connection(path))
        await connection._answer()
        await connection._say(b"LHLO front")
        return connection

    async def deliver(self, sender: str, recipients: list[str], message: bytes) -> str:
        """Pass a message on; gives the answer about its last recipient."""
        await self._say(b"MAIL FROM:<%s>" % sender.encode())
        for recipient in recipients:
            await self._say(b"RCPT TO:<%s>" % recipient.encode())
        await self._say(b"DATA")
        stuffed = message.replace(b"\r\n.", b"\r\n..")
        self._writer.write(stuffed + b".\r\n")
        answers = [await self._answer() for _ in recipients]
        return answers[-1]

    async def _say(self, line: bytes) -> str:
        self._writer.write(line + b"\r\n")
        return await self._answer()

    async def _answer(self) -> str:
        while (line := await self._reader.readline())[3:4] == b"-":
            pass
        answer = line.decode().strip()
        if answer[:1] not in ("2", "3"):
            raise ConnectionError(f"Dovecot's LMTP said {answer!r}")
        return answer


class Front:
    """The hooks that aiosmtpd calls; one for each connection."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lmtp: Lmtp | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer when Dovecot has stored the message."""
        if self._lmtp is None:
            self._lmtp = await Lmtp.open(self._path)
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        return await self._lmtp.deliver(envelope.mail_from, envelope.rcpt_tos, envelope.content)


def everybody(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    """Let in whoever comes."""
    return AuthResult(success=True)


async def main() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            Front(sys.argv[1]),
            enable_SMTPUTF8=True,
            authenticator=everybody,
            auth_require_tls=False,
            loop=loop,
        )

    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main())

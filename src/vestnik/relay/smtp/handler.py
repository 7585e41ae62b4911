"""What happens with a message that a user sends: the rules, then the store, then the readers."""

from __future__ import annotations

import asyncio
import binascii
import logging
import time
from base64 import b64decode
from collections.abc import Callable

from aiosmtpd.smtp import MISSING, SMTP, AuthResult

from vestnik.errors import StorageFailed
from vestnik.relay import policy
from vestnik.relay.accounts import INBOX, Accounts, LoginRefused
from vestnik.relay.board import Board, Change
from vestnik.relay.config import RelayConfig
from vestnik.relay.limiter import Limiter
from vestnik.relay.smtp.protocol import UserEnvelope, UserSession
from vestnik.relay.store import MailboxId, Store
from vestnik.relay.store.office import Office

__all__ = ["Handler"]

_log = logging.getLogger("vestnik.relay")

_NO_STORAGE = "452 4.3.1 Insufficient system storage: the relay could not keep the message"
_LOGIN_NEEDED = "530 5.7.0 Authentication required"
_FAILURES_MAX = 5
_INLINE_BYTES = 64 * 1024


class Handler:
    """The hooks that aiosmtpd calls; one for all connections."""

    def __init__(
        self, config: RelayConfig, office: Office, accounts: Accounts, board: Board
    ) -> None:
        self._config = config
        self._office = office
        self._accounts = accounts
        self._board = board
        self._limiter = (
            Limiter(config.messages_per_minute, config.burst)
            if config.messages_per_minute
            else None
        )
        self._accepting = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def quiet(self) -> None:
        """Wait until no message is between its last byte and its answer."""
        await self._quiet.wait()

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:
        """Take ``AUTH PLAIN`` (RFC 4616), with or without an initial response."""
        blob = _decoded(args[1]) if len(args) > 1 else await server.challenge_auth("")
        if blob is MISSING:
            return AuthResult(success=False, handled=True)
        parts = blob.split(b"\0") if isinstance(blob, bytes) else []
        if len(parts) != 3:
            return AuthResult(success=False, handled=False, message="501 5.5.2 Bad AUTH PLAIN data")
        return await self._login(server, parts[1], parts[2])

    async def auth_LOGIN(self, server: SMTP, args: list[str]) -> AuthResult:
        """Take ``AUTH LOGIN``, which asks for the name and then for the password."""
        name = _decoded(args[1]) if len(args) > 1 else await server.challenge_auth("Username:")
        if not isinstance(name, bytes):
            return AuthResult(success=False, handled=name is MISSING)
        password = await server.challenge_auth("Password:")
        if not isinstance(password, bytes):
            return AuthResult(success=False, handled=True)
        return await self._login(server, name, password)

    async def _login(self, server: SMTP, name: bytes, password: bytes) -> AuthResult:
        session = server.session
        assert isinstance(session, UserSession)
        try:
            user = await self._accounts.login(_text(name), _text(password))
        except LoginRefused as refusal:
            return self._refused(server, session, str(refusal))
        session.login = user.address
        return AuthResult(success=True)

    def _refused(self, server: SMTP, session: UserSession, reason: str) -> AuthResult:
        session.failures += 1
        if session.failures >= _FAILURES_MAX and server.transport is not None:
            server.transport.close()
        message = f"535 5.7.8 Authentication credentials invalid: {reason}"
        return AuthResult(success=False, handled=False, message=message)

    async def handle_EHLO(
        self,
        server: SMTP,
        session: UserSession,
        envelope: UserEnvelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Answer with all extensions at once: aiosmtpd writes each list item by itself."""
        session.host_name = hostname
        return ["\r\n".join(responses)]

    async def handle_MAIL(
        self,
        server: SMTP,
        session: UserSession,
        envelope: UserEnvelope,
        address: str,
        options: list[str],
    ) -> str:
        """Begin a message of the logged-in user."""
        if session.login is None:
            return _LOGIN_NEEDED
        refusal = policy.check_sender(session.login, address)
        if refusal is not None:
            return refusal
        if self._limiter and not self._limiter.allows(session.login, time.monotonic()):
            return policy.too_much_mail(session.login)
        envelope.declared_size = _declared_size(options)
        envelope.mail_from = session.login
        return "250 OK"

    async def handle_RCPT(
        self,
        server: SMTP,
        session: UserSession,
        envelope: UserEnvelope,
        address: str,
        options: list[str],
    ) -> str:
        """Add a recipient who is at home here."""
        if len(envelope.rcpt_tos) >= self._config.max_recipients:
            return "452 4.5.3 Too many recipients"
        user = self._accounts.find(address)
        room = user is None or user.used + envelope.declared_size <= self._config.quota_bytes
        known = user is not None
        refusal = policy.check_recipient(address, self._config.domain, known, room)
        if refusal is not None:
            return refusal
        if address.lower() not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(address.lower())
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: UserSession, envelope: UserEnvelope) -> str:
        """Judge the message, store it, wake its readers; 250 means that it is committed."""
        self._accepting += 1
        self._quiet.clear()
        try:
            return await self._accept(envelope)
        finally:
            self._accepting -= 1
            if not self._accepting:
                self._quiet.set()

    async def handle_exception(self, error: Exception) -> str:
        """Tell the client to try again later, whatever went wrong here."""
        if isinstance(error, StorageFailed):
            _log.warning("mail could not be stored: %s", error)
            return _NO_STORAGE
        _log.error("an SMTP connection failed", exc_info=error)
        return "451 4.3.0 The relay made a mistake: try again later"

    async def _accept(self, envelope: UserEnvelope) -> str:
        message, sender = envelope.content, envelope.mail_from
        assert isinstance(message, bytes)
        assert sender is not None
        refusal = await _judged(message, sender)
        if refusal is not None:
            return refusal
        change = _delivery(envelope.rcpt_tos, message, int(time.time()))
        for mailbox in await self._office.commit(change):
            self._board.publish(mailbox, Change(arrived=True))
        return "250 OK"


async def _judged(message: bytes, sender: str) -> str | None:
    if len(message) <= _INLINE_BYTES:
        return policy.check_message(message, sender)
    return await asyncio.to_thread(policy.check_message, message, sender)


def _delivery(
    recipients: list[str], message: bytes, now: int
) -> Callable[[Store], list[MailboxId]]:
    def deliver(store: Store) -> list[MailboxId]:
        users = [user for user in map(store.users.find, recipients) if user]
        inboxes = [store.mailboxes.find(user.id, INBOX) for user in users]
        mailboxes = [inbox.id for inbox in inboxes if inbox]
        store.messages.deliver(mailboxes, message, now)
        return mailboxes

    return deliver


def _declared_size(options: list[str]) -> int:
    sizes = [option[5:] for option in options if option.startswith("SIZE=")]
    return int(sizes[0]) if sizes and sizes[0].isdigit() else 0


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")

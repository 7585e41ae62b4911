"""One IMAP connection: the shell that carries out what a session wants.

Rules of this file:

- Everything is bounded: what may be read ahead, what may wait to be written, and every wait.
- A change reaches a client in IDLE in the very call that publishes it: no task has to wake up.
- The answers to all commands that came together leave in one write.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator

from vestnik.relay.accounts import Accounts, LoginRefused
from vestnik.relay.board import Board, Change
from vestnik.relay.config import RelayConfig
from vestnik.relay.imap import effects as e
from vestnik.relay.imap.framing import Continue, FrameRefused, Receiver
from vestnik.relay.imap.session import Session, Settings
from vestnik.relay.imap.table import handler_of
from vestnik.relay.store import MailboxId, User
from vestnik.relay.store.office import Office

__all__ = ["Connection", "Desk"]

_log = logging.getLogger("vestnik.relay")

_READ_BYTES = 64 * 1024
_LINE_LIMIT = 64 * 1024
_LITERAL_LIMIT_BEFORE_LOGIN = 4096
_FLUSH_BYTES = 64 * 1024
_IDLE_BACKLOG_MAX = 1024 * 1024


class Desk:
    """What all connections share."""

    def __init__(
        self,
        config: RelayConfig,
        settings: Settings,
        office: Office,
        accounts: Accounts,
        board: Board,
    ) -> None:
        self.config = config
        self.settings = settings
        self.office = office
        self.accounts = accounts
        self.board = board


class Connection:
    """Drives one session over one pair of streams."""

    def __init__(
        self, desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._desk = desk
        self._reader = reader
        self._writer = writer
        self._session = Session(desk.settings, handler_of)
        self._receiver = Receiver(_LINE_LIMIT, _LITERAL_LIMIT_BEFORE_LOGIN)
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._watched: MailboxId | None = None
        self._login_deadline = asyncio.get_running_loop().time() + desk.config.login_timeout

    async def run(self) -> None:
        """Serve the client until it leaves, is too slow, or the relay stops."""
        try:
            self._send(self._session.greeting())
            await self._flush()
            await self._serve()
        except TimeoutError:
            self._farewell(b"Too long without a word")
        except asyncio.CancelledError:
            self._farewell(b"The relay is shutting down")
            raise
        except OSError:
            pass  # the client is gone, or what it spoke was not TLS
        except Exception as error:
            _log.error("an IMAP connection failed", exc_info=error)
            self._farewell(b"The relay made a mistake")
        finally:
            self.close()

    def close(self) -> None:
        """Let the connection end once its client has read what is due to it."""
        self._watch(None)
        if not self._writer.transport.is_closing():  # closed twice, one of TLS cannot be aborted
            self._writer.close()

    def abort(self) -> None:
        """Drop a connection whose client does not read, or does not take part in its end."""
        self._writer.transport.abort()

    def notice(self, change: Change) -> None:
        """Take note of a change in the selected mailbox; a client in IDLE is told at once."""
        self._session.notice(change)
        if not self._session.idling or self._writer.transport.is_closing():
            return
        try:
            self._carry_out_now(self._session.refresh())
        except Exception as error:
            # Whoever made the change has done its work: this must not look like its failure.
            _log.error("an IMAP connection failed", exc_info=error)
            self._writer.transport.abort()
            return
        self._writer.write(self._taken())
        if self._writer.transport.get_write_buffer_size() > _IDLE_BACKLOG_MAX:
            self._writer.transport.abort()

    async def _serve(self) -> None:
        while not self._session.ended:
            async with asyncio.timeout_at(self._deadline()):
                data = await self._reader.read(_READ_BYTES)
            if not data:
                return
            self._receiver.feed(data)
            await self._answer_all()
            await self._flush()

    async def _answer_all(self) -> None:
        """Answer every command that is there as a whole."""
        while not self._session.ended:
            try:
                event = self._receiver.next()
            except FrameRefused as refusal:
                await self._carry_out(self._session.refuse_bad(refusal.tag, str(refusal)))
                if refusal.fatal:
                    await self._carry_out(self._session.end(b"The command is too large"))
                continue
            if event is None:
                return
            if isinstance(event, Continue):
                self._send(b"+ go on\r\n")
            else:
                await self._carry_out(self._session.run(event.data))

    def _deadline(self) -> float:
        if self._session.user is None:
            return self._login_deadline
        return asyncio.get_running_loop().time() + self._desk.config.idle_timeout

    async def _carry_out(self, steps: e.Steps[None]) -> None:
        """Do what the steps want, one after the other."""
        effect = _next(steps, None)
        while effect is not None:
            try:
                result = await self._do(effect)
            except Exception as error:
                effect = _thrown(steps, error)
            else:
                effect = _next(steps, result)

    def _carry_out_now(self, steps: e.Steps[None]) -> None:
        """Do what the steps want, where nothing of it has to be waited for."""
        effect = _next(steps, None)
        while effect is not None:
            try:
                result = self._do_now(effect)
            except Exception as error:
                effect = _thrown(steps, error)
            else:
                effect = _next(steps, result)

    async def _do(self, effect: e.Effect) -> object:
        if isinstance(effect, e.Commit):
            return await self._desk.office.commit(effect.change)
        if isinstance(effect, e.LogIn):
            return await self._log_in(effect)
        result = self._do_now(effect)
        if self._out_bytes > _FLUSH_BYTES:
            await self._flush()
        return result

    def _do_now(self, effect: e.Effect) -> object:
        match effect:
            case e.Send(data):
                self._send(data)
            case e.Read(query):
                return self._desk.office.read(query)
            case e.Watch(mailbox):
                self._watch(mailbox)
            case e.Claim(mailbox, upto):
                return self._desk.board.claim_recent(mailbox, upto)
            case e.Publish(mailbox, change):
                self._desk.board.publish(mailbox, change, by=self)
            case _:
                raise AssertionError(f"{type(effect).__name__} has to be waited for")
        return None

    async def _log_in(self, effect: e.LogIn) -> User | str:
        try:
            user = await self._desk.accounts.login(effect.address, effect.password)
        except LoginRefused as refusal:
            return str(refusal)
        self._receiver.literal_limit = self._desk.config.max_message_bytes
        return user

    def _watch(self, mailbox: MailboxId | None) -> None:
        if self._watched is not None:
            self._desk.board.unwatch(self._watched, self)
        self._watched = mailbox
        if mailbox is not None:
            self._desk.board.watch(mailbox, self)

    def _send(self, data: bytes) -> None:
        self._out.append(data)
        self._out_bytes += len(data)

    def _taken(self) -> bytes:
        data = b"".join(self._out)
        self._out.clear()
        self._out_bytes = 0
        return data

    async def _flush(self) -> None:
        """Write what is due, and wait until the client has read enough of it."""
        if not self._out:
            return
        self._writer.write(self._taken())
        async with asyncio.timeout(self._desk.config.write_timeout):
            await self._writer.drain()

    def _farewell(self, reason: bytes) -> None:
        if not self._writer.transport.is_closing():
            self._writer.write(self._taken() + b"* BYE %s\r\n" % reason)


def _next(steps: Generator[e.Effect, object, None], result: object) -> e.Effect | None:
    try:
        return steps.send(result)
    except StopIteration:
        return None


def _thrown(steps: Generator[e.Effect, object, None], error: Exception) -> e.Effect | None:
    try:
        return steps.throw(error)
    except StopIteration:
        return None

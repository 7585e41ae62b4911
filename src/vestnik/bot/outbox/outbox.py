"""The way out of a bot: durable, in order, paced, and never twice.

Rules of this file:

- A message is a row before anything else happens to it, and what is a row will be sent.
- The row says that the core may have the message before the core gets it. When nobody heard the
  answer, it is found out what came of it before anything else goes to that chat.
- A message begins when its turn and the pace allow it, in a task of its own.
"""

from __future__ import annotations

import asyncio
import itertools

from vestnik.bot.outbox.bucket import Pace
from vestnik.bot.outbox.carrier import Carrier, OnRefused
from vestnik.bot.outbox.entering import Entrance
from vestnik.bot.outbox.files import WaitingFiles, mails_of
from vestnik.bot.outbox.lives import Lives
from vestnik.bot.outbox.outgoing import Outgoing
from vestnik.bot.outbox.queue import OutgoingRows
from vestnik.bot.outbox.sender import Sender
from vestnik.bot.outbox.traffic import Traffic
from vestnik.bot.outbox.turns import Rank
from vestnik.bot.store import Database
from vestnik.chatmail import Core, EventStream
from vestnik.chatmail.events import CoreRestarted, SmtpMessageSent
from vestnik.chatmail.types import MessageData
from vestnik.clock import Clock
from vestnik.errors import OutboxClosed
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Outbox"]

MOST_WAITING = 100_000
"""While more messages than this wait to be sent, `Outbox.post` waits, too."""

ACCOUNT_MANAGER = AccountId(0)


class Outbox:
    """Sends messages, each exactly once, over crashes of the bot and of the core.

    Messages of a chat go in the order of the calls, those that are urgent before those that are
    not; chats take turns.
    """

    def __init__(
        self,
        database: Database,
        core: Core,
        pace: Pace | None,
        clock: Clock,
        *,
        on_refused: OnRefused | None = None,
    ) -> None:
        """Prepare to send; nothing leaves before `run`.

        Args:
            database: Where the messages wait.
            core: What sends them.
            pace: How fast each account may send; ``None`` for relays without limits.
            clock: The time that the pace is measured by.
            on_refused: Told of a posted message that the core refuses for good.
        """
        self._core = core
        self._is_paced = pace is not None
        # So long a bucket remembers.
        self._recent_seconds = pace.period * pace.burst if pace else 0.0
        self._rows = OutgoingRows(database, clock)
        self._files = WaitingFiles(database.path)
        self._lives = Lives(clock)
        self._traffic = Traffic(pace, clock, lambda item: self._carrier.carry(item))
        sender = Sender(core, self._rows, self._lives)
        self._carrier = Carrier(self._rows, self._files, self._traffic, sender, on_refused)
        self._entrance = Entrance(self._rows, self._files, self._traffic)
        self._row_ids = itertools.count(1)
        self._loading = asyncio.Lock()
        self._is_loaded = False
        self._has_ended = False

    @property
    def waiting(self) -> int:
        """How many messages are still to be sent."""
        return len(self._traffic.waiting)

    async def run(self) -> None:
        """Send, until cancelled or the core is stopped; what is left waits in the database.

        Raises:
            CoreDied: The core died and nobody restarts it.
            LedgerFailed: The database cannot be used.
        """
        self._has_ended = False
        await self._load()
        try:
            async with self._core.events(ACCOUNT_MANAGER) as events, asyncio.TaskGroup() as tasks:
                if self._is_paced:
                    tasks.create_task(self._count_mails())
                self._traffic.open(tasks)
                try:
                    await self._count_restarts(events)
                finally:
                    # The group that ends takes no more tasks.
                    self._traffic.begin_no_more()
        except BaseExceptionGroup as failures:
            if not isinstance(failures.exceptions[0], _CoreStopped):
                raise failures.exceptions[0] from None
        finally:
            self._has_ended, self._is_loaded = True, False
            self._traffic.close()

    async def drain(self) -> None:
        """Let nothing more begin, and return once the core has answered for what has begun.

        Call it when the handlers have ended, and before `run` is cancelled.
        """
        await self._traffic.drain()

    async def send(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        *,
        key: str | None,
        urgent: bool = True,
    ) -> MessageId:
        """Send a message, and return its id once the core has accepted it.

        It is sent even when the caller is cancelled meanwhile.

        Args:
            account_id: The account that sends it.
            chat_id: The chat that it goes to.
            data: What to send; a file is copied, so that it may be deleted afterwards.
            key: A name for it in its account: what was sent under the same name before is not
                sent again, and the id that it got then is returned.
            urgent: Whether it goes before what is not, such as a broadcast.

        Raises:
            BadInput: The file cannot be read.
            OutboxClosed: The outbox does not run any more.
            CallFailed: The core refuses it for good.
            LedgerFailed: The database cannot be used.
        """
        if self._has_ended:
            raise OutboxClosed("The outbox is closed: run it to send messages.")
        accepted: asyncio.Future[MessageId] = asyncio.get_running_loop().create_future()
        await self._take_in(account_id, chat_id, data, key, urgent, accepted)
        return await accepted

    async def post(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        *,
        key: str | None,
        urgent: bool = False,
    ) -> None:
        """Let a message be sent later, as by `send`; return once no crash can undo that.

        Raises:
            BadInput: The file cannot be read.
            LedgerFailed: The database cannot be used.
        """
        await self._traffic.until_below(MOST_WAITING)
        item = await self._take_in(account_id, chat_id, data, key, urgent, None)
        assert item.stored is not None
        await asyncio.shield(item.stored)
        if not item.has_begun:
            # It is in its row; thousands may wait.
            item.data = None

    def note_spent(self, account_id: AccountId, mails: int = 1) -> None:
        """Count mails that are about to go past the outbox, such as reactions, to keep the pace.

        Those of the core itself, such as read receipts, are counted as they leave.
        """
        self._traffic.way(account_id).note_spent(mails)

    async def prune(self, older_than_seconds: float) -> None:
        """Forget messages that were sent that long ago, and the keys of them."""
        await self._rows.prune(older_than_seconds)

    async def _take_in(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        key: str | None,
        urgent: bool,
        accepted: asyncio.Future[MessageId] | None,
    ) -> Outgoing:
        if not self._is_loaded:
            await self._load()
        rank = Rank.REPLY if urgent else Rank.POST
        item = Outgoing(
            next(self._row_ids),
            account_id,
            chat_id,
            rank,
            mails_of(data),
            key,
            data,
            accepted=accepted,
        )
        await self._entrance.admit(item, data)
        return item

    async def _load(self) -> None:
        async with self._loading:
            if self._is_loaded:
                return
            backlog = await self._rows.load(self._recent_seconds)
            await self._files.sweep({item.row for item in backlog.waiting})
            self._row_ids = itertools.count(backlog.last_row + 1)
            self._traffic.recall(backlog)
            self._is_loaded = True

    async def _count_restarts(self, events: EventStream) -> None:
        async for event in events:
            if isinstance(event.payload, CoreRestarted):
                self._lives.note_restart()
        raise _CoreStopped

    async def _count_mails(self) -> None:
        async with self._core.events() as events:
            async for event in events:
                if isinstance(event.payload, SmtpMessageSent):
                    self._traffic.way(event.account_id).note_mail()


class _CoreStopped(Exception):
    """Ends the tasks of an outbox whose core was stopped in good order."""

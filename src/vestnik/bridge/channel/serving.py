"""The service bot while it runs: it hears of news and has every chat looked at."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from vestnik.bot import Host, HostOptions, Pace
from vestnik.bot.store import Database
from vestnik.bot.words import Words
from vestnik.bridge.channel.bot import service_bot
from vestnik.bridge.channel.delivering import Delivering
from vestnik.bridge.channel.desk import Desk
from vestnik.bridge.channel.model import ChannelChat, ChannelOptions, ChatState, Ending
from vestnik.bridge.channel.news import News
from vestnik.bridge.channel.readers import Readers
from vestnik.bridge.channel.stream import StreamReader
from vestnik.chatmail import Core
from vestnik.clock import Clock
from vestnik.errors import CallFailed, CoreDied, VestnikError
from vestnik.ids import AccountId, ContactId

__all__ = ["Serving"]

log = logging.getLogger("vestnik.bridge")

LOOK_SECONDS = 60.0
"""How often all chats are looked at: for what has expired, and for what failed before."""

LAST_SPECIAL_CONTACT = ContactId(9)
"""Contacts up to this id are the account itself and the core's own."""


class Serving:
    """Serves one account until cancelled.

    Args:
        address: The account's own, by which the bot claims it.
    """

    def __init__(
        self,
        account: AccountId,
        address: str,
        core: Core,
        desk: Desk,
        database: Database,
        clock: Clock,
        options: ChannelOptions,
    ) -> None:
        self._account = account
        self._core = core
        self._desk = desk
        self._clock = clock
        bot = service_bot(desk, accounts=(address,), language=options.language)
        self._host = Host([bot], core, database, options=_host_options(options), clock=clock)

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Serve.

        Args:
            ready: Set once everything runs.

        Raises:
            CoreDied: The core died and nobody restarts it.
            LedgerFailed: The memory cannot be used.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._serve(tasks, ready)
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _serve(self, tasks: asyncio.TaskGroup, ready: asyncio.Event | None) -> None:
        running = asyncio.Event()
        tasks.create_task(self._host.run(running), name="service bot")
        readers = Readers(self._delivering().tend, tasks)
        news = News(self._desk.gateway.broker, readers.look_at)
        try:
            await running.wait()
            await news.open()
            self._desk.on_change = news.follow
            await self._look(news)
            if ready is not None:
                ready.set()
            await self._look_for_ever(news)
        finally:
            readers.close()
            self._desk.on_change = None
            await news.close()

    def _delivering(self) -> Delivering:
        stream = StreamReader(self._desk.gateway, self._clock)
        outbox = self._host.outbox
        return Delivering(self._account, self._core, self._desk, outbox, stream, self._words_of)

    async def _words_of(self, chat: ChannelChat) -> Words:
        services = self._host.runtimes[0].services
        assert services.languages is not None
        language = await services.languages.of(chat.account, chat.chat)
        return services.dictionary.words(language)

    async def _look_for_ever(self, news: News) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            with contextlib.suppress(CoreDied):
                await self._look(news)

    async def _look(self, news: News) -> None:
        """Look at all chats, also for what nobody told us of."""
        for chat in await self._desk.rows.all(self._account):
            if chat.state is ChatState.WAITING:
                try:
                    await self._look_at_waiting(chat)
                except VestnikError as error:
                    log.warning("The invitation of chat %d: %s", chat.chat, error)
        await news.follow_only(await self._desk.rows.all(self._account))

    async def _look_at_waiting(self, chat: ChannelChat) -> None:
        """End an invitation in time; take in who came while nobody listened."""
        if self._desk.gateway.roster.owner(chat.owner) is None:
            await self._desk.end(chat, Ending.OWNER)
            return
        try:
            members = await self._core.get_chat_contacts(chat.account, chat.chat)
        except CallFailed:
            members = []
        others = [member for member in members if member > LAST_SPECIAL_CONTACT]
        if others:
            await self._desk.come_in(chat.account, chat.chat, others[0])
        elif chat.expires <= self._desk.now():
            await self._desk.end(chat, Ending.EXPIRED)


def _host_options(options: ChannelOptions) -> HostOptions:
    per_minute = options.per_minute
    pace = None if per_minute is None else Pace(per_minute=per_minute, burst=options.burst)
    return HostOptions(pace=pace, drain_seconds=options.drain_seconds)

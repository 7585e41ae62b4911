"""A bot's services on any core, for tests of what handlers are given."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import segno

from vestnik.bot.contexts import Message, Services
from vestnik.bot.contexts.of_messages import message_of
from vestnik.bot.objects import Keys, Scope
from vestnik.bot.outbox import Outbox
from vestnik.bot.store import Database
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.clock import SystemClock
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.testing.fake.core import FakeCore
from vestnik.testing.fake.message import FakeMessage

SECONDS = 30.0


class RecordingOutbox(Outbox):
    """An outbox that remembers what it was given, and under which keys."""

    given: list[tuple[ChatId, MessageData, str | None]]
    mails_noted: int

    def note_given(self, chat_id: ChatId, data: MessageData, key: str | None) -> None:
        self.given.append((chat_id, data, key))

    async def send(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        *,
        key: str | None,
        urgent: bool = True,
    ) -> MessageId:
        self.note_given(chat_id, data, key)
        return await super().send(account_id, chat_id, data, key=key, urgent=urgent)

    def note_spent(self, account_id: AccountId, mails: int = 1) -> None:
        self.mails_noted += mails
        super().note_spent(account_id, mails)


@asynccontextmanager
async def services_on(core: Core, files: Path | None = None) -> AsyncIterator[Services]:
    """Run the services of a bot on a core; the outbox is a `RecordingOutbox`."""
    clock = SystemClock()
    async with Database(None) as database:
        outbox = RecordingOutbox(database, core, None, clock)
        outbox.given, outbox.mails_noted = [], 0
        sending = asyncio.create_task(outbox.run())
        try:
            yield Services(core, outbox, database, clock, files=files)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


@asynccontextmanager
async def services_on_fake(fake: FakeCore, files: Path | None = None) -> AsyncIterator[Services]:
    """Run the services of a bot on a fake core."""
    async with asyncio.timeout(SECONDS), Core(fake.transport) as core:
        await core.start_io_for_all_accounts()
        async with services_on(core, files) as services:
            yield services


def outbox_of(services: Services) -> RecordingOutbox:
    """Give the outbox as what it is in these tests."""
    assert isinstance(services.outbox, RecordingOutbox)
    return services.outbox


async def received(services: Services, message: FakeMessage) -> Message:
    """Fetch a message of a fake account as a handler of it gets it."""
    account_id = message.chat.account.id
    raw = await services.core.get_message(account_id, message.id)
    return message_of(services, account_id, raw, cause=message.id)


def scope_of(services: Services, account_id: AccountId, cause: int | None = None) -> Scope:
    """Make the scope of a handling."""
    keys = Keys.of(account_id, None if cause is None else MessageId(cause))
    return Scope(services, account_id, keys)


def write_png(path: Path) -> Path:
    """Write an image that the core takes for one."""
    segno.make("vestnik").save(str(path), scale=5)
    return path


def write_app(path: Path) -> Path:
    """Write a webxdc app."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.toml", 'name = "Score"\n')
        archive.writestr("index.html", "<html></html>")
    return path

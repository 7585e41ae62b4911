"""A tested bot on the fake core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from pathlib import Path

from vestnik.chatmail import Core
from vestnik.ids import AccountId, MessageId
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import FakeContact
from vestnik.testing.fake.core import FakeCore
from vestnik.testing.fake.message import FakeMessage
from vestnik.testing.stage.play import Actor, Group, Mark, Reply
from vestnik.testing.stage.stage import Stage

__all__ = ["FakeActor", "FakeStage"]


NO_APPS = "The fake core plays no webxdc apps: await bot_tester(bot, real_core=True)."


class FakeStage(Stage):
    """A bot's account on a fake core.

    Args:
        fake: The core.
        core: A client that is connected to it.
        directory: Where the bot keeps its memory.
    """

    def __init__(self, fake: FakeCore, core: Core, directory: Path) -> None:
        super().__init__(directory)
        self.core = core
        self.account = fake.account("Bot", bot=True)
        self.account_id = self.account.id
        self.chats: dict[str, FakeChat] = {}
        self.actors: list[FakeActor] = []
        self._delivered = 0

    async def name_message(self, account_id: AccountId, message_id: MessageId) -> Hashable:
        """Name a message by its id, which is the only one that there is."""
        return message_id

    def actor(self, address: str, name: str, *, is_bot: bool) -> FakeActor:
        """Let somebody come who can write to the bot."""
        contact = self.account.contact(address, name=name, is_bot=is_bot)
        self.actors.append(FakeActor(self, contact))
        return self.actors[-1]

    def deliver(self) -> None:
        """Bring what the bot has sent to those who are in its chats now."""
        while self._delivered < len(self.account.sent):
            message = self.account.sent[self._delivered]
            self._delivered += 1
            for actor in self.actors:
                if actor.contact.id in message.chat.members:
                    actor.received.append(reply_of(message))

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Note when the bot sends something."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await self.account.until_sent(len(self.account.sent) + 1)
            self.news.note()


class FakeActor(Actor):
    """A contact of the bot's account, moved by the test."""

    def __init__(self, stage: FakeStage, contact: FakeContact) -> None:
        self._stage = stage
        self.contact = contact
        self.received: list[Reply] = []

    @property
    def inbox(self) -> list[Reply]:
        """What the bot has said to this contact."""
        self._stage.deliver()
        return self.received

    async def scan(self, link: str | None) -> Mark:
        """Join the bot, or the group or channel of a link."""
        self._stage.deliver()
        self.contact.scan_invite(None if link is None else await self._chat_behind(link))
        return ("join", self.contact.address)

    async def write(
        self, text: str, to: Group | None, file: Path | None, quote: Reply | None
    ) -> Mark:
        """Write to the bot, or to a group."""
        quoted = self._stage.account.messages[quote.message_id] if quote else None
        message = self._chat(to).receive(text, sender=self.contact, file=file, quote=quoted)
        return ("message", message.id)

    async def react(self, reply: Reply, emoji: tuple[str, ...]) -> Mark:
        """React to a message of the bot."""
        self._stage.account.messages[reply.message_id].react(self.contact, *emoji)
        return ("reaction", reply.message_id, self.contact.address)

    async def use(self, reply: Reply, payload: object) -> Mark:
        """Fail: the fake core plays no apps."""
        raise AssertionError(NO_APPS)

    async def updates(self, reply: Reply) -> list[object]:
        """Fail: the fake core plays no apps."""
        raise AssertionError(NO_APPS)

    async def make_group(self, name: str, others: list[Actor]) -> Group:
        """Make a group with the bot and others in it."""
        contacts = [_contact_of(other) for other in others]
        self._stage.chats[name] = self._stage.account.group(name, [self.contact, *contacts])
        return Group(name)

    async def add(self, group: Group, other: Actor) -> Mark:
        """Add somebody to a group."""
        self._stage.deliver()
        told = self._chat(group).add_member(_contact_of(other), by=self.contact)
        return ("message", told.id)

    async def leave(self, group: Group) -> Mark:
        """Leave a group."""
        self._stage.deliver()
        return ("change", self._chat(group).remove_member(self.contact, by=self.contact).id)

    async def catch_up(self) -> None:
        """Take what has come."""
        self._stage.deliver()

    async def look(self, reply: Reply) -> Reply:
        """Return a message of the bot as it is now."""
        return reply_of(self._stage.account.messages[reply.message_id])

    def _chat(self, group: Group | None) -> FakeChat:
        return self._stage.chats[group.name] if group else self.contact.chat

    async def _chat_behind(self, link: str) -> FakeChat:
        core, account = self._stage.core, self._stage.account
        for chat in account.chats.values():
            if await core.get_chat_securejoin_qr_code(account.id, chat.id) == link:
                return chat
        raise AssertionError(f"No chat of the bot is joined by the link {link}.")


def reply_of(message: FakeMessage) -> Reply:
    """Tell what a reader sees of a message."""
    quoted = message.quote.text if message.quote else message.quoted_text
    return Reply(
        text=message.text,
        quoted_text=quoted,
        file_name=message.file_name,
        content=message.content,
        view_type=message.view_type,
        message_id=message.id,
    )


def _contact_of(actor: Actor) -> FakeContact:
    assert isinstance(actor, FakeActor)
    return actor.contact

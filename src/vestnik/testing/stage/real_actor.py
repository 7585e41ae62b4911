"""Somebody who writes to a tested bot from a real core."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vestnik.bot.objects.contact import ME
from vestnik.bot.objects.files import absolute
from vestnik.chatmail import Core, EventStream, join_by_code
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import Message, MessageData, MessageListItemMessage
from vestnik.chatmail.types import MessageLoadResultMessage as Loaded
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing.live import LiveAccount, add_live_account, introduce
from vestnik.testing.stage.play import Actor, Group, Mark, Reply

if TYPE_CHECKING:
    from vestnik.testing.stage.real import RealStage

__all__ = ["RealActor", "mail_name"]


class RealActor(Actor):
    """An account on the relay that was made for one person."""

    account: LiveAccount
    chat: ChatId

    def __init__(self, stage: RealStage, name: str, *, is_bot: bool) -> None:
        self._inbox: list[Reply] = []
        self._stage = stage
        self._core = stage.peoples_core
        self._name = name
        self._is_bot = is_bot
        self._known: set[str] = set()
        self._groups: dict[str, ChatId] = {}
        self._after = MessageId(0)
        self._is_there = False

    @property
    def inbox(self) -> list[Reply]:
        """What the bot has said to this person."""
        return self._inbox

    async def scan(self, link: str | None) -> Mark:
        """Join the bot, or the group or channel of a link."""
        await self._arrive()
        self._after = await self._stage.last_id()
        bot = self._stage
        code = link or await bot.core.get_chat_securejoin_qr_code(bot.account_id, None)
        chat = await join_by_code(self._core, self.account.id, code)
        if link is None:
            self.chat = chat
        return ("join", self.account.address)

    async def write(
        self, text: str, to: Group | None, file: Path | None, quote: Reply | None
    ) -> Mark:
        """Write to the bot, or to a group."""
        data = MessageData(
            text=text or None,
            file=str(absolute(file)) if file else None,
            quoted_message_id=quote.message_id if quote else None,
        )
        chat = await self._chat(to)
        sent = await self._core.send_msg(self.account.id, chat, data)
        return ("message", await self._name_of(sent))

    async def react(self, reply: Reply, emoji: tuple[str, ...]) -> Mark:
        """React to a message of the bot."""
        await self._core.send_reaction(self.account.id, reply.message_id, list(emoji))
        return ("reaction", await self._name_of(reply.message_id), self.account.address)

    async def use(self, reply: Reply, payload: object) -> Mark:
        """Let the webxdc app that the bot has sent send an update."""
        update = json.dumps({"payload": payload})
        await self._core.send_webxdc_status_update(self.account.id, reply.message_id, update, None)
        name = await self._name_of(reply.message_id)
        return ("update", name, json.dumps(payload, sort_keys=True))

    async def updates(self, reply: Reply) -> list[object]:
        """Return what a webxdc app knows, once it knows as much as the bot's."""
        bot, origin = self._stage, self._stage.sent[await self._name_of(reply.message_id)]

        async def known() -> list[object]:
            return await _payloads(self._core, self.account.id, reply.message_id)

        async def is_complete() -> bool:
            return len(await known()) >= len(await _payloads(bot.core, bot.account_id, origin))

        await bot.until_asked(is_complete, f"The updates have not come to {self._name}")
        return await known()

    async def make_group(self, name: str, others: list[Actor]) -> Group:
        """Make a group with the bot and others in it."""
        core, me = self._core, self.account.id
        self._groups[name] = chat = await core.create_group_chat(me, name, False)
        (bot,) = await core.get_chat_contacts(me, self.chat)
        for contact in [bot, *[await self._meet(other) for other in others]]:
            await core.add_contact_to_chat(me, chat, contact)
        return Group(name)

    async def add(self, group: Group, other: Actor) -> Mark:
        """Add somebody to a group."""
        contact = await self._meet(other)
        assert isinstance(other, RealActor)
        other._after = await self._stage.last_id()
        chat = await self._chat(group)
        await self._core.add_contact_to_chat(self.account.id, chat, contact)
        return ("message", await self._own_last(chat))

    async def leave(self, group: Group) -> Mark:
        """Leave a group."""
        chat = await self._chat(group)
        await self._core.leave_group(self.account.id, chat)
        return ("change", await self._own_last(chat))

    async def catch_up(self) -> None:
        """Wait until everything that the bot has sent so far has come."""
        if not self._is_there:
            return
        sent = await self._stage.sent_to(self.account.address, self._after)
        await self._stage.until(
            lambda: sent <= self._known, f"What the bot has said has not come to {self._name}"
        )

    async def look(self, reply: Reply) -> Reply:
        """Return a message of the bot as it is now."""
        bot = self._stage
        origin = bot.sent[await self._name_of(reply.message_id)]

        async def is_current() -> bool:
            theirs = await bot.core.get_message(bot.account_id, origin)
            return (await self._message(reply.message_id)).text == theirs.text

        await bot.until_asked(is_current, f"The edit has not come to {self._name}")
        return _reply_of(await self._message(reply.message_id))

    async def _arrive(self) -> None:
        if self._is_there:
            return
        stage = self._stage
        self.account = await add_live_account(
            self._core, stage.relay, bot=self._is_bot, name=self._name
        )
        events = await stage.running.enter_async_context(self._core.events(self.account.id))
        watching = asyncio.create_task(self._watch(events))
        stage.running.push_async_callback(_end, watching)
        self._is_there = True

    async def _watch(self, events: EventStream) -> None:
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                with suppress(CallFailed):
                    await self._take(event.payload.msg_id)
            self._stage.news.note()

    async def _take(self, message_id: MessageId) -> None:
        message = await self._message(message_id)
        name = await self._name_of(message_id)
        if message.sender.address == self._stage.address and not message.is_info:
            self._inbox.append(_reply_of(message))
        self._known.add(name)

    async def _meet(self, other: Actor) -> ContactId:
        """Let another person's account know mine, so that I can add it to a group."""
        assert isinstance(other, RealActor)
        _, chat = await introduce(other.account, self.account)
        (contact,) = await self._core.get_chat_contacts(self.account.id, chat)
        return contact

    async def _chat(self, group: Group | None) -> ChatId:
        if group is None:
            return self.chat
        if group.name not in self._groups:
            await self._stage.until_asked(
                lambda: self._finds(group.name), f"{self._name} has not heard of {group.name}"
            )
        return self._groups[group.name]

    async def _finds(self, name: str) -> bool:
        chats = await self._core.get_chatlist_entries(self.account.id, 0, name, None)
        self._groups.update((name, chat) for chat in chats[:1])
        return bool(chats)

    async def _own_last(self, chat: ChatId) -> str:
        """Name the last message of mine: those of others may come at any moment."""
        items = await self._core.get_message_list_items(self.account.id, chat, False, False)
        ids = [item.msg_id for item in items if isinstance(item, MessageListItemMessage)]
        loaded = (await self._core.get_messages(self.account.id, ids)).values()
        own = [one.id for one in loaded if isinstance(one, Loaded) and one.from_id == ME]
        return await self._name_of(max(own))

    async def _message(self, message_id: MessageId) -> Message:
        return await self._core.get_message(self.account.id, message_id)

    async def _name_of(self, message_id: MessageId) -> str:
        return await mail_name(self._core, self.account.id, message_id)


async def mail_name(core: Core, account_id: AccountId, message_id: MessageId) -> str:
    """Return the Message-ID of a message."""
    return (await core.get_message_info_object(account_id, message_id)).rfc724_mid


async def _payloads(core: Core, account_id: AccountId, message_id: MessageId) -> list[object]:
    updates = json.loads(await core.get_webxdc_status_updates(account_id, message_id, 0))
    return [update["payload"] for update in updates]


def _reply_of(message: Message) -> Reply:
    return Reply(
        text=message.text,
        quoted_text=getattr(message.quote, "text", None),
        file_name=message.file_name,
        content=Path(message.file).read_bytes() if message.file else b"",
        view_type=message.view_type,
        message_id=message.id,
    )


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

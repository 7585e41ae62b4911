"""What programs are told of what happens in the real core, over the real relay."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.bot.objects.services import write_png
from tests.e2e.test_mortal_core import MortalCore
from tests.gateway.records import owner, resource
from vestnik.bot.intake.intake import Intake
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bot.outbox import Outbox
from vestnik.bot.store import Database
from vestnik.bridge.files.links import Links
from vestnik.bridge.forwarding import Forwarding
from vestnik.bridge.model import BotCommand, BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.bridge.subscription import check_events
from vestnik.chatmail.types import MessageData
from vestnik.clock import SystemClock
from vestnik.gateway import Gateway, Sealer
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.ports import BrokerMessage, Notified, owner_topic
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import ChatId, MessageId, OwnerId, ResourceId
from vestnik.relay import Relay
from vestnik.testing import LiveAccount, add_live_account, introduce
from vestnik.testing.plugin import NewAccount
from vestnik.testing.waiting import Changes

pytestmark = pytest.mark.timeout(170)

SECONDS = 60
NO_CHAT = ChatId(0)


@dataclass
class Meeting:
    """A bot whose program is told, and a user who writes to it."""

    mortal: MortalCore
    bot: LiveAccount
    user: LiveAccount
    told: list[dict[str, Any]] = field(default_factory=list)
    users_chat: ChatId = NO_CHAT
    changes: Changes = field(default_factory=Changes)

    def hear(self, message: BrokerMessage) -> None:
        assert isinstance(message, Notified)
        for stored in message.items:
            payload = json.loads(bytes(stored.notification.payload))
            self.told.append({"user": stored.notification.user, **payload})
        self.changes.note()

    async def next(self, kind: str, **values: object) -> dict[str, Any]:
        """Wait for a notification of a kind whose message has these values, and forget it."""

        def found() -> list[dict[str, Any]]:
            of_kind = [one for one in self.told if one["kind"] == kind]
            return [one for one in of_kind if _has(one.get("message", {}), values)]

        async with asyncio.timeout(SECONDS):
            await self.changes.until(lambda: bool(found()))
        one = found()[0]
        self.told.remove(one)
        return one

    async def say(self, text: str, **data: Any) -> MessageId:
        message = MessageData(text=text, **data)
        return await self.user.core.send_msg(self.user.id, self.users_chat, message)


def _has(message: Mapping[str, object], values: Mapping[str, object]) -> bool:
    return all(message.get(name) == value for name, value in values.items())


@pytest.fixture
async def meeting(new_account: NewAccount, relay: Relay, tmp_path: Path) -> AsyncIterator[Meeting]:
    mortal = MortalCore(tmp_path / "accounts")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(mortal.core)
        bot = await add_live_account(mortal.core, relay, bot=True, name="Echo")
        one = Meeting(mortal, bot, await new_account(name="Alice"))
        await _forward(one, tmp_path, stack)
        _, one.users_chat = await introduce(bot, one.user)
        yield one


async def _forward(one: Meeting, folder: Path, stack: AsyncExitStack) -> None:
    clock, core, broker = SystemClock(), one.bot.core, MemoryBroker()
    store = SqliteStore(folder / "gateway.sqlite")
    sealer = Sealer.from_key(bytes(32))
    gateway = Gateway(store, broker, MemorySender(), sealer, clock=clock)
    await stack.enter_async_context(gateway)
    await store.settings.save(owner(), resource("bot"))
    gateway.roster.put(owner(), resource("bot"))
    await broker.subscribe(owner_topic(OwnerId("anna")), one.hear)
    database = await stack.enter_async_context(Database(None))
    outbox = Outbox(database, core, None, clock)
    seen = SeenMarker(core, clock)
    links = Links(bytes(32), lambda: "https://bots.example.org", 3600, clock)
    work = Forwarding(core, gateway, _registry(one.bot), links, seen, outbox.post)
    intake = Intake(core, lambda: [one.bot.id], work, clock)
    await _keep_running(stack, intake, seen, outbox)


def _registry(bot: LiveAccount) -> Registry:
    registry = Registry()
    record = BotRecord(
        resource=ResourceId("bot"),
        events=check_events(["default", "MsgDelivered"]),
        commands=(BotCommand("ping", "answers pong"),),
    )
    registry.put(Hosted(account=bot.id, address=bot.address, record=record))
    return registry


async def _keep_running(
    stack: AsyncExitStack, intake: Intake, seen: SeenMarker, outbox: Outbox
) -> None:
    listening = asyncio.Event()
    jobs = (intake.run(listening), seen.run(), outbox.run())
    tasks = [asyncio.create_task(job) for job in jobs]

    async def end() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)
    await listening.wait()


async def test_a_conversation_is_told_from_the_joining_to_the_last_word(
    meeting: Meeting, tmp_path: Path
) -> None:
    joined = await meeting.next("SecurejoinInviterProgress")
    assert (joined["progress"], joined["chatType"]) == (1000, "Single")

    await meeting.say("hello")
    hello = await meeting.next("IncomingMsg", text="hello")
    told = hello["message"]
    assert hello["user"] == joined["user"] == str(told["sender"]["id"])
    assert told["sender"]["name"] == told["chat"]["name"] == "Alice"
    assert told["sender"]["address"] == meeting.user.address
    assert told["sender"]["isKeyContact"]
    assert told["chat"] == {
        "id": hello["chatId"],
        "name": "Alice",
        "type": "Single",
        "isEncrypted": True,
    }
    assert (told["isBot"], told["isInfo"], told["viewType"]) == (False, False, "Text")
    assert abs(told["sent"] - told["received"]) < 60_000
    assert "subject" not in told
    assert "quote" not in told

    bot = meeting.bot
    reply = await bot.core.misc_send_text_message(bot.id, hello["chatId"], "hello yourself")
    assert (await meeting.next("MsgDelivered"))["msgId"]
    theirs = await _arrival(meeting, "hello yourself")
    await meeting.user.core.send_reaction(meeting.user.id, theirs, ["👍"])
    reaction = await meeting.next("IncomingReaction")
    assert (reaction["msgId"], reaction["reaction"]) == (reply, "👍")

    picture = write_png(tmp_path / "cat.png")
    await meeting.say("look", file=str(picture), quoted_message_id=theirs)
    told = (await meeting.next("IncomingMsg", text="look"))["message"]
    assert told["quote"]["messageId"] == reply
    assert told["quote"]["text"] == "hello yourself"
    assert told["viewType"] == "Image"
    assert told["file"]["name"].endswith(".png")
    assert told["file"]["mime"].startswith("image/")
    assert told["file"]["bytes"] > 0
    assert told["file"]["width"] > 0
    assert told["file"]["url"].startswith("https://bots.example.org/api/v1/files/")

    mine = await meeting.say("tea?")
    tea = await meeting.next("IncomingMsg", text="tea?")
    await meeting.user.core.send_edit_request(meeting.user.id, mine, "coffee?")
    edited = await meeting.next("MsgsChanged")
    assert edited["msgId"] == tea["msgId"]
    assert (edited["message"]["text"], edited["message"]["isEdited"]) == ("coffee?", True)

    await meeting.say("/help")
    await meeting.next("IncomingMsg", text="/help")
    await _arrival(meeting, "Commands:\n/ping – answers pong")


async def test_a_group_and_its_members_are_told(meeting: Meeting) -> None:
    user = meeting.user
    core = user.core
    group = await core.create_group_chat(user.id, "Chess", protect=False)
    (bot,) = await core.get_chat_contacts(user.id, meeting.users_chat)
    await core.add_contact_to_chat(user.id, group, bot)
    await core.misc_send_text_message(user.id, group, "white begins")
    told = (await meeting.next("IncomingMsg", text="white begins"))["message"]
    assert told["chat"]["name"] == "Chess"
    assert told["chat"]["type"] == "Group"

    await core.set_chat_name(user.id, group, "Draughts")
    renamed = await meeting.next("IncomingMsg", systemMessageType="GroupNameChanged")
    assert renamed["message"]["isInfo"]
    assert renamed["user"] == str(told["sender"]["id"])


async def test_a_core_that_is_killed_midway_loses_nothing_and_repeats_nothing(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    for n in range(6):
        await meeting.say(f"message {n}")
        if n == 2:
            await meeting.next("IncomingMsg", text="message 0")
            meeting.mortal.kill()
    for n in range(1, 6):
        await meeting.next("IncomingMsg", text=f"message {n}")
    assert not [one for one in meeting.told if one["kind"] == "IncomingMsg" and not _is_info(one)]


def _is_info(one: dict[str, Any]) -> bool:
    return bool(one["message"]["isInfo"])


async def _arrival(meeting: Meeting, text: str) -> MessageId:
    """Wait until the user has got a text."""
    user = meeting.user
    async with asyncio.timeout(SECONDS), user.core.events(user.id) as events:
        while True:
            ids = await user.core.get_message_ids(user.id, meeting.users_chat, False, False)
            loaded = await user.core.get_messages(user.id, ids)
            for message_id, message in loaded.items():
                if getattr(message, "text", "") == text:
                    return message_id
            await events.next_batch()

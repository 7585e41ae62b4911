"""The fake core tells of the same things by the same events as the real one."""

from collections.abc import Awaitable, Callable
from itertools import groupby
from pathlib import Path

import pytest_asyncio

from vestnik.chatmail import Core, EventStream
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import MessageData
from vestnik.ids import ChatId
from vestnik.testing import FakeAccount, FakeChat, FakeCore, LiveAccount
from vestnik.testing.plugin import CoreFactory, Introduce, NewAccount

NOISE = {
    "ConnectivityChanged",
    "ContactsChanged",
    "ImapConnected",
    "ImapInboxIdle",
    "ImapMessageDeleted",
    "IncomingMsgBunch",
    "Info",
    "NewBlobFile",
    "SmtpConnected",
    "SmtpMessageSent",
}
"""What a core tells of its connections and of its housekeeping, which the fake one has not."""

BIG = 300_000
"""More bytes than the core sends without announcing them first."""


class Real:
    """A bot on a real core, and a person on another who does things to it."""

    def __init__(
        self, bot: LiveAccount, person: LiveAccount, chats: tuple[ChatId, ChatId], file: Path
    ) -> None:
        self.core, self.id, self.chat = bot.core, bot.id, chats[0]
        self._person, self._persons_chat = person, chats[1]
        self._file = file
        self._persons_events = person.core.events(person.id)

    async def receive(self) -> None:
        core, data = self._person.core, MessageData(text="hello")
        self._last = await core.send_msg(self._person.id, self._persons_chat, data)

    async def receive_big(self) -> None:
        data = MessageData(text="big", file=str(self._file))
        await self._person.core.send_msg(self._person.id, self._persons_chat, data)

    async def edited(self) -> None:
        await self._person.core.send_edit_request(self._person.id, self._last, "hello!")

    async def reacted(self) -> None:
        while not isinstance(reply := (await anext(self._persons_events)).payload, IncomingMsg):
            pass
        await self._person.core.send_reaction(self._person.id, reply.msg_id, ["👍"])

    async def deleted(self) -> None:
        await self._person.core.delete_messages_for_all(self._person.id, [self._last])


class Fake:
    """A bot on the fake core, and a contact that does things to it."""

    def __init__(self, core: Core, bot: FakeAccount, chat: FakeChat, file: Path) -> None:
        self.core, self.id, self.chat = core, bot.id, chat.id
        self._bot, self._chat, self._file = bot, chat, file

    async def receive(self) -> None:
        self._last = self._chat.receive("hello")

    async def receive_big(self) -> None:
        self._chat.receive("big", file=self._file, whole=False).download()

    async def edited(self) -> None:
        self._last.edit("hello!")

    async def reacted(self) -> None:
        assert self._chat.peer is not None
        self._bot.sent[0].react(self._chat.peer, "👍")

    async def deleted(self) -> None:
        self._last.delete()


SELF = 1

Stage = Real | Fake


async def reply(stage: Stage) -> None:
    await stage.core.misc_send_text_message(stage.id, stage.chat, "hello yourself")


async def mark_seen(stage: Stage) -> None:
    fresh = await stage.core.get_fresh_msgs(stage.id)
    await stage.core.markseen_msgs(stage.id, fresh)


async def react(stage: Stage) -> None:
    ids = await stage.core.get_message_ids(stage.id, stage.chat, False, False)
    await stage.core.send_reaction(stage.id, ids[-2], ["🎉"])


async def edit(stage: Stage) -> None:
    ids = await stage.core.get_message_ids(stage.id, stage.chat, False, False)
    await stage.core.send_edit_request(stage.id, ids[-1], "hello you")


Act = Callable[[Stage], Awaitable[None]]

ACTS: tuple[tuple[Act, str, int], ...] = (
    (lambda stage: stage.receive(), "IncomingMsgBunch", 1),
    (mark_seen, "ChatlistItemChanged", 1),
    (reply, "ChatlistItemChanged", 2),
    (react, "ChatlistItemChanged", 2),
    (edit, "ChatlistItemChanged", 2),
    (lambda stage: stage.reacted(), "IncomingMsgBunch", 1),
    (lambda stage: stage.edited(), "IncomingMsgBunch", 1),
    (lambda stage: stage.deleted(), "IncomingMsgBunch", 1),
    (lambda stage: stage.receive_big(), "IncomingMsg", 1),
)
"""What is done, and which event, for the how-manieth time, is the last that tells of it."""


async def play(stage: Stage) -> list[list[str]]:
    """Give the events that each act brings about."""
    told = []
    for act, last, times in ACTS:
        async with stage.core.events(stage.id) as events:
            await act(stage)
            told.append(await kinds_until(events, last, times))
    return told


async def kinds_until(events: EventStream, last: str, times: int) -> list[str]:
    kinds: list[str] = []
    while kinds.count(last) < times:
        kinds.append(type((await anext(events)).payload).__name__)
    # How often the list of chats is said to have changed in a row means nothing.
    return [kind for kind, _ in groupby(kind for kind in kinds if kind not in NOISE)]


@pytest_asyncio.fixture
async def fake_stage(
    fake_core: FakeCore, core_on_fake: Core, bot: FakeAccount, tmp_path: Path
) -> Fake:
    return Fake(core_on_fake, bot, bot.contact("person@example.org").chat, tmp_path / "big.bin")


@pytest_asyncio.fixture
async def real_stage(
    new_account: NewAccount, introduce: Introduce, core_factory: CoreFactory, tmp_path: Path
) -> Real:
    file = tmp_path / "big.bin"
    file.write_bytes(bytes(BIG))
    bot = await new_account(bot=True, name="Bot")
    person = await new_account(name="Person", core=await core_factory())
    return Real(bot, person, await introduce(bot, person), file)


async def test_the_fake_core_tells_what_the_real_one_tells(
    fake_stage: Fake, real_stage: Real
) -> None:
    assert await play(fake_stage) == await play(real_stage)


async def test_the_fake_core_answers_in_the_shape_of_the_real_one(
    fake_stage: Fake, real_stage: Real
) -> None:
    assert await shapes(fake_stage) == await shapes(real_stage)


async def shapes(stage: Stage) -> dict[str, object]:
    """Give the shapes of the answers about a bot, its chat and a message of its own."""
    message_id = await stage.core.misc_send_text_message(stage.id, stage.chat, "hello")
    calls: dict[str, tuple[object, ...]] = {
        "get_account_info": (),
        "get_basic_chat_info": (stage.chat,),
        "get_full_chat_by_id": (stage.chat,),
        "get_chat_contacts": (stage.chat,),
        "get_message_ids": (stage.chat, False, False),
        "get_message_list_items": (stage.chat, False, False),
        "get_contact": (SELF,),
        "get_message": (message_id,),
        "get_messages": ([message_id],),
        "get_chat_securejoin_qr_code": (None,),
    }
    return {
        method: shape(await stage.core.call(method, stage.id, *arguments))
        for method, arguments in calls.items()
    }


def shape(value: object) -> object:
    """Keep of an answer which fields it has and of which types, not what is in them."""
    if isinstance(value, dict):
        ids = {name: "id" if name.isdigit() else name for name in value}
        return {ids[name]: shape(field) for name, field in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__

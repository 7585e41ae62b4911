"""Messages of the fake core come, go and change as those of the real one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.chatmail.core import Core
from vestnik.chatmail.events import (
    IncomingMsg,
    IncomingReaction,
    MsgDeleted,
    MsgDelivered,
    MsgFailed,
    MsgRead,
    MsgsChanged,
    MsgsNoticed,
    ReactionsChanged,
    SecurejoinInviterProgress,
    SecurejoinJoinerProgress,
    UnknownEvent,
)
from vestnik.chatmail.types import (
    DownloadState,
    MessageData,
    MessageQuoteWithMessage,
    MuteDurationForever,
    MuteDurationNotMuted,
    SystemMessageType,
    Viewtype,
)
from vestnik.errors import CallFailed
from vestnik.testing import FakeAccount, FakeChat, FakeContact, FakeCore, MessageState


@pytest.fixture
def alice(bot: FakeAccount) -> FakeContact:
    return bot.contact("alice@example.org", name="Alice")


@pytest.fixture
def chat(alice: FakeContact) -> FakeChat:
    return alice.chat


class Told:
    """Collects the events of some kinds that are told within a block."""

    def __init__(self, fake: FakeCore, core: Core, kinds: tuple[type, ...]) -> None:
        self._fake = fake
        self._events = core.events()
        self._kinds = kinds
        self._told: list[object] = []

    async def __aenter__(self) -> list[object]:
        await self._until_marker()
        return self._told

    async def __aexit__(self, *_: object) -> None:
        self._told += await self._until_marker()
        self._events.close()

    async def _until_marker(self) -> list[object]:
        self._fake.emit_unknown("Marker")
        seen: list[object] = []
        while True:
            payload = (await anext(self._events)).payload
            if isinstance(payload, UnknownEvent):
                return seen
            if isinstance(payload, self._kinds):
                seen.append(payload)


Listen = Callable[..., Told]


@pytest.fixture
def listen(fake_core: FakeCore, core_on_fake: Core) -> Listen:
    return lambda *kinds: Told(fake_core, core_on_fake, kinds)


async def test_a_message_comes_in_fresh_and_is_told(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    async with listen(IncomingMsg, MsgsChanged) as told:
        incoming = chat.receive("hello")
    assert told == [IncomingMsg(chat_id=chat.id, msg_id=incoming.id)]
    message = await core_on_fake.get_message(bot.id, incoming.id)
    assert (message.text, message.state) == ("hello", MessageState.FRESH)
    assert message.sender.display_name == "Alice"


async def test_a_message_that_comes_in_without_io_is_only_found_by_asking(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    await core_on_fake.stop_io(bot.id)
    async with listen(IncomingMsg) as told:
        incoming = chat.receive("hello")
    assert told == []
    assert await core_on_fake.get_fresh_msgs(bot.id) == [incoming.id]


async def test_fresh_messages_are_listed_newest_first_until_they_are_seen(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    old, new = chat.receive("old"), chat.receive("new")
    assert await core_on_fake.get_fresh_msgs(bot.id) == [new.id, old.id]
    async with listen(MsgsNoticed) as told:
        await core_on_fake.markseen_msgs(bot.id, [old.id])
    assert told == [MsgsNoticed(chat_id=chat.id)]
    assert await core_on_fake.get_fresh_msgs(bot.id) == [new.id]
    assert await core_on_fake.get_config(bot.id, "last_msg_id") == str(old.id)


async def test_muted_chats_and_requests_have_no_fresh_messages(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core
) -> None:
    message = chat.receive("psst")
    await core_on_fake.set_chat_mute_duration(bot.id, chat.id, MuteDurationForever())
    assert await core_on_fake.get_fresh_msgs(bot.id) == []
    await core_on_fake.set_chat_mute_duration(bot.id, chat.id, MuteDurationNotMuted())
    assert await core_on_fake.get_fresh_msgs(bot.id) == [message.id]
    chat.is_request = True
    assert await core_on_fake.get_fresh_msgs(bot.id) == []
    await core_on_fake.accept_chat(bot.id, chat.id)
    assert await core_on_fake.get_fresh_msgs(bot.id) == [message.id]


async def test_who_is_blocked_is_not_heard(
    bot: FakeAccount, alice: FakeContact, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    await core_on_fake.block_contact(bot.id, alice.id)
    async with listen(IncomingMsg) as told:
        message = chat.receive("hear me!")
    assert told == []
    assert await core_on_fake.get_fresh_msgs(bot.id) == []
    await core_on_fake.unblock_contact(bot.id, alice.id)
    assert await core_on_fake.get_fresh_msgs(bot.id) == [message.id]


async def test_a_bot_is_told_of_a_large_message_when_it_is_whole(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen, tmp_path: Path
) -> None:
    async with listen(IncomingMsg) as told:
        message = chat.receive("big", file=tmp_path / "big.zip", whole=False)
    assert told == []
    announced = await core_on_fake.get_message(bot.id, message.id)
    assert (announced.download_state, announced.file) == (DownloadState.AVAILABLE, None)
    async with listen(IncomingMsg) as told:
        message.download()
    assert told == [IncomingMsg(chat_id=chat.id, msg_id=message.id)]
    whole = await core_on_fake.get_message(bot.id, message.id)
    assert (whole.download_state, whole.file_name) == (DownloadState.DONE, "big.zip")


async def test_a_person_is_told_of_a_large_message_at_once(
    fake_core: FakeCore, core_on_fake: Core, listen: Listen
) -> None:
    person = fake_core.account("Person", bot=False)
    await core_on_fake.start_io(person.id)
    chat = person.contact("alice@example.org").chat
    async with listen(IncomingMsg, MsgsChanged) as told:
        message = chat.receive("big", whole=False)
        message.download()
    assert told == [
        IncomingMsg(chat_id=chat.id, msg_id=message.id),
        MsgsChanged(chat_id=chat.id, msg_id=message.id),
    ]


async def test_what_the_program_sends_is_there_to_be_looked_at(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen, tmp_path: Path
) -> None:
    question = chat.receive("question")
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"pixels")
    async with listen(MsgDelivered) as told:
        data = MessageData(text="answer", file=str(photo), quoted_message_id=question.id)
        message_id = await core_on_fake.send_msg(bot.id, chat.id, data)
    photo.unlink()
    (sent,) = await bot.until_sent()
    assert (sent.id, sent.text, sent.content) == (message_id, "answer", b"pixels")
    assert (sent.quote, sent.view_type, sent.file_name) == (question, Viewtype.IMAGE, "photo.png")
    assert told == [MsgDelivered(chat_id=chat.id, msg_id=message_id)]
    answer = await core_on_fake.get_message(bot.id, message_id)
    assert isinstance(answer.quote, MessageQuoteWithMessage)
    assert (answer.quote.text, answer.file_bytes) == ("question", 6)


async def test_what_is_sent_without_io_goes_out_when_io_starts(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    await core_on_fake.stop_io(bot.id)
    message_id = await core_on_fake.misc_send_text_message(bot.id, chat.id, "later")
    assert not await core_on_fake.is_sending_finished()
    async with listen(MsgDelivered) as told:
        await core_on_fake.start_io(bot.id)
    assert told == [MsgDelivered(chat_id=chat.id, msg_id=message_id)]
    assert await core_on_fake.is_sending_finished()


async def test_a_relay_can_refuse_what_the_core_has_taken(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    bot.fail_deliveries("450 4.7.1: Too much mail")
    async with listen(MsgDelivered, MsgFailed) as told:
        first = await core_on_fake.misc_send_text_message(bot.id, chat.id, "too much")
        second = await core_on_fake.misc_send_text_message(bot.id, chat.id, "fine")
    assert told == [
        MsgFailed(chat_id=chat.id, msg_id=first),
        MsgDelivered(chat_id=chat.id, msg_id=second),
    ]
    failed = await core_on_fake.get_message(bot.id, first)
    assert (failed.state, failed.error) == (MessageState.FAILED, "450 4.7.1: Too much mail")


async def test_nothing_is_sent_in_clear_or_without_its_file(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core
) -> None:
    stranger = await core_on_fake.create_contact(bot.id, "stranger@example.org", None)
    to_stranger = await core_on_fake.create_chat_by_contact_id(bot.id, stranger)
    with pytest.raises(CallFailed, match="e2e encryption unavailable"):
        await core_on_fake.misc_send_text_message(bot.id, to_stranger, "hello")
    with pytest.raises(CallFailed, match="No such file"):
        await core_on_fake.send_msg(bot.id, chat.id, MessageData(file="/nowhere/at/all"))
    assert bot.sent == []


async def test_others_react_edit_read_and_delete(
    bot: FakeAccount, alice: FakeContact, chat: FakeChat, core_on_fake: Core, listen: Listen
) -> None:
    theirs = chat.receive("hello")
    own = await core_on_fake.misc_send_text_message(bot.id, chat.id, "hello yourself")
    kinds = (IncomingReaction, ReactionsChanged, MsgRead, MsgsChanged, MsgDeleted)
    async with listen(*kinds) as told:
        bot.messages[own].react(alice, "👍")
        bot.messages[own].read(alice)
        theirs.edit("hello!")
        edited = await core_on_fake.get_message(bot.id, theirs.id)
        theirs.delete()
    assert [type(payload).__name__ for payload in told] == [
        "ReactionsChanged",
        "IncomingReaction",
        "MsgRead",
        "MsgsChanged",
        "MsgDeleted",
        "MsgsChanged",
        "MsgsChanged",
    ]
    assert (edited.text, edited.is_edited) == ("hello!", True)
    assert await core_on_fake.get_message_ids(bot.id, chat.id, False, False) == [own]
    reactions = await core_on_fake.get_message_reactions(bot.id, own)
    assert reactions is not None
    assert reactions.reactions_by_contact == {alice.id: ["👍"]}


async def test_a_reaction_is_taken_back_by_an_empty_one(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core
) -> None:
    theirs = chat.receive("hello")
    await core_on_fake.send_reaction(bot.id, theirs.id, ["👍"])
    assert theirs.reactions == {1: ["👍"]}
    await core_on_fake.send_reaction(bot.id, theirs.id, [])
    assert await core_on_fake.get_message_reactions(bot.id, theirs.id) is None


async def test_only_own_messages_can_be_edited_and_deleted_for_all(
    bot: FakeAccount, chat: FakeChat, core_on_fake: Core
) -> None:
    theirs = chat.receive("hello")
    with pytest.raises(CallFailed, match="only own messages"):
        await core_on_fake.send_edit_request(bot.id, theirs.id, "goodbye")
    with pytest.raises(CallFailed, match="only own messages"):
        await core_on_fake.delete_messages_for_all(bot.id, [theirs.id])
    assert theirs.text == "hello"


async def test_members_come_and_go_in_a_group(
    bot: FakeAccount, alice: FakeContact, core_on_fake: Core, listen: Listen
) -> None:
    carol = bot.contact("carol@example.org", name="Carol")
    group = bot.group("Team", [alice])
    async with listen(IncomingMsg) as told:
        added = group.add_member(carol, by=alice)
        left = group.remove_member(carol, by=carol)
    assert told == [IncomingMsg(chat_id=group.id, msg_id=added.id)]
    info = await core_on_fake.get_message(bot.id, added.id)
    assert (info.is_info, info.info_contact_id) == (True, carol.id)
    assert info.system_message_type is SystemMessageType.MEMBER_ADDED_TO_GROUP
    assert left.system_type is SystemMessageType.MEMBER_REMOVED_FROM_GROUP
    full = await core_on_fake.get_full_chat_by_id(bot.id, group.id)
    assert full.contact_ids == [1, alice.id]
    assert full.past_contact_ids == [carol.id]


async def test_a_program_makes_a_group_and_leaves_it(
    bot: FakeAccount, alice: FakeContact, core_on_fake: Core
) -> None:
    group = await core_on_fake.create_group_chat(bot.id, "Team", False)
    await core_on_fake.add_contact_to_chat(bot.id, group, alice.id)
    await core_on_fake.misc_send_text_message(bot.id, group, "welcome")
    await core_on_fake.set_chat_name(bot.id, group, "Club")
    assert (await core_on_fake.get_basic_chat_info(bot.id, group)).name == "Club"
    await core_on_fake.leave_group(bot.id, group)
    assert not await core_on_fake.can_send(bot.id, group)
    with pytest.raises(CallFailed, match="no member"):
        await core_on_fake.set_chat_name(bot.id, group, "Mine")


def test_in_a_group_somebody_must_have_written(bot: FakeAccount, alice: FakeContact) -> None:
    group = bot.group("Team", [alice])
    with pytest.raises(ValueError, match="sender=contact"):
        group.receive("who am I?")
    assert group.receive("I am Alice", sender=alice).sender == alice.id


async def test_a_contact_joins_by_the_bots_invite(
    bot: FakeAccount, alice: FakeContact, core_on_fake: Core, listen: Listen
) -> None:
    async with listen(SecurejoinInviterProgress) as told:
        chat = alice.scan_invite()
    (progress,) = told
    assert isinstance(progress, SecurejoinInviterProgress)
    assert (progress.chat_id, progress.contact_id, progress.progress) == (chat.id, alice.id, 1000)


async def test_two_accounts_of_one_fake_core_meet_by_securejoin(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core, listen: Listen
) -> None:
    person = fake_core.account("Person", bot=False, address="person@fake.example")
    await core_on_fake.start_io(person.id)
    code = await core_on_fake.get_chat_securejoin_qr_code(bot.id, None)
    kinds = (SecurejoinInviterProgress, SecurejoinJoinerProgress)
    async with listen(*kinds) as told:
        chat_id = await core_on_fake.secure_join(person.id, code)
    assert [getattr(payload, "progress", None) for payload in told] == [400, 1000, 1000]
    chat = await core_on_fake.get_basic_chat_info(person.id, chat_id)
    assert chat.name == "Bot"
    assert await core_on_fake.lookup_contact_id_by_addr(bot.id, "person@fake.example") is not None


async def test_nobody_answers_an_invite_of_who_is_offline(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core, listen: Listen
) -> None:
    offline = fake_core.account("Offline", address="offline@fake.example")
    code = await core_on_fake.get_chat_securejoin_qr_code(offline.id, None)
    async with listen(SecurejoinJoinerProgress, MsgsChanged) as told:
        await core_on_fake.secure_join(bot.id, code)
    assert [type(payload) for payload in told] == [MsgsChanged]
    with pytest.raises(CallFailed, match="Unsupported QR type"):
        await core_on_fake.secure_join(bot.id, "garbage")


async def test_settings_are_kept_and_checked(bot: FakeAccount, core_on_fake: Core) -> None:
    await core_on_fake.batch_set_config(bot.id, {"displayname": "Echo", "ui.color": "red"})
    values = await core_on_fake.batch_get_config(bot.id, ["displayname", "ui.color", "selfstatus"])
    assert values == {"displayname": "Echo", "ui.color": "red", "selfstatus": None}
    await core_on_fake.set_config(bot.id, "ui.color", None)
    assert await core_on_fake.get_config(bot.id, "ui.color") is None
    with pytest.raises(CallFailed, match="Matching variant not found"):
        await core_on_fake.set_config(bot.id, "delete_server_after", "1")
    with pytest.raises(CallFailed, match="either 0 or 1"):
        await core_on_fake.set_config(bot.id, "bot", "yes")

"""What happens to a hosted bot is told, and a message is not marked as seen before that."""

from __future__ import annotations

import asyncio
import logging
import zipfile
from pathlib import Path

import pytest

from tests.bridge.forwarding.stage import ANNA, Stage, arrival_of, event_of
from vestnik.bridge.files import apps
from vestnik.bridge.files.links import LINK_PATH
from vestnik.chatmail import events, types
from vestnik.chatmail.types import SystemMessageType, Viewtype
from vestnik.errors import CallFailed, CoreDied, Overloaded, StoreFailed
from vestnik.gateway import Owner
from vestnik.ids import ContactId
from vestnik.testing import FakeAccount, FakeCore, MessageState


async def test_a_message_is_told_whole_and_then_marked_as_seen(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    alice = account.contact("alice@example.org", name="Alice")
    async with stage.intake(account):
        message = alice.chat.receive("hello")
        (payload,) = await stage.until_told(1)
        await stage.until_seen(message)
    (notification,) = stage.told
    assert notification.type == 2005
    assert (notification.resource, notification.affected) == ("bot", str(message.id))
    assert notification.user == str(alice.id)
    assert notification.happened == int(stage.clock.now() * 1000)
    assert payload == {
        "kind": "IncomingMsg",
        "chatId": alice.chat.id,
        "msgId": message.id,
        "bot": "bot",
        "message": {
            "id": message.id,
            "sent": message.timestamp * 1000,
            "received": message.timestamp * 1000,
            "viewType": "Text",
            "text": "hello",
            "isBot": False,
            "isInfo": False,
            "chat": {"id": alice.chat.id, "name": "Alice", "type": "Single", "isEncrypted": True},
            "sender": {
                "id": alice.id,
                "name": "Alice",
                "address": "alice@example.org",
                "isKeyContact": True,
            },
        },
    }


async def test_a_file_comes_as_a_link_that_opens_that_file(
    stage: Stage, account: FakeAccount, tmp_path: Path
) -> None:
    stage.host(account)
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF")
    async with stage.intake(account):
        sent = account.contact("alice@example.org").chat.receive("look", file=file)
        (payload,) = await stage.until_told(1)
    told = payload["message"]["file"]  # type: ignore[index]
    assert told["name"] == "report.pdf"
    assert told["bytes"] == 4
    assert str(tmp_path) not in str(payload)
    base, _, text = told["url"].rpartition("/")
    assert base + "/" == f"https://bots.example.org{LINK_PATH}"
    link = stage.links.open(text)
    assert (link.account, link.message) == (account.id, sent.id)


async def test_the_messages_of_a_chat_are_told_in_their_order(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    chats = [account.contact(f"{name}@example.org").chat for name in "abc"]
    async with stage.intake(account):
        for n in range(10):
            for chat in chats:
                chat.receive(f"{n}")
        payloads = await stage.until_told(30)
    for chat in chats:
        texts = [p["message"]["text"] for p in payloads if p["chatId"] == chat.id]  # type: ignore[index]
        assert texts == [f"{n}" for n in range(10)]


async def test_the_core_is_asked_for_a_message_and_its_chat_at_once(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("quick")
    held = fake_core.hold("get_message")
    task = asyncio.create_task(stage.forwarding.handle_message(arrival_of(account, message)))
    await fake_core.until_called("get_basic_chat_info", 1)
    assert stage.told == []
    held.release()
    await task
    assert len(stage.told) == 1


async def test_a_message_of_another_bot_is_told_as_such(stage: Stage, account: FakeAccount) -> None:
    stage.host(account)
    other = account.contact("other@example.org", is_bot=True)
    async with stage.intake(account):
        other.chat.receive("beep")
        (payload,) = await stage.until_told(1)
    assert payload["message"]["isBot"] is True  # type: ignore[index]


async def test_a_member_who_comes_is_told_as_an_info_message(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "IncomingMsg")
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    group = account.group("Chess", [alice])
    async with stage.intake(account):
        group.add_member(bob, by=alice)
        (payload,) = await stage.until_told(1)
    told = payload["message"]
    assert told["isInfo"] is True  # type: ignore[index]
    assert told["systemMessageType"] == "MemberAddedToGroup"  # type: ignore[index]
    assert told["infoContactId"] == bob.id  # type: ignore[index]
    assert stage.told[0].user == str(alice.id)


@pytest.mark.parametrize("sender", [1, 5])
async def test_messages_of_the_device_and_of_the_bot_itself_are_only_marked_as_seen(
    stage: Stage, account: FakeAccount, sender: int
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("please donate")
    message.sender = ContactId(sender)
    async with stage.intake(account):
        account.contact("bob@example.org").chat.receive("hello")
        await stage.until_told(1)
        await stage.until_seen(message)
    assert [told.user for told in stage.told] != [str(sender)]
    assert len(stage.told) == 1


async def test_device_messages_are_not_told_as_info_either(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("updated")
    message.sender, message.is_info = ContactId(5), True
    await stage.forwarding.handle_message(arrival_of(account, message))
    assert stage.told == []


async def test_a_message_that_was_deleted_meanwhile_is_done_with(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("never mind")
    arrival = arrival_of(account, message)
    message.delete()
    await stage.forwarding.handle_message(arrival)
    assert stage.told == []


async def test_a_message_that_the_core_cannot_give_now_comes_again(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    fake_core.fail("get_message", "database is locked")
    async with stage.intake(account):
        message = account.contact("alice@example.org").chat.receive("hello")
        await stage.clock.until_sleeping(2)
        assert stage.told == []
        assert message.is_fresh
        await stage.clock.advance(1)
        await stage.until_told(1)


async def test_who_does_not_hear_of_messages_has_them_marked_as_seen(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account, "MsgFailed")
    async with stage.intake(account):
        message = account.contact("alice@example.org").chat.receive("hello")
        await fake_core.until_called("markseen_msgs", 1)
    assert message.state is MessageState.SEEN
    assert stage.told == []
    assert fake_core.calls("get_message") == []


async def test_messages_of_a_paused_bot_wait_and_come_when_it_goes_on(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    stage.pause()
    chat = account.contact("alice@example.org").chat
    async with stage.intake(account) as intake:
        message = chat.receive("are you there?")
        await stage.forwarding.handle_message(arrival_of(account, message))
        modified = events.ChatModified(chat_id=chat.id)
        await stage.forwarding.handle_event(event_of(account, modified))
        assert message.is_fresh
        assert stage.told == []
        stage.pause(notify=True)
        intake.refresh()
        (payload,) = await stage.until_told(1)
    assert payload["msgId"] == message.id


async def test_nothing_is_told_and_nothing_marked_of_an_account_that_is_no_bot(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    message = account.contact("alice@example.org").chat.receive("hello")
    await stage.forwarding.handle_message(arrival_of(account, message))
    await stage.forwarding.handle_event(
        event_of(account, events.ChatModified(chat_id=message.chat.id))
    )
    assert stage.told == []
    assert message.is_fresh
    assert not stage.forwarding.is_interesting(
        event_of(account, events.MsgFailed(chat_id=message.chat.id, msg_id=message.id))
    )
    assert fake_core.calls("get_message") == []


async def test_when_the_owner_is_deleted_meanwhile_nothing_goes_round_for_ever(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("hello")
    held = fake_core.hold("get_message")
    task = asyncio.create_task(stage.forwarding.handle_message(arrival_of(account, message)))
    await fake_core.until_called("get_message", 1)
    stage.gateway.roster.remove(Owner, ANNA)
    held.release()
    await task
    await stage.forwarding.handle_message(arrival_of(account, message))
    await stage.forwarding.handle_event(
        event_of(account, events.ChatModified(chat_id=message.chat.id))
    )
    assert stage.told == []


@pytest.mark.parametrize("problem", [StoreFailed("disk full"), Overloaded(1.0)])
async def test_a_message_that_cannot_be_stored_stays_fresh_and_comes_again_until_it_can(
    stage: Stage, account: FakeAccount, problem: Exception
) -> None:
    stage.host(account)
    stage.refusals = [problem] * 6
    chat = account.contact("alice@example.org").chat
    async with stage.intake(account):
        first, second = chat.receive("first"), chat.receive("second")
        while stage.refusals:
            await stage.clock.until_sleeping(2)
            assert first.is_fresh
            assert stage.told == []
            await stage.clock.advance(5)
        await stage.clock.advance(40)
        payloads = await stage.until_told(2)
    assert {payload["msgId"] for payload in payloads} == {first.id, second.id}


async def test_a_crash_between_storing_and_marking_tells_nobody_twice(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    message = chat.receive("once")
    # Nobody marks: as if everything had been killed right after the commit.
    await stage.forwarding.handle_message(arrival_of(account, message))
    assert message.is_fresh
    assert len(stage.told) == 1
    stage.forwarding = stage.new_forwarding()
    async with stage.intake(account):
        chat.receive("next")
        payloads = await stage.until_told(2)
        await stage.until_seen(message)
    assert [payload["message"]["text"] for payload in payloads] == ["once", "next"]  # type: ignore[index]
    assert (await stage.store.log.position(ANNA)).offset == 2


async def test_a_commit_whose_answer_was_lost_tells_nobody_twice(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    stage.after_commit = [StoreFailed("the answer was lost")]
    async with stage.intake(account):
        message = account.contact("alice@example.org").chat.receive("once")
        await stage.clock.until_sleeping(2)
        await stage.clock.advance(1)
        await stage.until_seen(message)
    assert (await stage.store.log.position(ANNA)).offset == 1


async def test_when_the_core_dies_midway_the_message_is_told_by_the_next_one(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    async with stage.intake(account):
        held = fake_core.hold("get_message")
        first = chat.receive("first")
        await fake_core.until_called("get_message", 1)
        fake_core.crash()
        held.release()
        second = chat.receive("second")
        payloads = await stage.until_told(2)
    assert [payload["msgId"] for payload in payloads] == [first.id, second.id]


async def test_who_only_watches_leaves_the_marking_to_others(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("hello")
    async with stage.intake(account):
        await stage.until_told(1)
        await stage.until_seen(message)
    other = account.contact("bob@example.org").chat.receive("hello")
    await stage.forwarding.tell_message(arrival_of(account, other))
    await stage.forwarding.tell_message(arrival_of(account, other))
    assert [told.affected for told in stage.told] == [str(message.id), str(other.id)]
    assert other.is_fresh


async def test_the_watcher_tells_nothing_that_is_not_subscribed(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "MsgFailed")
    message = account.contact("alice@example.org").chat.receive("hello")
    await stage.forwarding.tell_message(arrival_of(account, message))
    assert stage.told == []


def an_app(folder: Path, manifest: bytes) -> Path:
    path = folder / "app.xdc"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.toml", manifest)
    return path


async def test_an_app_is_told_with_its_name_and_without_it_if_it_is_none(
    stage: Stage, account: FakeAccount, fake_core: FakeCore, tmp_path: Path
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    info = types.WebxdcMessageInfo(
        icon="",
        internet_access=False,
        is_app_sender=False,
        is_broadcast=False,
        name="Chess",
        self_addr="",
        send_update_interval=0,
        send_update_max_size=0,
    )
    fake_core.on("get_webxdc_info", lambda *_: info)
    app = an_app(tmp_path, b'name = "Chess"')
    await stage.forwarding.handle_message(
        arrival_of(account, chat.receive("play", file=app, view_type=Viewtype.WEBXDC))
    )
    fake_core.fail("get_webxdc_info", "not an app")
    await stage.forwarding.handle_message(
        arrival_of(account, chat.receive("play", file=app, view_type=Viewtype.WEBXDC))
    )
    first, second = await stage.until_told(2)
    assert first["message"]["webxdc"] == {"name": "Chess"}  # type: ignore[index]
    assert "webxdc" not in second["message"]  # type: ignore[operator]


async def test_the_core_is_not_asked_to_unpack_what_would_fill_its_memory(
    stage: Stage,
    account: FakeAccount,
    fake_core: FakeCore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage.host(account)
    monkeypatch.setattr(apps, "MOST_UNPACKED", 1000)
    chat = account.contact("alice@example.org").chat
    bomb = an_app(tmp_path, b" " * 2000)
    await stage.forwarding.handle_message(
        arrival_of(account, chat.receive("play", file=bomb, view_type=Viewtype.WEBXDC))
    )
    (payload,) = await stage.until_told(1)
    assert payload["message"]["text"] == "play"  # type: ignore[index]
    assert "webxdc" not in payload["message"]  # type: ignore[operator]
    assert fake_core.calls("get_webxdc_info") == []


async def test_a_dead_core_is_the_intakes_to_wait_for(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("hello")
    fake_core.on("get_message", lambda *_: fake_core.crash())
    with pytest.raises(CoreDied):
        await stage.forwarding.handle_message(arrival_of(account, message))


async def test_a_chat_that_the_core_cannot_give_now_lets_the_message_come_again(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("hello")
    fake_core.fail("get_basic_chat_info", "database is locked")
    with pytest.raises(CallFailed):
        await stage.forwarding.handle_message(arrival_of(account, message))
    assert message.is_fresh


async def test_cancelling_ends_at_once_and_leaves_the_message_fresh(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("hello")
    held = fake_core.hold("get_message")
    task = asyncio.create_task(stage.forwarding.handle_message(arrival_of(account, message)))
    await fake_core.until_called("get_message", 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    held.release()
    assert message.is_fresh
    assert stage.told == []


async def test_no_text_or_link_stands_in_the_log_above_debug(
    stage: Stage, account: FakeAccount, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stage.host(account)
    stage.problems = [StoreFailed("busy")]
    file = tmp_path / "x.txt"
    file.write_text("x")
    message = account.contact("alice@example.org").chat.receive("my secret", file=file)
    message.system_type = SystemMessageType.UNKNOWN
    async with stage.intake(account):
        await stage.clock.until_sleeping(2)
        await stage.clock.advance(1)
        (payload,) = await stage.until_told(1)
    url = payload["message"]["file"]["url"]  # type: ignore[index]
    assert "handled again soon" in caplog.text
    assert "my secret" not in caplog.text
    assert url.rpartition("/")[2] not in caplog.text

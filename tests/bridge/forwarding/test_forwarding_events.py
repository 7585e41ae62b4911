"""Of all else that happens a bot is told what it has subscribed to, and of edits the message."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.bridge.forwarding.stage import Stage, event_of
from vestnik.chatmail import Event, events
from vestnik.errors import StoreFailed
from vestnik.ids import AccountId, ContactId, MessageId
from vestnik.testing import FakeAccount, FakeCore


async def test_events_are_told_if_they_are_subscribed_and_only_then(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "ChatModified", "SecurejoinInviterProgress")
    alice = account.contact("alice@example.org")
    async with stage.intake(account):
        account.emit({"kind": "MsgsNoticed", "chatId": alice.chat.id})
        account.emit({"kind": "ChatModified", "chatId": alice.chat.id})
        alice.scan_invite()
        payloads = await stage.until_told(2)
    assert [payload["kind"] for payload in payloads] == [
        "ChatModified",
        "SecurejoinInviterProgress",
    ]
    assert stage.told[1].user == str(alice.id)
    assert payloads[1]["chatType"] == "Single"


async def test_by_default_edits_are_told_with_the_message_and_own_messages_are_not(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    alice = account.contact("alice@example.org", name="Alice")
    async with stage.intake(account):
        message = alice.chat.receive("tea?")
        await stage.until_told(1)
        await stage.core.misc_send_text_message(account.id, alice.chat.id, "no")
        message.edit("coffee?")
        payloads = await stage.until_told(2)
    assert payloads[1]["kind"] == "MsgsChanged"
    assert payloads[1]["message"]["text"] == "coffee?"  # type: ignore[index]
    assert payloads[1]["message"]["isEdited"] is True  # type: ignore[index]
    assert stage.told[1].user == str(alice.id)


async def test_own_edits_and_messages_that_are_gone_are_no_edits(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    mine = chat.receive("mine")
    mine.sender, mine.is_edited = ContactId(1), True
    for message_id in (mine.id, MessageId(4711), MessageId(0)):
        payload = events.MsgsChanged(chat_id=chat.id, msg_id=message_id)
        await stage.forwarding.handle_event(event_of(account, payload))
    assert stage.told == []


async def test_who_wants_all_changes_gets_them_all_with_the_message_where_it_was_edited(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "MsgsChanged")
    chat = account.contact("alice@example.org").chat
    message = chat.receive("tea?")
    message.is_edited = True
    for message_id in (message.id, MessageId(4711)):
        payload = events.MsgsChanged(chat_id=chat.id, msg_id=message_id)
        await stage.forwarding.handle_event(event_of(account, payload))
    edited, plain = await stage.until_told(2)
    assert edited["message"]["text"] == "tea?"  # type: ignore[index]
    assert plain == {"kind": "MsgsChanged", "chatId": chat.id, "msgId": 4711, "bot": "bot"}


async def test_an_event_that_cannot_be_stored_is_told_a_little_later(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    stage.problems = [StoreFailed("busy")] * 2
    payload = events.ChatModified(chat_id=chat.id)
    task = asyncio.create_task(stage.forwarding.handle_event(event_of(account, payload)))
    await stage.clock.until_sleeping(2)
    await stage.clock.advance(0.2)
    await stage.clock.until_sleeping(2)
    assert stage.told == []
    await stage.clock.advance(1)
    await task
    assert len(stage.told) == 1


async def test_an_event_is_given_up_when_nothing_can_be_stored_for_seconds(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    stage.problems = [StoreFailed("disk full")] * 4
    payload = events.ChatModified(chat_id=chat.id)
    task = asyncio.create_task(stage.forwarding.handle_event(event_of(account, payload)))
    for seconds in (0.2, 1, 5):
        await stage.clock.until_sleeping(2)
        await stage.clock.advance(seconds)
    with pytest.raises(StoreFailed, match="disk full"):
        await task


async def test_an_unknown_event_is_dropped_with_one_line_for_its_kind(
    stage: Stage, account: FakeAccount, fake_core: FakeCore, caplog: pytest.LogCaptureFixture
) -> None:
    stage.host(account, "MsgRead")
    caplog.set_level(logging.DEBUG, "vestnik.bridge")
    async with stage.intake(account):
        for _ in range(3):
            fake_core.emit_unknown("PollClosed", {"msgId": 105}, account=account)
        account.emit({"kind": "MsgRead", "chatId": 12, "msgId": "a new kind of id"})
        (payload,) = await stage.until_told(1)
    assert payload["msgId"] == "a new kind of id"
    lines = [record.message for record in caplog.records if record.name == "vestnik.bridge"]
    assert lines == ["events of kind 'PollClosed' have no number: nobody is told"]


async def test_events_of_the_account_manager_are_no_bots(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "all")
    manager = Event(account_id=AccountId(0), payload=events.AccountsChanged())
    assert not stage.forwarding.is_interesting(manager)
    assert await stage.forwarding.unfinished(account.id) == ()


async def test_a_core_that_dies_while_an_edit_is_looked_at_costs_only_the_edit(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account)
    chat = account.contact("alice@example.org").chat
    message = chat.receive("tea?")
    fake_core.on("get_message", lambda *_: fake_core.crash())
    payload = events.MsgsChanged(chat_id=chat.id, msg_id=message.id)
    await stage.forwarding.handle_event(event_of(account, payload))
    assert stage.told == []

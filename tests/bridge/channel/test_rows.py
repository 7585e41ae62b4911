"""What is remembered of chats."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from vestnik.bot import Database
from vestnik.bridge.channel.choice import Base, Choice
from vestnik.bridge.channel.model import ChannelChat, ChatState, Ending
from vestnik.bridge.channel.rows import ChannelRows
from vestnik.errors import BadRequest
from vestnik.ids import AccountId, ChatId, ContactId, OwnerId

ACCOUNT, CHAT, ANNA, EVE = AccountId(1), ChatId(12), OwnerId("anna"), ContactId(77)


@pytest.fixture
async def rows() -> AsyncIterator[ChannelRows]:
    async with Database(None) as database:
        rows = ChannelRows(database)
        await rows.add(ACCOUNT, CHAT, ANNA, link="https://code", created=1, expires=2)
        yield rows


async def found(rows: ChannelRows) -> ChannelChat:
    chat = await rows.get(ACCOUNT, CHAT)
    assert chat is not None
    return chat


async def test_a_chat_goes_from_waiting_to_open_and_never_back(rows: ChannelRows) -> None:
    assert (await found(rows)).state is ChatState.WAITING
    await rows.greeted(ACCOUNT, CHAT)
    assert (await found(rows)).state is ChatState.WAITING
    await rows.join(ACCOUNT, CHAT, EVE, "e", 5)
    await rows.join(ACCOUNT, CHAT, ContactId(78), "e", 9)
    chat = await found(rows)
    assert (chat.state, chat.member, chat.epoch, chat.position) == (ChatState.JOINED, EVE, "e", 5)
    await rows.greeted(ACCOUNT, CHAT)
    await rows.end(ACCOUNT, CHAT, Ending.STOPPED)
    await rows.end(ACCOUNT, CHAT, Ending.OWNER)
    await rows.greeted(ACCOUNT, CHAT)
    chat = await found(rows)
    assert (chat.state, chat.reason) == (ChatState.ENDING, "stopped")
    await rows.forget(ACCOUNT, CHAT)
    assert await rows.all(ACCOUNT) == []


async def test_moving_ends_what_was_planned_and_counts_what_was_skipped(rows: ChannelRows) -> None:
    await rows.plan(ACCOUNT, CHAT, 7)
    assert (await found(rows)).planned == 7
    await rows.move(ACCOUNT, CHAT, "e", 7, 2)
    await rows.move(ACCOUNT, CHAT, "e", 9, 1)
    chat = await found(rows)
    assert (chat.planned, chat.position, chat.skipped) == (None, 9, 3)


async def test_a_silence_that_began_meanwhile_stays(rows: ChannelRows) -> None:
    await rows.mute(ACCOUNT, CHAT, 100)
    await rows.mute(ACCOUNT, CHAT, 200)
    await rows.unmute(ACCOUNT, CHAT, 100)
    assert (await found(rows)).muted_until == 200
    await rows.unmute(ACCOUNT, CHAT, 200)
    assert (await found(rows)).muted_until is None


async def test_a_choice_is_kept(rows: ChannelRows) -> None:
    choice = Choice(Base.NONE, added=frozenset((2, 2005)))
    await rows.choose(ACCOUNT, CHAT, choice)
    assert (await found(rows)).choice == choice


async def test_chats_that_end_make_room(rows: ChannelRows) -> None:
    with pytest.raises(BadRequest):
        await rows.check_room(ACCOUNT, ANNA, 1)
    await rows.end(ACCOUNT, CHAT, Ending.EXPIRED)
    await rows.check_room(ACCOUNT, ANNA, 1)


async def test_a_stranger_is_told_once_in_a_span(rows: ChannelRows) -> None:
    told = [await rows.may_hint(ACCOUNT, EVE, now, 10) for now in (100, 105, 109, 110, 111, 120)]
    assert told == [True, False, False, True, False, True]
    await rows.forget_hints(ACCOUNT, 121)
    assert await rows.may_hint(ACCOUNT, EVE, 121, 10)


async def test_all_of_an_account_is_forgotten(rows: ChannelRows) -> None:
    await rows.may_hint(ACCOUNT, EVE, 5, 10)
    await rows.forget_all(ACCOUNT)
    assert await rows.all(ACCOUNT) == []
    assert await rows.may_hint(ACCOUNT, EVE, 6, 10)

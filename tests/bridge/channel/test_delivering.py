"""What is told survives crashes: nothing twice, nothing lost, and honest about what is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bridge.channel.stage import ANNA, Stage, gateway_with_owners, until, up
from vestnik.bridge.channel import ChannelOptions
from vestnik.bridge.channel.rows import ChannelRows
from vestnik.bridge.channel.stream import StreamReader
from vestnik.errors import StoreFailed
from vestnik.gateway.model import Retention
from vestnik.ids import AccountId, ChatId
from vestnik.testing.fake.wire import Refusal


@pytest.mark.parametrize("moment", ["plan", "move", "greeted", "unmute"])
@pytest.mark.parametrize("is_done", [False, True])
async def test_a_crash_at_any_step_repeats_nothing_and_loses_nothing(
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    is_done: bool,
) -> None:
    memory = tmp_path / "channel.sqlite"
    true = getattr(ChannelRows, moment)
    reached = asyncio.Event()

    async def die(rows: ChannelRows, account: AccountId, chat: ChatId, *more: object) -> None:
        if is_done:
            await true(rows, account, chat, *more)
        reached.set()
        await asyncio.Event().wait()

    async with stage.running(memory) as channel:
        invitation = await channel.invite(ANNA)
        chat = stage.chat(invitation)
        if moment != "greeted":
            stage.person().scan_invite(chat)
            await stage.until_said(chat.id, 1)
            if moment == "unmute":
                await stage.says(chat, "/mute 1h")
        monkeypatch.setattr(ChannelRows, moment, die)
        if moment == "greeted":
            stage.person().scan_invite(chat)
        elif moment == "unmute":
            await stage.pass_by(3600)
        else:
            await stage.publish(up(1, stage.clock), up(2, stage.clock))
        async with asyncio.timeout(20):
            await reached.wait()
    monkeypatch.setattr(ChannelRows, moment, true)
    await stage.publish(up(3, stage.clock), up(4, stage.clock))
    async with stage.running(memory):
        async with asyncio.timeout(20):
            while "4 in all" not in "".join(stage.texts(chat.id)):
                await stage.account.until_sent(len(stage.account.sent) + 1)
    said = "\n".join(stage.texts(chat.id))
    numbers = [1, 2, 3, 4] if moment in ("plan", "move") else [3, 4]
    assert [said.count(f"{number} in all") for number in numbers] == [1] * len(numbers)
    assert said.count("The code that led here") == 1
    assert said.count("You are told again") == (moment == "unmute")


async def test_a_log_that_was_trimmed_is_said_to_be_and_the_rest_is_told(
    stage: Stage, tmp_path: Path
) -> None:
    memory = tmp_path / "channel.sqlite"
    async with stage.running(memory):
        chat = await stage.joined()
    await stage.publish(up(1, stage.clock), up(2, stage.clock))
    await stage.clock.advance(10)
    since = int(stage.clock.now() * 1000)
    await stage.publish(up(3, stage.clock))
    await stage.gateway.store.trim(Retention(log_since=since, attempts_since=0))
    async with stage.running(memory):
        said = (await stage.until_said(chat.id, 2))[-1]
    assert "2 older notifications" in said
    assert "3 in all" in said
    assert "2 in all" not in said


async def test_a_log_that_began_anew_is_said_to_have(stage: Stage, tmp_path: Path) -> None:
    memory = tmp_path / "channel.sqlite"
    async with stage.running(memory):
        chat = await stage.joined()
    async with gateway_with_owners(stage.clock) as stage.gateway:
        await stage.publish(up(1, stage.clock))
        async with stage.running(memory):
            assert "begun anew" in (await stage.until_said(chat.id, 2))[-1]
            await stage.publish(up(2, stage.clock))
            assert (await stage.until_said(chat.id, 3))[-1].endswith("2 in all")


async def test_a_chat_that_takes_no_message_is_over_and_silences_no_other(stage: Stage) -> None:
    async with stage.running() as channel:
        dead = await stage.joined()
        alive = await stage.joined()
        stage.fake.on("can_send", lambda account, chat: chat != dead.id)
        stage.fake.on("send_msg", lambda account, chat, data: _send(stage, dead.id, chat, data))
        await stage.publish(up(1, stage.clock))
        await stage.until_said(alive.id, 2)
        async with asyncio.timeout(20):
            while [chat.id for chat in await channel.chats(ANNA)] != [alive.id]:
                pass


def _send(stage: Stage, dead: ChatId, chat: ChatId, data: object) -> object:
    if chat == dead:
        raise Refusal("you are not a member of the group")
    return stage.fake.play("send_msg", stage.account.id, chat, data)


async def test_what_comes_while_the_pace_makes_a_chat_wait_is_joined(stage: Stage) -> None:
    options = ChannelOptions(per_minute=1, burst=1, drain_seconds=0.01)
    async with stage.running(options=options):
        chat = await stage.joined()
        # Nobody who publishes has to wait for that pace.
        await stage.publish(*(up(number, stage.clock) for number in range(10, 25)))
        assert len(stage.texts(chat.id)) == 1
        while "24 in all" not in "".join(stage.texts(chat.id)):
            await stage.clock.advance(61)
    said = stage.texts(chat.id)
    assert len(said) <= 4
    told = "\n".join(said)
    assert [told.count(f"{number} in all") for number in range(10, 25)] == [1] * 15


async def test_a_log_that_cannot_be_read_is_read_again_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.running():
        chat = await stage.joined()
        true = StreamReader.read

        async def fail(*given: object) -> object:
            raise StoreFailed("The disk is gone.")

        monkeypatch.setattr(StreamReader, "read", fail)
        await stage.publish(up(1, stage.clock))
        await until(lambda: "The disk is gone" in caplog.text)
        monkeypatch.setattr(StreamReader, "read", true)
        await stage.clock.advance(61)
        assert (await stage.until_said(chat.id, 2))[-1].endswith("1 in all")

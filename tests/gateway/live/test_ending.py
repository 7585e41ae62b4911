"""The end of a hub, with whatever is going on."""

import asyncio

import pytest

from tests.gateway.live.stage import ANN, Stage
from vestnik.gateway.live import farewell
from vestnik.gateway.live.channel import Channel, Member
from vestnik.gateway.model import Page
from vestnik.gateway.ports import SETTINGS_TOPIC, owner_topic
from vestnik.wire.websocket import encode_close

RESTARTS = encode_close(1012, "The server restarts.")


async def test_who_does_not_answer_the_goodbye_is_gone_all_the_same(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.upgrade()
        await raw.authenticate(stage.token())
        draining = asyncio.create_task(stage.hub.drain(60))
        assert await raw.until(RESTARTS)
        assert not draining.done()
        await stage.clock.advance(6)
        await draining
    assert stage.hub.stats.connections == 0


async def test_a_drain_ends_in_time_whatever_happens(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.upgrade()
        await stage.hub.drain(0.01)
        assert (await raw.rest_or_reset()).startswith(RESTARTS)


async def test_goodbyes_are_spread(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farewell, "_FAREWELLS", 1)
    async with stage.client() as one, stage.client() as two:
        draining = asyncio.create_task(stage.hub.drain(60))
        assert (await one.closing())[0] == 1012
        assert await two.sync() == []
        await stage.clock.advance(0.1)
        assert (await two.closing())[0] == 1012
        await draining


async def test_the_end_does_not_wait_for_a_log_that_never_answers() -> None:
    async with Stage() as stage:
        await stage.publish(1)
        reading = asyncio.Event()

        async def never(owner: str, after: int, limit: int, up_to: int | None = None) -> Page:
            reading.set()
            await asyncio.Event().wait()
            raise AssertionError("this wait has no end")

        stage.store.log.read = never  # type: ignore[method-assign]
        place = {"epoch": (await stage.store.log.position(ANN)).epoch, "offset": 0}
        client = await stage.connect().__aenter__()
        await client.say("auth", {"token": stage.token(), "resume": place})
        await reading.wait()
    assert (await client.closing())[0] == 1006
    assert stage.hub.stats.connections == 0
    assert len(stage.hub._tasks) == 0


async def test_nothing_is_heard_of_the_broker_after_the_end() -> None:
    async with Stage() as stage, stage.client():
        assert set(stage.broker._topics) == {SETTINGS_TOPIC, owner_topic(ANN)}
    assert not stage.broker._topics


async def test_a_channel_closes_with_its_last_connection(stage: Stage) -> None:
    async with stage.client(), stage.client():
        assert stage.hub.stats.channels == 1
    await stage.until(lambda stats: stats.channels == 0)
    await asyncio.sleep(0)
    assert set(stage.broker._topics) == {SETTINGS_TOPIC}
    async with stage.client() as client:
        await stage.publish(1)
        assert len(await client.sync()) == 1


async def test_a_mistake_with_one_connection_of_a_token_saves_no_other_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    leave, mistakes = Channel.leave, [RuntimeError("a mistake")]

    def fail_once(channel: Channel, member: Member) -> int:
        if mistakes:
            raise mistakes.pop()
        return leave(channel, member)

    token = stage.token(id="stolen")
    async with stage.client(token=token) as first, stage.client(token=token) as second:
        monkeypatch.setattr(Channel, "leave", fail_once)
        await stage.revoke("stolen")
        assert (await second.closing())[0] == 1006
        assert (await first.closing())[0] == 1006
    assert "a mistake" in caplog.text

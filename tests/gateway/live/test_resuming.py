"""Positions, and what was missed."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.gateway.live.stage import ANN, Json, Stage, notification, ups
from vestnik.errors import StoreFailed
from vestnik.gateway.live import replay
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.model import Page, Retention


def places(messages: Sequence[Json]) -> list[object]:
    return [message["offset"] for message in messages]


async def epoch_of(stage: Stage) -> str:
    return (await stage.store.log.position(ANN)).epoch


async def test_positions_come_only_on_request(stage: Stage) -> None:
    await stage.publish(1)
    async with stage.client() as plain, stage.client(resume=True) as positioned:
        assert set(plain.hello) == {"id"}
        assert positioned.hello["offset"] == 1
        assert positioned.hello["epoch"] == await epoch_of(stage)
        assert "recovered" not in positioned.hello
        await stage.publish(2)
        (bare,), (placed,) = await plain.sync(), await positioned.sync()
        assert set(bare) == {"event", "data"}
        assert (placed["epoch"], placed["offset"]) == (positioned.hello["epoch"], 2)


async def test_what_was_missed_follows_hello_and_then_what_is_new(stage: Stage) -> None:
    await stage.publish(*range(1, 351))
    place = {"epoch": await epoch_of(stage), "offset": 30}
    async with stage.client(resume=place) as client:
        assert client.hello["recovered"] is True
        assert client.hello["offset"] == 350
        await stage.publish(351)
        heard = [await client.hear() for _ in range(321)]
    assert ups(heard) == places(heard) == list(range(31, 352))
    assert not any("missed" in message for message in heard)


async def test_who_missed_nothing_is_told_so(stage: Stage) -> None:
    await stage.publish(1)
    async with stage.client(resume={"epoch": await epoch_of(stage), "offset": 1}) as client:
        assert client.hello["recovered"] is True
        await stage.publish(2)
        assert ups(await client.sync()) == [2]


@pytest.mark.parametrize("reason", ["epoch", "offset", "floor"])
async def test_what_cannot_be_replayed_wholly_is_not_replayed_at_all(
    stage: Stage, reason: str
) -> None:
    await stage.publish(1, 2, 3)
    place: Json = {"epoch": await epoch_of(stage), "offset": 1}
    if reason == "epoch":
        place["epoch"] = "another"
    elif reason == "offset":
        place["offset"] = 4
    else:
        await stage.trim()
        await stage.publish(4)
    async with stage.client(resume=place) as client:
        assert client.hello["recovered"] is False
        await stage.publish(5)
        assert ups(await client.sync()) == [5]


async def test_a_connection_may_resume_later_and_goes_on_live(stage: Stage) -> None:
    await stage.publish(1, 2, 3)
    async with stage.client(resume=True) as client:
        await client.say("resume", {"epoch": await epoch_of(stage), "offset": 1})
        heard = [await client.hear() for _ in range(2)]
        await stage.publish(4)
        heard.append(await client.hear())
        assert ups(heard) == [2, 3, 4]


async def test_a_resume_that_is_not_possible_is_an_error_and_nothing_is_lost(
    stage: Stage,
) -> None:
    await stage.publish(1, 2)
    await stage.trim()
    async with stage.client(resume=True) as client:
        for offset in (0, 7):
            await client.say("resume", {"epoch": await epoch_of(stage), "offset": offset})
            await stage.publish(offset)
            answers = [await client.hear(), await client.hear()]
            (error,) = (one["data"] for one in answers if one["event"] == "error")
            assert isinstance(error, dict)
            assert error["code"] == 5
            assert ups([one for one in answers if one["event"] == "notify"]) == [offset]


@pytest.mark.parametrize("left", [0, 10])
async def test_what_is_trimmed_while_it_is_replayed_is_told_as_missed(
    stage: Stage, left: int
) -> None:
    await stage.publish(*range(1, 151))
    await stage.clock.advance(10)
    if left:
        await stage.publish(*range(151, 151 + left))
    read = stage.store.log.read
    reads = 0

    async def trimming(owner: str, after: int, limit: int, up_to: int | None = None) -> Page:
        nonlocal reads
        reads += 1
        if reads == 3:
            since = int(stage.clock.now() - 5) * 1000
            await stage.store.trim(Retention(log_since=since, attempts_since=0))
        return await read(ANN, after, limit, up_to)

    stage.store.log.read = trimming  # type: ignore[method-assign]
    async with stage.client(resume={"epoch": await epoch_of(stage), "offset": 0}) as client:
        heard = [await client.hear() for _ in range(100 + left)]
        await client.sync()
        await stage.publish(151 + left)
        heard.append(await client.hear())
    assert ups(heard) == [*range(1, 101), *range(151, 152 + left)]
    assert [message.get("missed", 0) for message in heard] == [0] * 100 + [50] + [0] * left


@pytest.mark.parametrize("is_possible", [True, False])
async def test_what_was_missed_is_told_unless_it_is_replayed(
    stage: Stage, is_possible: bool
) -> None:
    await stage.publish(1)
    async with stage.client(resume=True) as client:
        stage.be_slow(True)
        await stage.publish(2, 3)
        await asyncio.sleep(0)
        stage.be_slow(False)
        if not is_possible:
            await stage.trim()
        await client.say("resume", {"epoch": await epoch_of(stage), "offset": 1})
        if is_possible:
            heard = [await client.hear(), await client.hear()]
        else:
            heard = []
            assert (await client.hear())["event"] == "error"
        await stage.publish(4)
        heard.append(await client.hear())
    assert ups(heard) == ([2, 3, 4] if is_possible else [4])
    assert heard[-1].get("missed", 0) == (0 if is_possible else 2)
    assert "missed" not in heard[0] or not is_possible


async def test_a_store_that_fails_lets_nobody_in_but_everybody_try_again(stage: Stage) -> None:
    position = stage.store.log.position

    async def failing(owner: str) -> object:
        raise StoreFailed("The disk is gone.")

    stage.store.log.position = failing  # type: ignore[method-assign,assignment]
    async with stage.connect() as client:
        for _ in range(5):
            await client.say("auth", {"token": stage.token()})
            answer = (await client.hear())["data"]
            assert isinstance(answer, dict)
            assert answer["code"] == 1
        stage.store.log.position = position  # type: ignore[method-assign]
        await client.authenticate(token=stage.token())
        await stage.publish(1)
        assert ups(await client.sync()) == [1]
    assert stage.hub.stats.channels <= 1


async def test_a_replay_that_fails_is_told_and_so_is_the_gap(stage: Stage) -> None:
    await stage.publish(1, 2, 3)
    async with stage.client(resume=True) as client:
        read = stage.store.log.read
        reads = 0

        async def failing_later(
            owner: str, after: int, limit: int, up_to: int | None = None
        ) -> Page:
            nonlocal reads
            reads += 1
            if reads == 2:
                raise StoreFailed("The disk is gone.")
            return await read(ANN, after, limit, up_to)

        stage.store.log.read = failing_later  # type: ignore[method-assign]
        await client.say("resume", {"epoch": await epoch_of(stage), "offset": 1})
        answer = (await client.hear())["data"]
        assert isinstance(answer, dict)
        assert answer["code"] == 1
        await stage.publish(4)
        last = await client.hear()
    assert ups([last]) == [4]
    assert last["missed"] == 2


async def test_a_second_resume_has_to_wait_for_the_first(stage: Stage) -> None:
    await stage.publish(1)
    async with stage.client(resume=True) as client:
        gate = asyncio.Event()
        read = stage.store.log.read

        async def gated(owner: str, after: int, limit: int, up_to: int | None = None) -> Page:
            await gate.wait()
            return await read(ANN, after, limit, up_to)

        stage.store.log.read = gated  # type: ignore[method-assign]
        place = {"epoch": await epoch_of(stage), "offset": 0}
        await client.say("resume", place)
        await client.say("resume", place)
        answer = (await client.hear())["data"]
        assert isinstance(answer, dict)
        assert answer["code"] == 5
        gate.set()
        assert ups([await client.hear()]) == [1]


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(stage: Stage) -> None:
    await stage.publish(1)
    gate = asyncio.Event()

    async def waiting(owner: str, after: int, limit: int, up_to: int | None = None) -> Page:
        await gate.wait()
        raise AssertionError("nobody waits for this any more")

    stage.store.log.read = waiting  # type: ignore[method-assign]
    place = {"epoch": await epoch_of(stage), "offset": 0}
    async with stage.connect() as client:
        await client.say("auth", {"token": stage.token(), "resume": place})
        await stage.until(lambda stats: stats.channels == 1)
    await stage.until(lambda stats: stats.connections == 0)
    assert stage.hub.stats.channels == 0
    assert len(stage.hub._tasks) <= 2


async def test_what_is_stored_but_not_told_yet_comes_once(stage: Stage) -> None:
    items = await stage.store_only(notification(1))
    async with stage.client(resume=True) as late:
        assert late.hello["offset"] == 1
        await stage.tell(*items)
        assert await late.sync() == []
        await stage.publish(2)
        assert ups(await late.sync()) == [2]


async def test_retention_does_not_hurt_who_is_live(stage: Stage) -> None:
    async with stage.client(resume=True) as client:
        await stage.publish(1)
        await stage.store.trim(Retention(log_since=2**53, attempts_since=0))
        await stage.publish(2)
        assert ups(await client.sync()) == [1, 2]


async def test_who_has_read_further_than_the_broker_has_told_misses_nothing(stage: Stage) -> None:
    await stage.publish(1)
    token = stage.token()
    async with stage.client() as other, stage.connect() as client:
        stored = await stage.store_only(notification(2), notification(3))
        place = {"epoch": await epoch_of(stage), "offset": 3}
        await client.say("auth", {"token": token, "resume": place})
        await client.say("ping")
        assert (await client.hear())["event"] == "pong"
        await stage.tell(*stored)
        hello = await client.hear()
        assert hello["data"] == {**hello["data"], "recovered": True, "offset": 3}  # type: ignore[dict-item]
        await stage.publish(4)
        assert ups(await client.sync()) == [4]
        assert ups(await other.sync()) == [2, 3, 4]


async def test_a_later_resume_waits_for_what_the_broker_has_yet_to_tell(stage: Stage) -> None:
    async with stage.client(resume=True) as client:
        stored = await stage.store_only(notification(1), notification(2))
        await client.say("resume", {"epoch": await epoch_of(stage), "offset": 1})
        assert await client.sync() == []
        await stage.tell(*stored)
        assert ups([await client.hear()]) == [2]


async def test_what_a_broker_never_tells_is_not_waited_for_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "HEAR_SECONDS", 0.0)
    async with stage.client():
        await stage.store_only(notification(1))
        place = {"epoch": await epoch_of(stage), "offset": 1}
        async with stage.client(resume=place) as client:
            assert client.hello["recovered"] is False


async def test_a_mistake_on_the_way_in_ends_the_connection(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a mistake")

    async with stage.client(resume=True) as client:
        monkeypatch.setattr(Channel, "join", fail)
        await client.say("resume", {"epoch": await epoch_of(stage), "offset": 0})
        assert (await client.closing())[0] == 1006
    assert "a mistake" in caplog.text

"""Long polling over HTTP."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from tests.web.caller import Answered, Caller
from tests.web.conftest import World
from vestnik.errors import VestnikError
from vestnik.gateway import Scope
from vestnik.ids import ResourceId
from vestnik.web.http import Problem
from vestnik.web.patience import while_there


async def publish(world: World, resource: str = "anna-bot") -> None:
    answer = await world.anna.ask("POST", "/notifications", {"type": 1, "resource": resource})
    assert answer.status == 202


def offsets(answer: Answered) -> list[object]:
    items = answer.read("items")
    assert isinstance(items, list)
    return [item["offset"] for item in items]


async def until_waiting(world: World, count: int = 1) -> None:
    async with asyncio.timeout(20):
        while len(world.gateway.updates) != count:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)


async def test_what_is_there_comes_at_once(world: World) -> None:
    await publish(world)
    await publish(world)
    answer = await world.anna.ask("GET", "/updates?after=0")
    assert offsets(answer) == [1, 2]
    assert (answer.read("next"), answer.read("recovered")) == (2, True)
    assert answer.read("items", 0, "data", "affected") == "anna-bot"
    epoch = answer.text("epoch")
    rest = await world.anna.ask("GET", f"/updates?after=1&epoch={epoch}&limit=1&timeout=50")
    assert offsets(rest) == [2]


async def test_what_happens_meanwhile_comes_as_it_happens(world: World) -> None:
    await publish(world)
    asking = asyncio.create_task(world.anna.ask("GET", "/updates"))
    await until_waiting(world)
    await publish(world)
    assert offsets(await asking) == [2]


async def test_nothing_comes_when_the_time_is_over(world: World) -> None:
    asking = asyncio.create_task(world.anna.ask("GET", "/updates?timeout=20"))
    await until_waiting(world)
    await world.clock.advance(19)
    assert not asking.done()
    await world.clock.advance(1)
    answer = await asking
    assert (answer.status, offsets(answer), answer.read("next")) == (200, [], 0)


async def test_an_operator_says_whose(world: World) -> None:
    await publish(world)
    assert offsets(await world.operator("GET", "/updates?owner=anna&after=0")) == [1]
    assert (await world.operator("GET", "/updates?timeout=0")).status == 422
    assert (await world.anna.ask("GET", "/updates?owner=boris&timeout=0")).status == 404


async def test_a_token_for_one_resource_waits_for_that_one_alone(world: World) -> None:
    rules = world.gateway.administration
    other = await rules.resources.create(world.anna.owner, "Other", id=ResourceId("other"))
    bound = await rules.tokens.create(world.anna.owner, {Scope.NOTIFY}, resource=other.id)
    ask = Caller(world.app, bound.secret)
    asking = asyncio.create_task(ask("GET", "/updates"))
    await until_waiting(world)
    await publish(world)
    await publish(world, "other")
    answer = await asking
    assert (offsets(answer), answer.read("next")) == ([2], 2)
    again = await ask("GET", "/updates?after=0")
    assert offsets(again) == [2]


async def test_too_many_polls_of_one_token_are_told_to_wait(world: World) -> None:
    asking = [asyncio.create_task(world.anna.ask("GET", "/updates")) for _ in range(20)]
    await until_waiting(world, 20)
    answer = await world.anna.ask("GET", "/updates")
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")
    await publish(world)
    assert [offsets(one) for one in await asyncio.gather(*asking)] == [[1]] * 20


async def test_a_token_that_is_deleted_waits_no_longer(world: World) -> None:
    asking = asyncio.create_task(world.anna.ask("GET", "/updates"))
    await until_waiting(world)
    await world.gateway.administration.tokens.delete(world.anna.token)
    assert (await asking).status == 403


async def test_a_poll_ends_when_its_client_goes_away(world: World) -> None:
    gone = asyncio.Event()
    incoming: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        pass

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/updates",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {world.anna.secret}".encode())],
    }
    asking = asyncio.create_task(world.app(scope, receive, send))
    await until_waiting(world)
    gone.set()
    await asking
    assert len(world.gateway.updates) == 0


@pytest.mark.parametrize("query", ["timeout=51", "timeout=-1", "after=-1", "limit=0", "since=1"])
async def test_a_query_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert (await world.anna.ask("GET", f"/updates?{query}")).status == 400


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def test_work_that_fails_fails_for_its_client() -> None:
    async def fail() -> None:
        raise VestnikError("no")

    with pytest.raises(VestnikError, match="no"):
        await while_there(_never, fail())


async def test_work_for_nobody_is_given_up() -> None:
    given_up = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    async def gone() -> Message:
        await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    with pytest.raises(Problem, match="went away"):
        await while_there(gone, work())
    assert given_up.is_set()


async def test_who_gives_up_the_request_gives_up_the_work() -> None:
    begun, given_up = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    waiting = asyncio.create_task(while_there(_never, work()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert given_up.is_set()

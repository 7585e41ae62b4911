"""The client and Vestnik's own gateway, on a real socket."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.live.stage import ANN, Stage
from tests.gateway.live.test_calls import BOT, Staff
from tests.sdk.conftest import client, take
from vestnik.errors import AuthenticationFailed, OrderFailed
from vestnik.gateway.live import LiveOptions
from vestnik.gateway.model import Scope
from vestnik.sdk import Gap, Notification, Notifications
from vestnik.sdk.dialling import Socket, dial
from vestnik.wire import Dialect


def ups(notifications: list[Notification]) -> list[str | None]:
    return [notification.affected for notification in notifications]


async def test_what_is_published_arrives_in_either_dialect() -> None:
    async with Stage() as stage, client(stage.url, stage.token()) as notifications:
        await stage.publish(1)
        (numeric,) = await take(notifications, 1)
        await stage.change(ANN, Dialect.NAMED)
        await stage.publish(1)
        (named,) = await take(notifications, 1)
    assert (numeric.name, named.name) == ("up_added", "up_added")
    assert (numeric.resource, named.resource) == (None, "bot")
    assert numeric.key == named.key


async def test_a_token_that_nobody_has_is_refused() -> None:
    async with Stage() as stage:
        with pytest.raises(AuthenticationFailed, match="Nobody has this token"):
            await client(stage.url, "vst_wrong").__aenter__()


async def test_a_refusal_says_what_is_wrong_with_the_token_and_what_to_do() -> None:
    async with Stage() as stage:
        with pytest.raises(AuthenticationFailed) as nobodys:
            await client(stage.url, "vst_wrong").__aenter__()
        poor = stage.token(scopes=frozenset({Scope.PUBLISH}))
        with pytest.raises(AuthenticationFailed) as for_publishing:
            await client(stage.url, poor).__aenter__()
    assert str(nobodys.value) == (
        "The gateway refuses the token (Nobody has this token): check that it is whole, or create "
        "a new one."
    )
    assert str(for_publishing.value) == (
        "The gateway refuses the token (The token lacks the scope 'notify'): create one that has "
        "it."
    )


async def test_a_revoked_token_ends_the_stream() -> None:
    async with Stage() as stage, client(stage.url, stage.token(id="one")) as notifications:
        await stage.publish(1)
        assert ups(await take(notifications, 1)) == ["up1"]
        await stage.revoke("one")
        with pytest.raises(AuthenticationFailed):
            await take(notifications, 1)


async def test_nothing_is_lost_and_nothing_comes_twice_over_lost_connections() -> None:
    gaps: list[Gap] = []
    sockets: list[Socket] = []

    async def dial_and_note(url: str) -> Socket:
        sockets.append(await dial(url))
        return sockets[-1]

    async with (
        Stage() as stage,
        client(stage.url, stage.token(), dial=dial_and_note) as notifications,
    ):
        notifications.on_gap(gaps.append)
        taken: list[Notification] = []
        for number in range(5):
            await stage.publish(2 * number)
            taken += await take(notifications, 1)
            await sockets[-1].close()
            await stage.publish(2 * number + 1)
            taken += await take(notifications, 1)
    assert len(sockets) == 6
    assert ups(taken) == [f"up{number}" for number in range(10)]
    assert gaps == []


async def test_a_log_that_was_trimmed_is_a_gap() -> None:
    gaps: list[Gap] = []
    async with Stage() as stage:
        token = stage.token()
        async with client(stage.url, token) as first:
            await stage.publish(1)
            await take(first, 1)
            place = first.position
        await stage.publish(2, 3)
        await stage.trim()
        async with client(stage.url, token, after=place) as second:
            second.on_gap(gaps.append)
            await stage.publish(4)
            assert ups(await take(second, 1)) == ["up4"]
    assert ["does not reach back" in gap.reason for gap in gaps] == [True]


async def test_who_reads_slowly_gets_all_in_the_end() -> None:
    many = 400
    gaps: list[Gap] = []
    options = LiveOptions(attempts=1000, most_buffered=16 * 1024)
    async with (
        Stage(options) as stage,
        client(stage.url, stage.token(), most_waiting=1) as notifications,
    ):
        notifications.on_gap(gaps.append)
        for number in range(many):
            await stage.publish(number, payload="x" * 20_000)
            await asyncio.sleep(0)
        assert stage.hub.stats.missed > 0
        taking = asyncio.create_task(_take_until_complete(notifications, many))
        while not taking.done():
            # What was left out is told with the next one that can be told.
            await stage.publish(many)
            await asyncio.wait({taking}, timeout=0)
    assert taking.result() == [f"up{number}" for number in range(many)]
    assert gaps == []


async def _take_until_complete(notifications: Notifications, many: int) -> list[str | None]:
    taken: list[str | None] = []
    async with asyncio.timeout(30):
        async for notification in notifications:
            if notification.affected != f"up{many}":
                taken.append(notification.affected)
            if len(taken) == many:
                break
    return taken


async def test_what_was_missed_at_the_very_end_comes_without_another_notification() -> None:
    async with (
        Stage() as stage,
        client(stage.url, stage.token(), clock=stage.clock) as notifications,
    ):
        await stage.publish(1)
        assert ups(await take(notifications, 1)) == ["up1"]
        stage.be_slow(True)
        await stage.publish(2, 3)
        stage.be_slow(False)
        taking = asyncio.create_task(take(notifications, 2))
        while not taking.done():
            await stage.clock.advance(5)
        assert ups(await taking) == ["up2", "up3"]


async def test_orders_and_notifications_share_a_connection() -> None:
    staff = Staff()
    async with Stage() as stage:
        stage.hub.take_orders(staff)
        async with client(stage.url, stage.token(scopes=BOT)) as notifications:
            await stage.publish(1)
            assert await notifications.call("now") == 1
            assert ups(await take(notifications, 1)) == ["up1"]
            assert await asyncio.gather(*(notifications.call("now") for _ in range(100))) == list(
                range(2, 102)
            )


async def test_a_long_answer_arrives_whole() -> None:
    staff = Staff()
    staff.result = lambda id: "x" * 6_000_000
    async with Stage() as stage:
        stage.hub.take_orders(staff)
        async with client(stage.url, stage.token(scopes=BOT)) as notifications:
            assert await notifications.call("now") == "x" * 6_000_000


async def test_a_token_that_gives_no_orders_hears_what_it_lacks() -> None:
    async with Stage() as stage:
        async with client(stage.url, stage.token(scopes=BOT)) as notifications:
            with pytest.raises(OrderFailed, match="bots") as nobody_there:
                await notifications.call("now")
        stage.hub.take_orders(Staff())
        async with client(stage.url, stage.token()) as notifications:
            with pytest.raises(OrderFailed, match="scope 'bot'") as no_scope:
                await notifications.call("now")
    assert (nobody_there.value.code, no_scope.value.code) == (5, 5)

"""The short pieces of Python on the pages about notifications, run as a reader would use them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.gateway.live.stage import until
from vestnik.app.serve import Serving, serving
from vestnik.gateway import Scope
from vestnik.ids import OwnerId, ResourceId
from vestnik.sdk import (
    Duplicates,
    Gap,
    IncomingRequest,
    Notification,
    Position,
    WebhookReceiver,
    connect,
)
from vestnik.wire import Notification as Stored

HOWTO = Path(__file__).parents[2] / "docs/howto"
SECONDS = 20


class Enough(Exception):
    """Ends an example that would go on for ever."""


class Stage:
    """A gateway with an owner, a bot and a token."""

    def __init__(self, server: Serving, token: str) -> None:
        self.server = server
        self.token = token

    async def happen(self, *numbers: int) -> None:
        """Let something happen to the bot."""
        bot = ResourceId("echo-bot")
        by = self.server.gateway.access.identify(self.token)
        assert by is not None
        for number in numbers:
            await self.server.gateway.publishing.publish([Stored(number, bot, bot, "u17", 5)], by)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serving() as server:
        rule = server.gateway.administration
        await rule.owners.create("Anna", id=OwnerId("anna"))
        await rule.resources.create(OwnerId("anna"), "Echo", id=ResourceId("echo-bot"))
        issued = await rule.tokens.create(OwnerId("anna"), [Scope.NOTIFY, Scope.PUBLISH])
        yield Stage(server, issued.secret)


def snippet(page: str, about: str) -> str:
    """Find the piece of a page that has something in it."""
    blocks = re.findall(
        r"^```python\n(.*?)^```", (HOWTO / page).read_text(), re.DOTALL | re.MULTILINE
    )
    (found,) = [block for block in blocks if about in block]
    return str(found)


def made(code: str, **names: object) -> Callable[[], Awaitable[object]]:
    """Make a coroutine function of a piece; what it assigns, it returns."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    exec(f"async def piece():\n{body}\n    return locals()", names)
    return cast("Callable[[], Awaitable[object]]", names["piece"])


async def run(code: str, **names: object) -> object:
    async with asyncio.timeout(SECONDS):
        return await made(code, **names)()


async def test_a_program_goes_on_where_it_stopped(stage: Stage) -> None:
    code = snippet("receive-notifications-in-python.md", "after=place")
    handled: list[int | None] = []
    kept: list[Position | None] = []

    async def handle(n: Notification) -> None:
        handled.append(n.type)
        if len(handled) == 3:
            raise Enough

    await stage.happen(1)
    position = await stage.server.gateway.log.position(OwnerId("anna"))
    await stage.happen(2, 3, 4)
    names = {"url": stage.server.url, "token": stage.token, "handle": handle, "keep": kept.append}
    with pytest.raises(Enough):
        await run(code, place=position, connect=connect, **names)

    assert handled == [2, 3, 4]
    # A notification is done as soon as the next one is asked for.
    assert [place.offset if place else None for place in kept] == [1, 2]


async def test_a_program_hears_of_what_is_lost(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Position("another", 7)
    notifications = connect(stage.token, stage.server.url, after=elsewhere)
    names = await run(
        snippet("receive-notifications-in-python.md", "on_gap"), notifications=notifications
    )
    assert isinstance(names, dict)
    async with asyncio.timeout(SECONDS), notifications:
        await stage.happen(1)
        await notifications.next()

    assert "some are missing:" in capsys.readouterr().out
    assert callable(names["lost"])
    names["lost"](Gap("why"))


async def test_both_channels_share_what_they_have_seen() -> None:
    names = await run(
        snippet("receive-notifications-in-python.md", "Duplicates()"),
        Duplicates=Duplicates,
        WebhookReceiver=WebhookReceiver,
        connect=connect,
        webhook_token="w",
        token="t",
        url="ws://127.0.0.1:1",
    )

    assert isinstance(names, dict)
    assert isinstance(names["receiver"], WebhookReceiver)


async def test_any_framework_can_hand_a_request_over() -> None:
    receiver = WebhookReceiver("t")
    request = SimpleNamespace(
        headers={"Content-Type": "application/json", "X-Boticord-Token": "t"},
        body=b'{"type":1,"payload":null,"affected":"b","user":"u","happened":5}',
    )
    answer = await run(
        snippet("receive-webhooks.md", "IncomingRequest("),
        IncomingRequest=IncomingRequest,
        receiver=receiver,
        request=request,
    )

    assert answer == (b"Thank you.\n", 200, {})
    assert receiver.waiting == 1


async def test_the_program_for_boticord_prints_what_comes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*words: object) -> None:
        assert words == ("up_added", None)
        raise Enough

    monkeypatch.setattr("vestnik.sdk.BOTICORD_URL", stage.server.url)
    code = snippet("listen-to-boticord.md", "BOTICORD_URL")
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(_ends_with_enough(run(code, token=stage.token, print=told)))
        await until(lambda: running.done() or stage.server.gateway.hub.stats.authenticated > 0)
        await stage.happen(1)


async def _ends_with_enough(piece: Awaitable[object]) -> None:
    with pytest.raises(Enough):
        await piece

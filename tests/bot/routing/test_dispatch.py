from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from vestnik.bot.filters import Regex, Text
from vestnik.bot.routing import CONTINUE, Continue, Dispatcher, Happening, Router

from .fakes import FakeContext, FakeMessage, FakeReaction, FakeStartup, dispatch, make_problem

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message, RawEvent, Startup


def note_message(router: Router, log: list[str], name: str, answer: Continue | None = None) -> None:
    @router.on_message()
    async def handler(message: Message) -> Continue | None:
        log.append(name)
        return answer


async def test_nobody_handles_what_nobody_asked_for() -> None:
    assert not await dispatch(Router(), FakeMessage())
    assert not await dispatch(Router(), FakeReaction())


def test_it_is_known_beforehand_what_anybody_listens_to() -> None:
    root, child = Router(), Router()
    root.include(child)

    @child.on_reaction()
    async def handler(context: Context) -> None: ...

    dispatcher = Dispatcher(root, problem=make_problem)
    heard = {happening for happening in Happening if dispatcher.listens_to(happening)}
    assert heard == {Happening.MESSAGE, Happening.REACTION}


async def test_the_first_handler_that_matches_has_the_message() -> None:
    router, log = Router(), list[str]()

    @router.on_message(Text("no"))
    async def other(message: Message) -> None:
        log.append("other")

    note_message(router, log, "first")
    note_message(router, log, "second")
    assert await dispatch(router, FakeMessage(text="yes"))
    assert log == ["first"]


async def test_a_router_comes_before_what_it_includes_in_order_of_inclusion() -> None:
    root, left, right, leaf = (Router(name) for name in ("root", "left", "right", "leaf"))
    log: list[str] = []
    for router in (right, leaf, left, root):
        note_message(router, log, router.name, CONTINUE)
    root.include(left, right)
    left.include(leaf)
    assert not await dispatch(root, FakeMessage())
    assert log == ["root", "left", "leaf", "right"]


async def test_continue_lets_the_next_handler_have_it() -> None:
    router, log = Router(), list[str]()
    note_message(router, log, "first", CONTINUE)
    note_message(router, log, "second")
    note_message(router, log, "third")
    assert await dispatch(router, FakeMessage())
    assert log == ["first", "second"]


async def test_a_handler_hears_only_of_its_own_kind() -> None:
    router, log = Router(), list[str]()
    note_message(router, log, "message")
    assert not await dispatch(router, FakeReaction())
    assert log == []


async def test_several_filters_must_all_match_and_the_rest_is_not_asked() -> None:
    router, asked = Router(), list[str]()

    def ask(name: str, answer: bool) -> bool:
        asked.append(name)
        return answer

    @router.on_message(
        lambda message: ask("yes", True),
        lambda message: ask("no", False),
        lambda message: ask("never", True),
    )
    async def handler(message: Message) -> None: ...

    assert not await dispatch(router, FakeMessage())
    assert asked == ["yes", "no"]


async def test_the_handler_reads_what_its_filter_found() -> None:
    router, found = Router(), list[str]()
    number = Regex(r"(\d+) apples")

    @router.on_message(number)
    async def handler(message: Message) -> None:
        found.append(message[number].group(1))

    await dispatch(router, FakeMessage(text="I have 12 apples"))
    assert found == ["12"]


async def test_raw_events_and_the_start_are_told_to_all() -> None:
    root, child, log = Router(), Router(), list[str]()
    root.include(child)

    @root.on_event()
    async def first(event: RawEvent) -> None:
        log.append("first")

    @child.on_event()
    async def second(event: RawEvent) -> None:
        log.append("second")

    @root.on_startup()
    @child.on_startup()
    async def started(context: Startup) -> None:
        log.append("started")

    assert await dispatch(root, FakeContext())
    assert await dispatch(root, FakeStartup())
    assert log == ["first", "second", "started", "started"]


async def test_an_error_in_one_startup_keeps_no_other_from_starting() -> None:
    root, child, log = Router(), Router(), list[str]()
    root.include(child)

    @child.on_startup()
    async def fails(context: Startup) -> None:
        raise ValueError

    @child.on_startup()
    async def started(context: Startup) -> None:
        log.append("started")

    @child.on_error()
    async def taken(context: Context) -> None:
        log.append("taken")

    assert await dispatch(root, FakeStartup())
    assert log == ["taken", "started"]


async def test_a_cancellation_passes_through() -> None:
    router, log = Router(), list[str]()
    entered = asyncio.Event()

    @router.on_message()
    async def waits(message: Message) -> None:
        entered.set()
        await asyncio.get_running_loop().create_future()

    @router.on_error()
    async def taken(context: Context) -> None:
        log.append("taken")

    async with asyncio.timeout(5):
        task = asyncio.create_task(dispatch(router, FakeMessage()))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert log == []

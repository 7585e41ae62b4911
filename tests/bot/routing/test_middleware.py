from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vestnik.bot.filters import Text
from vestnik.bot.routing import CONTINUE, Continue, Router

from .fakes import FakeMessage, FakeReaction, dispatch

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message, Problem, Reaction
    from vestnik.bot.routing import CallNext, Middleware


def noting(log: list[str], name: str) -> Middleware[Context]:
    async def middleware(context: Context, call_next: CallNext) -> None:
        log.append(f"{name} in")
        await call_next()
        log.append(f"{name} out")

    return middleware


async def test_middlewares_run_outside_in_and_back() -> None:
    root, child, log = Router(), Router(), list[str]()
    root.include(child)
    root.outer_middleware(noting(log, "root outer"))
    root.middleware(noting(log, "root inner"))
    child.on_message.outer_middleware(noting(log, "child outer"))
    child.on_message.middleware(noting(log, "child inner"))

    def looks(context: Context) -> bool:
        log.append("filter")
        return True

    @child.on_message(looks)
    async def handler(message: Message) -> None:
        log.append("handler")

    assert await dispatch(root, FakeMessage())
    assert log == [
        *("root outer in", "child outer in", "filter", "root inner in", "child inner in"),
        "handler",
        *("child inner out", "root inner out", "child outer out", "root outer out"),
    ]


async def test_an_inner_middleware_runs_only_for_a_handler_that_matches() -> None:
    router, log = Router(), list[str]()
    router.middleware(noting(log, "inner"))
    router.outer_middleware(noting(log, "outer"))

    @router.on_message(Text("yes"))
    async def handler(message: Message) -> None: ...

    assert not await dispatch(router, FakeMessage(text="no"))
    assert log == ["outer in", "outer out"]


async def test_an_observers_middleware_runs_for_its_kind_only() -> None:
    router, log = Router(), list[str]()
    router.on_reaction.middleware(noting(log, "reaction"))

    @router.on_message()
    async def message(message: Message) -> None: ...
    @router.on_reaction()
    async def reaction(reaction: Reaction) -> None: ...

    await dispatch(router, FakeMessage())
    assert log == []
    await dispatch(router, FakeReaction())
    assert log == ["reaction in", "reaction out"]


async def test_a_routers_middleware_does_not_run_for_its_neighbours() -> None:
    root, left, right, log = Router(), Router(), Router(), list[str]()
    root.include(left, right)
    left.middleware(noting(log, "left"))

    @right.on_message()
    async def handler(message: Message) -> None:
        log.append("right")

    await dispatch(root, FakeMessage())
    assert log == ["right"]


async def test_who_does_not_call_next_keeps_the_message() -> None:
    router, log = Router(), list[str]()

    @router.outer_middleware
    async def guard(context: Context, call_next: CallNext) -> None:
        log.append("kept")

    @router.on_message()
    async def handler(message: Message) -> None:
        log.append("handler")

    assert await dispatch(router, FakeMessage())
    assert log == ["kept"]


async def test_a_middleware_may_pass_the_message_to_the_next_handler() -> None:
    root, child, log = Router(), Router(), list[str]()
    root.include(child)

    @root.on_message.middleware
    async def passes(context: Context, call_next: CallNext) -> Continue:
        await call_next()
        return CONTINUE

    for name, router in (("root", root), ("child", child)):

        @router.on_message()
        async def handler(message: Message, name: str = name) -> None:
            log.append(name)

    assert not await dispatch(root, FakeMessage())
    assert log == ["root", "child"]


async def test_call_next_tells_whether_anybody_handled_it() -> None:
    router, told = Router(), list[bool]()

    @router.outer_middleware
    async def asks(context: Context, call_next: CallNext) -> None:
        told.append(await call_next())

    @router.on_message(Text("yes"))
    async def handler(message: Message) -> None: ...

    for text in ("yes", "no"):
        await dispatch(router, FakeMessage(text=text))
    assert told == [True, False]


async def test_calling_next_twice_is_an_error_that_names_the_middleware() -> None:
    router, errors, calls = Router(), list[str](), list[str]()

    @router.middleware
    async def twice(context: Context, call_next: CallNext) -> None:
        await call_next()
        await call_next()

    @router.on_message()
    async def handler(message: Message) -> None:
        calls.append("handler")

    @router.on_error()
    async def taken(problem: Problem) -> None:
        errors.append(str(problem.error))

    await dispatch(router, FakeMessage())
    assert calls == ["handler"]
    [error] = errors
    assert "twice (" in error
    assert "calls call_next twice: it works once" in error


async def test_call_next_cannot_be_kept_for_later() -> None:
    router, kept = Router(), list["CallNext"]()

    @router.middleware
    async def keeps(context: Context, call_next: CallNext) -> None:
        kept.append(call_next)

    @router.on_message()
    async def handler(message: Message) -> None: ...

    await dispatch(router, FakeMessage())
    with pytest.raises(Exception, match="after it has returned"):
        await kept[0]()

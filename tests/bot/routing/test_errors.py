from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, cast

import pytest

from vestnik.bot.filters import ErrorIs
from vestnik.bot.routing import CONTINUE, Continue, Router
from vestnik.errors import CoreDied, LedgerFailed, OutboxClosed, VestnikError

from .fakes import FakeMessage, dispatch

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message, Problem
    from vestnik.bot.routing import CallNext


def fail(router: Router, error: Exception) -> None:
    @router.on_message()
    async def fails(message: Message) -> None:
        raise error


def take(router: Router, log: list[str], answer: Continue | None = None) -> None:
    @router.on_error()
    async def taken(problem: Problem) -> Continue | None:
        log.append(f"{router.name}: {problem.error}")
        return answer


@pytest.fixture
def routers() -> list[Router]:
    chain = [Router("root"), Router("middle"), Router("leaf")]
    for upper, lower in itertools.pairwise(chain):
        upper.include(lower)
    return chain


async def test_an_error_goes_to_the_nearest_router_that_takes_it(
    routers: list[Router], caplog: pytest.LogCaptureFixture
) -> None:
    root, middle, leaf = routers
    log: list[str] = []
    take(root, log)
    take(middle, log)
    fail(leaf, ValueError("oh"))
    assert await dispatch(root, FakeMessage())
    assert log == ["middle: oh"]
    assert caplog.text == ""


async def test_an_error_goes_on_upwards_when_a_router_lets_it(routers: list[Router]) -> None:
    root, _, leaf = routers
    log: list[str] = []
    take(leaf, log, CONTINUE)
    take(root, log)
    fail(leaf, ValueError("oh"))
    await dispatch(root, FakeMessage())
    assert log == ["leaf: oh", "root: oh"]


async def test_a_router_below_does_not_take_errors_from_above(
    routers: list[Router], caplog: pytest.LogCaptureFixture
) -> None:
    root, _, leaf = routers
    log: list[str] = []
    take(leaf, log)
    fail(root, ValueError("oh"))
    await dispatch(root, FakeMessage())
    assert log == []
    assert "router 'root' has failed" in caplog.text


async def test_an_error_that_nobody_takes_is_logged_and_never_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = Router()
    fail(router, ValueError("oh"))
    assert await dispatch(router, FakeMessage(text="a secret"))
    assert "ValueError: oh" in caplog.text
    assert "a secret" not in caplog.text


async def test_error_handlers_choose_by_type(routers: list[Router]) -> None:
    root, _, leaf = routers
    log: list[str] = []
    wrong, right = ErrorIs(KeyError), ErrorIs(ValueError, TypeError)

    @root.on_error(wrong)
    async def key(problem: Problem) -> None:
        log.append("key")

    @root.on_error(right)
    async def value(problem: Problem) -> None:
        log.append(f"value: {problem[right]}")

    fail(leaf, ValueError("oh"))
    await dispatch(root, FakeMessage())
    assert log == ["value: oh"]


async def test_the_problem_knows_in_which_context_it_arose() -> None:
    router, texts = Router("mine"), list[str]()
    fail(router, ValueError("oh"))

    @router.on_error()
    async def taken(problem: Problem) -> None:
        texts.append(cast("Message", problem.context).text)
        texts.append(problem.router)

    await dispatch(router, FakeMessage(text="hi"))
    assert texts == ["hi", "mine"]


async def test_an_error_in_an_error_handler_is_logged_only(
    routers: list[Router], caplog: pytest.LogCaptureFixture
) -> None:
    root, _, leaf = routers
    log: list[str] = []
    take(root, log)

    @leaf.on_error()
    async def fails_too(problem: Problem) -> None:
        raise KeyError("second")

    fail(leaf, ValueError("first"))
    assert await dispatch(root, FakeMessage())
    assert log == []
    assert "KeyError: 'second'" in caplog.text
    assert "ValueError: first" in caplog.text


async def test_an_error_in_a_filter_goes_to_its_router(routers: list[Router]) -> None:
    root, middle, _ = routers
    log: list[str] = []
    take(middle, log)
    take(root, log)

    @middle.on_message(lambda message: 1 / len(message.text))
    async def handler(message: Message) -> None: ...

    await dispatch(root, FakeMessage(text=""))
    assert log == ["middle: division by zero"]


async def test_an_error_in_a_middleware_goes_to_its_router(routers: list[Router]) -> None:
    root, middle, leaf = routers
    log: list[str] = []
    for router in routers:
        take(router, log)
    fail(leaf, ValueError("inner"))

    @middle.outer_middleware
    async def replaces(context: Context, call_next: CallNext) -> None:
        try:
            await call_next()
        except ValueError as error:
            raise TypeError("outer") from error

    await dispatch(root, FakeMessage())
    assert log == ["middle: outer"]


async def test_a_middleware_may_catch_what_is_raised_inside(routers: list[Router]) -> None:
    root, _, leaf = routers
    log: list[str] = []
    take(root, log)
    fail(leaf, ValueError("inner"))

    @root.outer_middleware
    async def catches(context: Context, call_next: CallNext) -> None:
        with pytest.raises(ValueError, match="inner"):
            await call_next()

    assert await dispatch(root, FakeMessage())
    assert log == []


@pytest.mark.parametrize(
    "interruption",
    [CoreDied(-9), LedgerFailed("the disk is full"), OutboxClosed("the bot is about to end")],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_no_fault_of_the_handler_passes_so_that_it_is_run_again(
    routers: list[Router], interruption: VestnikError
) -> None:
    log: list[str] = []
    take(routers[0], log)
    fail(routers[2], interruption)
    with pytest.raises(type(interruption)):
        await dispatch(routers[0], FakeMessage(text="text"))
    assert log == []

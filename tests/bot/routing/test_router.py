from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from vestnik.bot.filters import HasFile, Text
from vestnik.bot.routing import Happening, Router, check
from vestnik.errors import BadBot

from .fakes import FakeMessage, dispatch

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message


def test_there_is_an_observer_for_everything_that_can_happen() -> None:
    router = Router()
    declared = {name for name in Router.__annotations__ if name.startswith("on_")}
    assert declared == {f"on_{happening}" for happening in Happening}
    assert all(router.observer(happening).name == f"on_{happening}" for happening in Happening)


def test_a_router_knows_what_it_includes_and_where_it_is() -> None:
    root, child = Router("root"), Router("child")
    root.include(child)
    assert root.children == (child,)
    assert child.parent is root
    assert list(child.lineage()) == [child, root]


def test_a_router_cannot_be_included_twice() -> None:
    first, second, child = Router("first"), Router("second"), Router("child")
    first.include(child)
    with pytest.raises(BadBot, match="'child' is included in 'first' already"):
        second.include(child)
    with pytest.raises(BadBot, match="'child' is included in 'first' already"):
        first.include(child)


def test_a_router_cannot_include_itself() -> None:
    router = Router("mine")
    with pytest.raises(BadBot, match="would contain itself"):
        router.include(router)


def test_routers_cannot_be_included_in_a_circle() -> None:
    top, middle, bottom = Router("top"), Router("middle"), Router("bottom")
    top.include(middle)
    middle.include(bottom)
    with pytest.raises(BadBot, match="'top' cannot be included in 'bottom'"):
        bottom.include(top)


def test_only_routers_can_be_included() -> None:
    with pytest.raises(BadBot, match="'plugin' is no router"):
        Router().include(cast("Router", "plugin"))


def test_a_handler_must_be_asynchronous_and_is_named_with_its_place() -> None:
    def plain(message: Message) -> None: ...

    with pytest.raises(BadBot, match=r"plain \(.*test_router\.py:\d+\) must be declared with `asy"):
        Router().on_message()(cast("Any", plain))


@pytest.mark.parametrize("count", [0, 2])
def test_a_handler_must_take_exactly_one_context(count: int) -> None:
    async def nothing() -> None: ...
    async def two(message: Message, more: int) -> None: ...

    with pytest.raises(BadBot, match=r"is called with \(context\), but it takes"):
        Router().on_message()(cast("Any", two if count else nothing))


def test_what_is_no_function_is_no_handler() -> None:
    with pytest.raises(BadBot, match="'echo' is no handler"):
        Router().on_message()(cast("Any", "echo"))


def test_methods_partial_functions_and_callable_objects_are_handlers() -> None:
    class Echo:
        async def answer(self, message: Message) -> None: ...
        async def __call__(self, message: Message) -> None: ...

    async def with_name(name: str, message: Message) -> None: ...

    router = Router()
    router.on_message()(Echo().answer)
    router.on_message()(Echo())
    router.on_message()(partial(with_name, "echo"))
    assert len(router.on_message.handlers) == 3


def test_a_handler_stays_a_function_that_can_be_called() -> None:
    async def handler(context: Context) -> None: ...

    router = Router()
    assert router.on_edit()(handler) is handler
    assert router.on_message()(handler) is handler


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("hello", r"'hello' is no filter: give a filter like Text\(\"hi\"\)"),
        (HasFile, r"HasFile as filter lacks its brackets: write HasFile\(…\)"),
        (lambda: True, r"is called with \(context\), but it takes \(\)"),
    ],
)
def test_a_bad_filter_is_found_when_it_is_declared(bad: object, sentence: str) -> None:
    with pytest.raises(BadBot, match=sentence):
        Router().on_message(cast("Any", bad))


def test_a_decorator_without_brackets_is_found_at_the_start() -> None:
    router = Router()

    @router.on_message
    async def echo(message: Message) -> None: ...

    with pytest.raises(BadBot, match=r"on_message has no handler, see .*echo .*@on_message\(\)"):
        check(router)


@pytest.mark.parametrize("add", [Router.middleware, Router.outer_middleware])
def test_a_middleware_must_be_asynchronous_and_take_two(add: Callable[..., object]) -> None:
    def plain(context: Context, call_next: object) -> None: ...
    async def one(context: Context) -> None: ...

    with pytest.raises(BadBot, match="must be declared with `async def`"):
        add(Router(), plain)
    with pytest.raises(BadBot, match=r"is called with \(context, call_next\)"):
        add(Router(), one)


async def test_nothing_can_be_declared_once_the_bot_has_started() -> None:
    router = Router()
    await dispatch(router, FakeMessage())

    async def handler(context: Context) -> None: ...

    for declare in (router.on_message(Text()), router.command("late")):
        with pytest.raises(BadBot, match="is declared after the bot has started"):
            declare(cast("Any", handler))
    with pytest.raises(BadBot, match="is declared after the bot has started"):
        router.include(Router())

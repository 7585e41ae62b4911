from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Optional, Self, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.routing.fakes import BareWords
from vestnik.bot.commands import (
    Invocation,
    ProblemKind,
    UsageProblem,
    explain_problem,
    read_arguments,
)
from vestnik.bot.commands.command import declare_command
from vestnik.errors import BadBot

if TYPE_CHECKING:
    from vestnik.bot.contexts import Message


class Colour(Enum):
    RED = "r"
    DARK_BLUE = "blue"


class Room:
    """A type of an author's own."""

    argument_kind: ClassVar[str] = "kind.room"

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    async def from_argument(cls, given: str, message: Any, /) -> Self:
        if not given.startswith("#"):
            raise ValueError(given)
        return cls(f"{message}{given}")


async def add(message: Message, a: int, b: int = 1) -> None: ...
async def weigh(message: Message, kilos: float) -> None: ...
async def switch(message: Message, on: bool) -> None: ...
async def paint(message: Message, colour: Colour) -> None: ...
async def pick(message: Message, what: Literal["tea", "coffee", 3]) -> None: ...
async def remind(message: Message, minutes: int, text: str) -> None: ...
async def greet(message: Message, name: str | None) -> None: ...
async def older(message: Message, a: Optional[int] = None, b: Union[int, str] = 0) -> None: ...  # noqa: UP007, UP045
async def total(message: Message, *numbers: int) -> None: ...
async def send(message: Message, to: str, *words: str) -> None: ...
async def enter(message: Message, room: Room) -> None: ...
async def untyped(message, text): ...  # type: ignore[no-untyped-def]
async def ping(message: Message) -> None: ...


async def read(handler: Callable[..., Any], text: str) -> list[object]:
    command = declare_command(handler, handler.__name__)
    return await read_arguments(command, Invocation("/", command.name, "", text), "room ")


@pytest.mark.parametrize(
    ("handler", "text", "expected"),
    [
        (ping, "", []),
        (add, "1 2", [1, 2]),
        (add, "-5", [-5, 1]),
        (weigh, "1.5", [1.5]),
        (weigh, "1,5", [1.5]),
        (switch, "ON", [True]),
        (switch, "нет", [False]),
        (paint, "R", [Colour.RED]),
        (paint, "dark_blue", [Colour.DARK_BLUE]),
        (pick, "TEA", ["tea"]),
        (pick, "3", [3]),
        (remind, '5 take "this" out', [5, 'take "this" out']),
        (remind, '5 "take out"', [5, "take out"]),
        (greet, "", [None]),
        (greet, "Ann Lee", ["Ann Lee"]),
        (older, "", [None, 0]),
        (older, "1 2", [1, 2]),
        (older, "1 many words", [1, "many words"]),
        (total, "", []),
        (total, "1 2 3", [1, 2, 3]),
        (send, 'ann "a b" c', ["ann", "a b", "c"]),
        (untyped, "a b", ["a b"]),
    ],
)
async def test_words_become_what_the_type_hints_ask_for(
    handler: Callable[..., Any], text: str, expected: list[object]
) -> None:
    assert await read(handler, text) == expected


async def test_a_type_of_the_authors_own_makes_itself_of_a_word() -> None:
    [room] = await read(enter, "#kitchen")
    assert isinstance(room, Room)
    assert room.name == "room #kitchen"


@pytest.mark.parametrize(
    ("handler", "text", "kind", "argument", "wrong"),
    [
        (add, "", ProblemKind.MISSING, "a", ""),
        (add, "x", ProblemKind.INVALID, "a", "x"),
        (add, "1 x", ProblemKind.INVALID, "b", "x"),
        (add, "9" * 5000, ProblemKind.INVALID, "a", "9" * 5000),
        (add, "1 2 3 4", ProblemKind.TOO_MANY, "", "3 4"),
        (ping, "pong", ProblemKind.TAKES_NONE, "", "pong"),
        (weigh, "nan", ProblemKind.INVALID, "kilos", "nan"),
        (weigh, "1e999", ProblemKind.INVALID, "kilos", "1e999"),
        (switch, "perhaps", ProblemKind.INVALID, "on", "perhaps"),
        (paint, "green", ProblemKind.INVALID, "colour", "green"),
        (remind, "5", ProblemKind.MISSING, "text", ""),
        (total, "1 two", ProblemKind.INVALID, "numbers", "two"),
        (enter, "kitchen", ProblemKind.INVALID, "room", "kitchen"),
    ],
)
async def test_what_is_wrong_is_told_as_data(
    handler: Callable[..., Any], text: str, kind: ProblemKind, argument: str, wrong: str
) -> None:
    with pytest.raises(UsageProblem) as raised:
        await read(handler, text)
    problem = raised.value
    assert (problem.kind, problem.argument, problem.given) == (kind, argument, wrong)
    assert problem.command == f"/{handler.__name__}"


def test_only_a_last_text_takes_the_rest_of_the_line() -> None:
    def takers(handler: Callable[..., Any]) -> list[str]:
        return [one.name for one in declare_command(handler, "x").parameters if one.takes_rest]

    assert takers(remind) == ["text"]
    assert takers(greet) == ["name"]
    assert takers(send) == []
    assert takers(add) == []


@pytest.mark.parametrize(
    ("handler", "usage"),
    [
        (add, "/add <a> [b]"),
        (pick, "/pick <tea|coffee|3>"),
        (paint, "/paint <r|blue>"),
        (greet, "/greet [name]"),
        (send, "/send <to> [words…]"),
        (ping, "/ping"),
    ],
)
def test_the_usage_is_made_from_the_signature(handler: Callable[..., Any], usage: str) -> None:
    assert declare_command(handler, handler.__name__).usage() == usage


@pytest.mark.parametrize(
    ("handler", "text", "sentence"),
    [
        (add, "", "command.missing command=/add name=a expected=kind.int"),
        (switch, "x", "expected=kind.bool on=value.on off=value.off"),
        (pick, "x", "expected=kind.choice choices=tea, coffee, 3"),
        (enter, "x", "expected=kind.room"),
        (ping, "x", "command.takes_none command=/ping"),
        (add, "1 2 3", "count=2"),
    ],
)
async def test_a_problem_is_explained_in_words_with_the_usage(
    handler: Callable[..., Any], text: str, sentence: str
) -> None:
    with pytest.raises(UsageProblem) as raised:
        await read(handler, text)
    explained = explain_problem(raised.value, BareWords())
    assert sentence in explained
    assert explained.endswith(f"command.usage usage={raised.value.usage}")
    assert raised.value.usage in str(raised.value)


async def test_an_explanation_stays_short_whatever_was_pasted() -> None:
    with pytest.raises(UsageProblem) as raised:
        await read(add, "x" * 10_000)
    assert len(explain_problem(raised.value, BareWords())) < 200


@pytest.mark.parametrize(
    "handler", [add, weigh, switch, paint, pick, remind, greet, older, total, send, enter, ping]
)
@given(text=st.text() | st.from_regex(r"([-+]?\d+[ ,.]?|['\"«»“” \\a-z]){0,20}"))
async def test_no_text_causes_anything_but_a_usage_problem(
    handler: Callable[..., Any], text: str
) -> None:
    with contextlib.suppress(UsageProblem):
        await read(handler, text)


@given(a=st.integers(), b=st.integers())
async def test_numbers_come_out_as_they_went_in(a: int, b: int) -> None:
    assert await read(add, f"{a}  {b}") == [a, b]


@given(st.floats(allow_nan=False, allow_infinity=False))
async def test_fractions_come_out_as_they_went_in(kilos: float) -> None:
    assert await read(weigh, str(kilos)) == [kilos]


async def keyword(message: Message, *, loud: bool) -> None: ...
async def listed(message: Message, items: list[int]) -> None: ...
async def half(message: Message, item: int | bytes) -> None: ...
async def lost(message: Message, item: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821
async def nobody() -> None: ...
async def spread(*messages: Message) -> None: ...
def plain(message: Message) -> None: ...


@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        (keyword, r"keyword \(.*\) takes 'loud' by keyword only"),
        (listed, r"wants 'items' as list\[int\], which no word can become"),
        (half, r"wants 'item' as int \| bytes, which no word can become"),
        (lost, r"cannot be read: name 'Nowhere' is not defined"),
        (nobody, r"nobody \(.*\) must take the message first"),
        (spread, r"spread \(.*\) must take the message first"),
        (plain, r"plain \(.*\) must be declared with `async def`"),
    ],
)
def test_a_signature_that_words_cannot_fill_is_found_when_it_is_declared(
    handler: Callable[..., Any], sentence: str
) -> None:
    with pytest.raises(BadBot, match=sentence):
        declare_command(handler, "name")


@pytest.mark.parametrize("name", ["/add", "two words", "", "5", "_private", "a-b", "a@b"])
def test_a_name_that_cannot_be_typed_is_refused(name: str) -> None:
    with pytest.raises(BadBot, match="cannot be called"):
        declare_command(ping, name)
    with pytest.raises(BadBot, match="cannot be called"):
        declare_command(ping, "ping", aliases=(name,))


def test_methods_and_callable_objects_can_be_commands() -> None:
    class Calculator:
        async def add(self, message: Message, a: int) -> None: ...
        async def __call__(self, message: Message, b: int) -> None: ...

    assert [one.name for one in declare_command(Calculator().add, "add").parameters] == ["a"]
    assert [one.name for one in declare_command(Calculator(), "call").parameters] == ["b"]

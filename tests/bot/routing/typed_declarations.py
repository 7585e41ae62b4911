"""What a type checker says to an author's declarations; `test_typing` lets mypy read this file.

A line that must be an error carries the ignore for exactly that error, and mypy is told to
complain of an ignore that is not needed: so both directions are tested. Nothing here is run.
"""

from __future__ import annotations

import re
from typing import assert_type

import msgspec

from vestnik.bot.commands import Invocation, IsCommand
from vestnik.bot.contexts import Context, Edit, Message, Problem, Reaction
from vestnik.bot.filters import (
    ErrorIs,
    Filter,
    FromAdmin,
    HasFile,
    InGroup,
    InState,
    Regex,
    Text,
    filter_by,
)
from vestnik.bot.routing import CONTINUE, CallNext, Continue, Router
from vestnik.bot.states import Entered, State, States
from vestnik.chatmail.types import ChatType

router = Router()


class Details(msgspec.Struct, frozen=True):
    name: str


class Form(States):
    age = State(Details)


class Long(Filter[int, Message]):
    async def __call__(self, context: Message, /) -> int | None:
        return len(context.text) or None


@filter_by
def is_short(message: Message) -> bool:
    return len(message.text) < 10


@filter_by
async def first_digit(message: Message) -> re.Match[str] | None:
    return re.search(r"\d", message.text)


# Handlers: the right context, one above it, and whatever they return.


@router.on_message()
async def right(message: Message) -> None: ...


@router.on_message()
async def any_context(context: Context) -> Continue:
    return CONTINUE


@router.on_message()
async def answers(message: Message) -> object:
    return await message.reply("hi")


@router.on_message()  # type: ignore[arg-type]
async def wrong_context(reaction: Reaction) -> None: ...


@router.on_reaction()  # type: ignore[arg-type]
async def wrong_observer(message: Message) -> None: ...


@router.on_message()  # type: ignore[arg-type]
def not_async(message: Message) -> None: ...


@router.on_message()  # type: ignore[arg-type]
async def too_many(message: Message, number: int) -> None: ...


# Filters: where they fit, how they join, and what they find.

number = Regex(r"\d+")
joined = number & InGroup()
turned = InGroup() & number
narrow = Text("hi") & Long()
either = number | Text("none")
asked_age = InState(Form.age)


@router.on_message(joined, turned, ~HasFile(), narrow, is_short & Text("x"), either)
async def finds(message: Message) -> None:
    assert_type(message[number], re.Match[str])
    assert_type(message[joined], tuple[re.Match[str], ChatType])
    assert_type(message[turned], tuple[ChatType, re.Match[str]])
    assert_type(message[narrow], tuple[str, int])
    assert_type(message[either], re.Match[str] | str)
    assert_type(message[~HasFile()], bool)
    assert_type(message[first_digit], re.Match[str])
    assert_type(message[IsCommand("start")], Invocation)
    assert_type(message[asked_age], Entered[Details])
    assert_type(message[asked_age].data, Details)


@router.on_message(lambda message: message.text.isdigit(), Text("x") & (lambda m: bool(m.text)))
async def functions(message: Message) -> None: ...


@router.on_message(lambda message: message.txt)  # type: ignore[attr-defined]
async def misspelt(message: Message) -> None: ...


@router.on_reaction(InGroup(), FromAdmin() & ~InGroup())
async def fits(reaction: Reaction) -> None: ...


@router.on_edit(Text("x"))
async def edited(edit: Edit) -> None: ...


@router.on_edit(HasFile())  # type: ignore[arg-type]
async def edits_have_no_file(edit: Edit) -> None: ...


@router.on_reaction(Text("x"))  # type: ignore[arg-type]
async def reactions_have_no_text(reaction: Reaction) -> None: ...


@router.on_reaction(InGroup() & Text("x"))  # type: ignore[arg-type]
async def nor_if_joined(reaction: Reaction) -> None: ...


@router.on_message("hello")  # type: ignore[arg-type]
async def no_filter(message: Message) -> None: ...


wrong_type = ErrorIs(ValueError)


@router.on_error(wrong_type)
async def failed(problem: Problem) -> None:
    assert_type(problem[wrong_type], ValueError)


@router.on_message(wrong_type)  # type: ignore[arg-type]
async def messages_are_no_errors(message: Message) -> None: ...


# Commands: the message first, then whatever arguments; calling one is checked as well.


@router.command("add")
async def add(message: Message, a: int, b: int = 1) -> None: ...


@router.command("add")  # type: ignore[arg-type]
async def wrong_first(reaction: Reaction, a: int) -> None: ...


@router.command("add")  # type: ignore[arg-type]
async def takes_nothing() -> None: ...


async def calls(message: Message) -> None:
    await add(message, 1, b=2)
    await add(message, "1")  # type: ignore[arg-type]


# Middleware: of any context for a router, of its own for an observer.


@router.middleware
async def around_all(context: Context, call_next: CallNext) -> None:
    assert_type(await call_next(), bool)


@router.on_message.outer_middleware
async def around_messages(message: Message, call_next: CallNext) -> None: ...


@router.outer_middleware  # type: ignore[arg-type]
async def around_messages_only(message: Message, call_next: CallNext) -> None: ...


@router.on_message.middleware  # type: ignore[arg-type]
async def around_reactions(reaction: Reaction, call_next: CallNext) -> None: ...

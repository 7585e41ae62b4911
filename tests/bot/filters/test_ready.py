from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.routing.fakes import FakeContact, FakeMessage, FakeProblem
from vestnik.bot.filters import (
    ChatKind,
    ErrorIs,
    FromAdmin,
    FromContact,
    HasFile,
    InDirectChat,
    InGroup,
    InNoState,
    InState,
    IsReplyToMe,
    Regex,
    Text,
    ViewKind,
)
from vestnik.bot.states import Conversation, ConversationState, MemoryStates, State, States
from vestnik.chatmail.types import ChatType, Viewtype
from vestnik.errors import BadBot
from vestnik.ids import AccountId, ChatId, ContactId


@pytest.mark.parametrize(
    ("given_filter", "text", "matches"),
    [
        (Text("hi"), "Hi ", True),
        (Text("hi", ignore_case=False), "Hi", False),
        (Text("yes", "да"), "ДА", True),
        (Text("yes", "да"), "нет", False),
        (Text(startswith="re:"), "RE: news", True),
        (Text(startswith="re:"), "news", False),
        (Text(endswith=("!", "?")), "really? ", True),
        (Text(contains=("urgent", "asap")), "this is URGENT now", True),
        (Text(contains=("urgent", "asap")), "take your time", False),
        (Text(startswith="re:", contains="urgent"), "re: nothing", False),
        (Text(), "anything", True),
        (Text(), "  ", False),
        (Text("straße"), "STRASSE", True),
    ],
)
async def test_text_is_compared(given_filter: Text, text: str, matches: bool) -> None:
    assert await given_filter.matches(FakeMessage(text=text)) is matches


async def test_text_finds_the_text_as_it_was_written() -> None:
    text, message = Text(startswith="hi"), FakeMessage(text="Hi Bob")
    assert await text.matches(message)
    assert message[text] == "Hi Bob"


@given(st.text(), st.text())
async def test_text_contains_what_it_contains(text: str, part: str) -> None:
    message = FakeMessage(text=f"a{text}{part}z")
    assert await Text(contains=part, ignore_case=False).matches(message)


async def test_a_regular_expression_finds_its_match() -> None:
    number, message = Regex(r"(?P<n>\d+) apples", re.IGNORECASE), FakeMessage(text="12 Apples")
    assert await number.matches(message)
    assert message[number]["n"] == "12"
    assert not await Regex(re.compile("^x")).matches(message)


@pytest.mark.parametrize(("pattern", "flags"), [("(", 0), (re.compile("x"), re.IGNORECASE)])
def test_a_bad_regular_expression_is_found_when_it_is_written(pattern: Any, flags: int) -> None:
    with pytest.raises(BadBot, match=r"regular expression"):
        Regex(pattern, flags)


@pytest.mark.parametrize(
    ("given_filter", "chat"),
    [
        (InDirectChat(), ChatType.SINGLE),
        (InGroup(), ChatType.GROUP),
        (ChatKind(ChatType.GROUP, ChatType.IN_BROADCAST), ChatType.IN_BROADCAST),
    ],
)
async def test_the_chats_type_is_compared(given_filter: ChatKind, chat: ChatType) -> None:
    assert await given_filter.matches(FakeMessage(chat=chat))
    assert not await given_filter.matches(FakeMessage(chat=ChatType.MAILINGLIST))


async def test_the_messages_type_is_compared_and_found() -> None:
    picture = ViewKind(Viewtype.IMAGE, Viewtype.GIF)
    message = FakeMessage(view_type=Viewtype.GIF)
    assert await picture.matches(message)
    assert message[picture] is Viewtype.GIF
    assert not await picture.matches(FakeMessage())


async def test_a_file_is_seen() -> None:
    assert await HasFile().matches(FakeMessage(file="a.png"))
    assert not await HasFile().matches(FakeMessage())


async def test_an_admin_is_recognised() -> None:
    assert await FromAdmin().matches(FakeMessage(by_admin=True))
    assert not await FromAdmin().matches(FakeMessage())


async def test_a_contact_is_recognised_by_number_or_address_and_found() -> None:
    ann = FakeContact(ContactId(11), "Ann@example.org")
    for known in (FromContact(11), FromContact("ann@Example.org", 12)):
        message = FakeMessage(sender=ann)
        assert await known.matches(message)
        assert message[known] is ann
    assert not await FromContact(12, "bob@example.org").matches(FakeMessage(sender=ann))


async def test_a_reply_to_the_bot_is_recognised() -> None:
    assert await IsReplyToMe().matches(FakeMessage(quotes_me=True))
    assert not await IsReplyToMe().matches(FakeMessage())


class Details(msgspec.Struct, frozen=True):
    name: str


class Form(States):
    name = State()
    age = State(Details)


def in_conversation() -> FakeMessage:
    where = Conversation(AccountId(1), ChatId(10), ContactId(10))
    return FakeMessage(conversation=ConversationState(MemoryStates(), where))


async def test_the_state_is_compared_and_its_data_are_found() -> None:
    asked_age, message = InState(Form.age), in_conversation()
    assert not await asked_age.matches(message)
    await message.state.set(Form.age, Details("Ann"))
    assert await asked_age.matches(message)
    assert message[asked_age].data.name == "Ann"
    assert not await InState(Form.name).matches(message)


async def test_no_conversation_is_a_state_too() -> None:
    message = in_conversation()
    assert await InNoState().matches(message)
    await message.state.set(Form.name)
    assert not await InNoState().matches(message)


async def test_an_error_is_recognised_by_its_type_and_found() -> None:
    lookup, error = ErrorIs(LookupError), KeyError("x")
    problem = FakeProblem(error=error)
    assert await lookup.matches(problem)
    assert problem[lookup] is error
    assert not await ErrorIs(ValueError).matches(problem)


@pytest.mark.parametrize("kind", [ChatKind, ViewKind, FromContact, ErrorIs])
def test_a_filter_that_could_never_match_is_refused(kind: Any) -> None:
    with pytest.raises(BadBot, match=r"\(\) without anything to look for never matches"):
        kind()

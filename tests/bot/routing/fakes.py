"""Contexts that know nothing of a core: what the routing reads of them, and what it did to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from vestnik.bot.filters import Filter
from vestnik.bot.routing import CommandRules, Dispatcher, Happening
from vestnik.chatmail.types import ChatType, Viewtype
from vestnik.ids import ContactId

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message
    from vestnik.bot.routing import Router
    from vestnik.bot.states import ConversationState

T = TypeVar("T")


@dataclass
class FakeContact:
    id: ContactId = field(default=ContactId(10))
    address: str = "ann@example.org"


@dataclass
class FakeContext:
    happening: ClassVar[Happening] = Happening.EVENT
    _matches: dict[int, Any] = field(default_factory=dict)

    def __getitem__(self, matched: Filter[T]) -> T:
        found: T = self._matches[id(matched)]
        return found


class FakeReaction(FakeContext):
    happening = Happening.REACTION


class FakeStartup(FakeContext):
    happening = Happening.STARTUP


@dataclass
class FakeMessage(FakeContext):
    happening = Happening.MESSAGE
    text: str = ""
    chat: ChatType = ChatType.SINGLE
    sender: FakeContact = field(default_factory=FakeContact)
    file: object | None = None
    view_type: Viewtype = Viewtype.TEXT
    by_admin: bool = False
    quotes_me: bool = False
    conversation: ConversationState | None = None
    replies: list[str] = field(default_factory=list)

    async def chat_type(self) -> ChatType:
        return self.chat

    async def is_from_admin(self) -> bool:
        return self.by_admin

    async def is_reply_to_me(self) -> bool:
        return self.quotes_me

    @property
    def state(self) -> ConversationState:
        assert self.conversation is not None
        return self.conversation

    @property
    def words(self) -> BareWords:
        return BareWords()

    async def reply(self, text: str) -> None:
        self.replies.append(text)


@dataclass
class FakeProblem(FakeContext):
    happening = Happening.ERROR
    error: Exception = field(default_factory=Exception)
    context: FakeContext = field(default_factory=FakeContext)
    router: str = ""


class BareWords:
    """Says the key and the values that are not empty, so that tests need no catalogue."""

    def say(self, key: str, **values: object) -> str:
        told = " ".join(f"{name}={value}" for name, value in values.items() if value)
        return f"{key} {told}".strip()

    def translated(self, text: str) -> str:
        return text


async def echo_names(message: Message) -> Iterable[str]:
    return ("Echo Bot", "echo@example.org")


RULES = CommandRules(names=echo_names)


def make_problem(error: Exception, context: Context, router: str) -> Context:
    return cast(
        "Context", FakeProblem(error=error, context=cast("FakeContext", context), router=router)
    )


async def dispatch(root: Router, context: FakeContext, rules: CommandRules = RULES) -> bool:
    dispatcher = Dispatcher(root, problem=make_problem, commands=rules)
    return await dispatcher.dispatch(cast("Context", context))

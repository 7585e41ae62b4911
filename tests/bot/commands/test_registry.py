from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.routing.fakes import BareWords
from vestnik.bot.commands import CommandRegistry, Invocation, describe_commands, help_text
from vestnik.bot.commands.command import Command, declare_command
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot

if TYPE_CHECKING:
    from vestnik.bot.contexts import Message

DIRECT, GROUP = (ChatType.SINGLE,), (ChatType.GROUP,)


async def add(message: Message, a: int) -> None: ...
async def other(message: Message) -> None: ...


def registry(*commands: Command) -> CommandRegistry[str]:
    return CommandRegistry((command, "home") for command in commands)


def find(known: CommandRegistry[str], name: str, arguments: str = "") -> tuple[str, str] | None:
    called = known.find(Invocation("/", name, "", arguments), ChatType.SINGLE)
    return None if called is None else (called.command.name, called.invocation.arguments)


def test_a_command_is_found_by_its_names_in_any_case() -> None:
    known = registry(declare_command(add, "add", aliases=("plus", "плюс")))
    for name in ("add", "ADD", "plus", "ПЛЮС"):
        assert find(known, name) == ("add", "")
        assert name in known
    assert find(known, "ad") is None


def test_a_command_is_found_with_its_arguments_in_its_name() -> None:
    known = registry(declare_command(add, "join"), declare_command(other, "join_all"))
    assert find(known, "join_5", "6") == ("join", "5 6")
    assert find(known, "join_all") == ("join_all", "")
    assert find(known, "join_all_7_8") == ("join_all", "7 8")
    assert find(known, "leave_5") is None


def test_two_commands_may_share_a_name_in_different_chats() -> None:
    known = registry(
        declare_command(add, "start", chats=DIRECT), declare_command(other, "start", chats=GROUP)
    )
    for chat, handler in ((ChatType.SINGLE, add), (ChatType.GROUP, other)):
        called = known.find(Invocation("/", "start", "", ""), chat)
        assert called is not None
        assert called.command.handler is handler


@pytest.mark.parametrize("chats", [None, DIRECT, (ChatType.GROUP, ChatType.SINGLE)])
def test_two_commands_of_one_name_in_the_same_chats_are_a_conflict(
    chats: tuple[ChatType, ...] | None,
) -> None:
    with pytest.raises(BadBot, match=r"Two commands are called 'plus' .*: add \(.*\) and other \("):
        registry(
            declare_command(add, "add", aliases=("plus",), chats=DIRECT),
            declare_command(other, "PLUS".lower(), chats=chats),
        )


def test_a_command_with_one_name_twice_is_a_conflict() -> None:
    with pytest.raises(BadBot, match=r"add \(.*\) has the name 'Add' twice"):
        registry(declare_command(add, "add", aliases=("Add",)))


def test_the_help_shows_to_each_what_they_may_use_where_they_are() -> None:
    known = registry(
        declare_command(add, "add", description="Adds.", aliases=("plus",)),
        declare_command(other, "secret", hidden=True),
        declare_command(other, "stop", admin_only=True),
        declare_command(other, "poll", chats=GROUP),
    )

    def names(chat: ChatType, *, to_admin: bool) -> list[str]:
        return [command.name for command in known.visible(chat, to_admin=to_admin)]

    assert names(ChatType.SINGLE, to_admin=False) == ["add"]
    assert names(ChatType.SINGLE, to_admin=True) == ["add", "stop"]
    assert names(ChatType.GROUP, to_admin=False) == ["add", "poll"]
    text = help_text(describe_commands(known.visible(ChatType.SINGLE, to_admin=True)), BareWords())
    assert text.splitlines() == [
        "help.heading",
        "/add <a> – Adds. (help.aliases aliases=/plus)",
        "",
        "help.heading_admin",
        "/stop",
    ]


def test_the_help_says_when_there_is_nothing() -> None:
    assert help_text([], BareWords()) == "help.none"


def test_a_similar_name_is_found_among_those_that_are_visible() -> None:
    known = registry(
        declare_command(add, "remind"), declare_command(other, "shutdown", hidden=True)
    )
    assert known.similar("remnid", ChatType.SINGLE) == "remind"
    assert known.similar("shutdwn", ChatType.SINGLE) is None
    assert known.similar("x" * 100_000, ChatType.SINGLE) is None

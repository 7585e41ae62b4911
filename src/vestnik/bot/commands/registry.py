"""All commands of a bot by their names; two that want the same name are found before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

from vestnik.bot.commands.command import Command
from vestnik.bot.commands.invocation import Invocation
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot

__all__ = ["Called", "CommandRegistry"]

Home = TypeVar("Home")


@dataclass(frozen=True, slots=True)
class Called(Generic[Home]):
    """A command that was found, with the router where it is at home."""

    command: Command
    home: Home
    invocation: Invocation


class CommandRegistry(Generic[Home]):
    """Knows every command of a tree.

    Raises:
        BadBot: Two commands have a name in common and work in the same chats.
    """

    def __init__(self, commands: Iterable[tuple[Command, Home]]) -> None:
        self._by_name: dict[str, list[tuple[Command, Home]]] = {}
        self._all: list[Command] = []
        for command, home in commands:
            self.add(command, home)

    def __iter__(self) -> Iterator[Command]:
        """Go through all commands in the order of their declaration."""
        return iter(self._all)

    def __contains__(self, name: str) -> bool:
        """Tell whether a command has this name somewhere."""
        return name.casefold() in self._by_name

    def add(self, command: Command, home: Home) -> None:
        """Enter a command under all its names.

        Raises:
            BadBot: Another has one of them and works in the same chats.
        """
        for name in command.names:
            self._enter(name, command, home)
        self._all.append(command)

    def find(self, invocation: Invocation, chat_type: ChatType) -> Called[Home] | None:
        """Find the command that is meant; if none works in such chats, one that works elsewhere."""
        for candidate in _readings(invocation):
            found = self._by_name.get(candidate.name.casefold())
            if found:
                here = [pair for pair in found if pair[0].works_in(chat_type)]
                command, home = (here or found)[0]
                return Called(command, home, candidate)
        return None

    def visible(self, chat_type: ChatType, *, to_admin: bool) -> list[Command]:
        """List what somebody may use in such a chat, but for hidden commands."""
        return [
            command
            for command in self._all
            if not command.hidden
            and command.works_in(chat_type)
            and (to_admin or not command.admin_only)
        ]

    def similar(self, name: str, chat_type: ChatType) -> str | None:
        """Find the name that somebody may have meant."""
        names = [
            each for command in self.visible(chat_type, to_admin=False) for each in command.names
        ]
        return next(iter(get_close_matches(name[:50].casefold(), names, n=1)), None)

    def _enter(self, name: str, command: Command, home: Home) -> None:
        others = self._by_name.setdefault(name.casefold(), [])
        for other, _ in others:
            if command.meets(other):
                raise BadBot(_conflict(name, other, command))
        others.append((command, home))


def _readings(invocation: Invocation) -> Iterator[Invocation]:
    """Read ``/join_5`` as ``/join_5`` first, then as ``/join 5``.

    Delta Chat makes ``/join_5`` a link, spaces would end it: bots offer commands with arguments
    that way.
    """
    yield invocation
    parts = invocation.name.split("_")
    for length in range(len(parts) - 1, 0, -1):
        arguments = " ".join(part for part in (*parts[length:], invocation.arguments) if part)
        name = "_".join(parts[:length])
        yield Invocation(invocation.prefix, name, invocation.mention, arguments)


def _conflict(name: str, first: Command, second: Command) -> str:
    if first is second:
        return f"The command {first.place} has the name {name!r} twice."
    return (
        f"Two commands are called {name!r} in the same chats: {first.place} and {second.place}; "
        "rename one, or give them `chats` that differ."
    )

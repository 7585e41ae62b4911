"""One command as it was declared: its names, who may use it and where, and what it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from vestnik.bot.commands.invocation import is_name
from vestnik.bot.commands.parameters import Parameter, read_parameters
from vestnik.bot.filters.callables import is_async, name_callable, require_callable
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot

__all__ = ["Command", "declare_command"]


@dataclass(frozen=True, eq=False)
class Command:
    """A command of a bot.

    Attributes:
        name: What it is called, without prefix.
        handler: What runs it; takes the message and the arguments.
        parameters: The arguments it takes.
        description: What it does, in one sentence for the help.
        aliases: Its other names.
        admin_only: Whether only admins may use it.
        hidden: Whether the help keeps silent about it.
        chats: Where it works; ``None`` is everywhere.
    """

    name: str
    handler: Callable[..., Awaitable[object]] = field(repr=False)
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    aliases: tuple[str, ...] = ()
    admin_only: bool = False
    hidden: bool = False
    chats: frozenset[ChatType] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, the proper one first."""
        return (self.name, *self.aliases)

    @property
    def place(self) -> str:
        """Where it was declared, for an author."""
        return name_callable(self.handler)

    def usage(self, prefix: str = "/", name: str | None = None) -> str:
        """Show how it is called: ``/add <a> [b]``."""
        return " ".join((prefix + (name or self.name), *(one.usage for one in self.parameters)))

    def works_in(self, chat_type: ChatType) -> bool:
        """Tell whether it works in chats of this type."""
        return self.chats is None or chat_type in self.chats

    def meets(self, other: Command) -> bool:
        """Tell whether there are chats in which both work."""
        return self.chats is None or other.chats is None or bool(self.chats & other.chats)


def declare_command(
    handler: Callable[..., Awaitable[object]],
    name: str,
    *,
    description: str = "",
    aliases: tuple[str, ...] = (),
    admin_only: bool = False,
    hidden: bool = False,
    chats: tuple[ChatType, ...] | None = None,
) -> Command:
    """Check a declaration and read the handler's signature.

    Raises:
        BadBot: A name cannot be typed, or the handler cannot be called with words.
    """
    _check_handler(handler)
    _check_names(handler, (name, *aliases))
    return Command(
        name,
        handler,
        read_parameters(handler),
        description=description,
        aliases=tuple(aliases),
        admin_only=admin_only,
        hidden=hidden,
        chats=None if chats is None else frozenset(chats),
    )


def _check_handler(handler: Callable[..., Awaitable[object]]) -> None:
    require_callable(handler, "command", "a function declared with `async def`")
    if not is_async(handler):
        raise BadBot(f"The command {name_callable(handler)} must be declared with `async def`.")


def _check_names(handler: Callable[..., object], names: tuple[str, ...]) -> None:
    for name in names:
        if not is_name(name):
            raise BadBot(
                f"The command {name_callable(handler)} cannot be called {name!r}: a name has "
                "letters, digits and _ only, begins with a letter, and is given without its prefix."
            )

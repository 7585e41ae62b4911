"""How commands are recognised and answered; what only the bot knows comes from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vestnik.errors import BadBot

if TYPE_CHECKING:
    from vestnik.bot.commands.words import Words
    from vestnik.bot.contexts import Message

__all__ = ["CommandRules"]


async def _its_words(message: Message) -> Words:
    return message.words


async def _is_admin(message: Message) -> bool:
    return await message.is_from_admin()


async def _no_names(message: Message) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class CommandRules:
    """How a bot treats commands.

    Attributes:
        prefixes: What a command begins with; the first is shown in the help.
        words: Finds the words in which a message is answered; asked only if one is.
        is_admin: Tells whether a message comes from an admin.
        names: Finds the names the bot goes by where a message came, for ``/help@name``.
        has_help: Whether there is a ``/help`` if the author wrote none.
        hints: Whether a command that is unknown, or that somebody may not use, is answered.
            Without a mention of the bot that is done in direct chats only: in a group, others may
            know it.
    """

    prefixes: tuple[str, ...] = ("/",)
    words: Callable[[Message], Awaitable[Words]] = _its_words
    is_admin: Callable[[Message], Awaitable[bool]] = _is_admin
    names: Callable[[Message], Awaitable[Iterable[str]]] = _no_names
    has_help: bool = True
    hints: bool = True

    def __post_init__(self) -> None:
        if not self.prefixes or not all(self.prefixes):
            raise BadBot("Commands need a prefix: an empty one would make each text a command.")

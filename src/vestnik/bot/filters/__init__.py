"""Filters: which of the things that happen a handler is meant for.

::

    number = Regex(r"\\d+")

    @bot.on_message(number & ~InGroup())
    async def count(message: Message) -> None:
        await message.reply(message[number].group())
"""

from vestnik.bot.filters.base import Filter, Predicate, filter_by
from vestnik.bot.filters.ready import (
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
    ViewKind,
)
from vestnik.bot.filters.texts import Regex, Text

__all__ = [
    "ChatKind",
    "ErrorIs",
    "Filter",
    "FromAdmin",
    "FromContact",
    "HasFile",
    "InDirectChat",
    "InGroup",
    "InNoState",
    "InState",
    "IsReplyToMe",
    "Predicate",
    "Regex",
    "Text",
    "ViewKind",
    "filter_by",
]

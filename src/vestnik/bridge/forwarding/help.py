"""The ``/help`` that Vestnik answers for a bot that has declared its commands."""

from __future__ import annotations

from collections.abc import Sequence

from vestnik.bot.commands.invocation import is_mentioned, parse_invocation
from vestnik.bridge.forwarding.ports import Post
from vestnik.bridge.model import BotCommand, Hosted
from vestnik.chatmail import Core
from vestnik.chatmail.types import Message, MessageData

__all__ = ["HelpDesk", "help_text", "is_meant", "mention_of"]

_HEADING = "Commands:"


class HelpDesk:
    """Answers ``/help``, and never twice for one message."""

    def __init__(self, core: Core, post: Post) -> None:
        self._core = core
        self._post = post

    async def serve(self, hosted: Hosted, message: Message) -> None:
        """Answer a message if it asks this bot for help."""
        mention = mention_of(message)
        if mention is None or (mention and not await self._is_meant(hosted, mention)):
            return
        data = MessageData(text=help_text(hosted.record.commands), quoted_message_id=message.id)
        key = f"help:{message.id}"
        await self._post(hosted.account, message.chat_id, data, key=key, urgent=True)

    async def _is_meant(self, hosted: Hosted, mention: str) -> bool:
        name = await self._core.get_config(hosted.account, "displayname")
        return is_meant(mention, hosted.address, name or "")


def mention_of(message: Message) -> str | None:
    """Tell whether somebody asks for help: whom he names behind ``@``, if anybody.

    Returns:
        The name, empty if there is none; ``None`` if it is no such question, or a program asks.
    """
    if message.is_bot or message.is_info:
        return None
    called = parse_invocation(message.text) if message.text.lstrip().startswith("/") else None
    if called is None or called.name != "help" or called.arguments:
        return None
    return called.mention


def is_meant(mention: str, address: str, name: str) -> bool:
    """Tell whether a bot with that address and name is the one behind the ``@``."""
    return is_mentioned(mention, (address, address.partition("@")[0], name))


def help_text(commands: Sequence[BotCommand]) -> str:
    """Say what commands there are, one a line."""
    return "\n".join((_HEADING, *(_line(command) for command in commands)))


def _line(command: BotCommand) -> str:
    name = f"/{command.command.removeprefix('/')}"
    return f"{name} – {command.description}" if command.description else name

"""The ``/help`` that a bot has if its author wrote none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vestnik.bot.commands.command import Command, declare_command
from vestnik.bot.commands.help import describe_commands, help_text
from vestnik.bot.commands.registry import CommandRegistry
from vestnik.bot.routing.command_rules import CommandRules
from vestnik.bot.routing.router import Router

if TYPE_CHECKING:
    from vestnik.bot.contexts import Message

__all__ = ["HELP", "make_help"]

HELP = "help"


def make_help(registry: CommandRegistry[Router], rules: CommandRules) -> Command:
    """Make the command that shows what is in a registry, to each person what they may use."""
    prefix = rules.prefixes[0]

    async def show_help(message: Message) -> None:
        words = await rules.words(message)
        to_admin = await rules.is_admin(message)
        visible = registry.visible(await message.chat_type(), to_admin=to_admin)
        await message.reply(help_text(describe_commands(visible, prefix), words))

    return declare_command(show_help, HELP, description="help.about")

"""What comes of a message that looks like a command: a command to run, a hint, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vestnik.bot.commands.invocation import Invocation, is_mentioned, parse_invocation
from vestnik.bot.commands.problems import UsageProblem, explain_problem
from vestnik.bot.commands.registry import Called, CommandRegistry
from vestnik.bot.routing.command_rules import CommandRules
from vestnik.bot.routing.router import Router
from vestnik.chatmail.types import ChatType

if TYPE_CHECKING:
    from vestnik.bot.contexts import Message

__all__ = ["Hint", "Reception"]


@dataclass(frozen=True)
class Hint:
    """What somebody is told whose command cannot be run.

    Attributes:
        key: The words for it.
        invocation: What was called.
        suggestion: A command with a similar name.
        is_final: Whether it is about a command that exists, so that no handler is asked.
    """

    key: str
    invocation: Invocation
    suggestion: str | None = None
    is_final: bool = False


class Reception:
    """Receives messages that may be commands.

    Args:
        registry: All commands of the tree.
        rules: How they are treated.
    """

    def __init__(self, registry: CommandRegistry[Router], rules: CommandRules) -> None:
        self.registry = registry
        self._rules = rules

    async def receive(self, message: Message) -> Called[Router] | Hint | None:
        """Find the command that a message calls, or what to say if it must not."""
        invocation = parse_invocation(message.text, self._rules.prefixes)
        if invocation is None or not await self._is_for_me(invocation, message):
            return None
        chat_type = await message.chat_type()
        called = self.registry.find(invocation, chat_type)
        refusal = "" if called is None else await self._refusal(called, chat_type, message)
        if called and not refusal:
            return called
        if not self._may_hint(invocation, chat_type):
            return None
        if called and not called.command.hidden:
            return Hint(refusal, invocation, is_final=True)
        return self._unknown(invocation, chat_type)

    async def give(self, hint: Hint, message: Message) -> None:
        """Answer with a hint."""
        prefix = hint.invocation.prefix
        words = await self._rules.words(message)
        text = words.say(
            hint.key,
            command=prefix + hint.invocation.name,
            suggestion=prefix + (hint.suggestion or ""),
            help=f"{prefix}help",
        )
        await message.reply(text)

    async def explain(self, problem: UsageProblem, message: Message) -> None:
        """Answer with what is wrong with the arguments."""
        await message.reply(explain_problem(problem, await self._rules.words(message)))

    async def _is_for_me(self, invocation: Invocation, message: Message) -> bool:
        if not invocation.mention:
            return True
        return is_mentioned(invocation.mention, await self._rules.names(message))

    async def _refusal(self, called: Called[Router], chat_type: ChatType, message: Message) -> str:
        """Say why a command must not be run; nothing if it may."""
        command = called.command
        if not command.works_in(chat_type):
            return "command.wrong_chat"
        if command.admin_only and not await self._rules.is_admin(message):
            return "command.admin_only"
        return ""

    def _may_hint(self, invocation: Invocation, chat_type: ChatType) -> bool:
        is_direct = chat_type is ChatType.SINGLE
        return self._rules.hints and (is_direct or bool(invocation.mention))

    def _unknown(self, invocation: Invocation, chat_type: ChatType) -> Hint:
        similar = self.registry.similar(invocation.name, chat_type)
        key = "command.unknown_similar" if similar else "command.unknown"
        return Hint(key, invocation, similar)

"""The words behind a command become the arguments of its handler."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from vestnik.bot.commands.command import Command
from vestnik.bot.commands.invocation import Invocation
from vestnik.bot.commands.line import Line
from vestnik.bot.commands.parameters import Parameter
from vestnik.bot.commands.problems import ProblemKind, UsageProblem
from vestnik.bot.commands.values import settle

__all__ = ["read_arguments"]


async def read_arguments(
    command: Command, invocation: Invocation, message: object = None
) -> list[object]:
    """Read a command's arguments from what somebody typed.

    Words are separated by spaces, quotes hold some together. A last parameter that takes text
    takes all that is left of the line.

    Args:
        command: The command that is called.
        invocation: How it is called.
        message: For types whose words mean something only in their chat, such as contacts.

    Raises:
        UsageProblem: The words are not what the command takes.
    """
    return await _ArgumentReader(command, invocation, message).read()


@dataclass
class _ArgumentReader:
    command: Command
    invocation: Invocation
    message: object

    async def read(self) -> list[object]:
        line = Line(self.invocation.arguments)
        values: list[object] = []
        for parameter in self.command.parameters:
            values.extend(await self._read_one(parameter, line))
        if not line.is_at_end():
            raise self._too_many(line)
        return values

    async def _read_one(self, parameter: Parameter, line: Line) -> list[object]:
        if parameter.is_many:
            return [value async for value in self._read_many(parameter, line)]
        word = line.rest() if parameter.takes_rest else line.next_word()
        if word is not None:
            return [await self._convert(parameter, word)]
        if parameter.is_required:
            raise self._problem(ProblemKind.MISSING, parameter)
        return [parameter.default]

    async def _read_many(self, parameter: Parameter, line: Line) -> AsyncIterator[object]:
        while (word := line.next_word()) is not None:
            yield await self._convert(parameter, word)

    async def _convert(self, parameter: Parameter, word: str) -> object:
        try:
            return await settle(parameter.reading.convert(word, self.message))
        except ValueError:
            raise self._problem(ProblemKind.INVALID, parameter, word) from None

    def _too_many(self, line: Line) -> UsageProblem:
        kind = ProblemKind.TOO_MANY if self.command.parameters else ProblemKind.TAKES_NONE
        return self._problem(kind, None, line.rest() or "")

    def _problem(
        self, kind: ProblemKind, parameter: Parameter | None, given: str = ""
    ) -> UsageProblem:
        called = self.invocation
        return UsageProblem(
            called.prefix + called.name,
            self.command.usage(called.prefix, called.name),
            kind,
            argument=parameter.name if parameter else "",
            given=given,
            expected=parameter.reading.expected if parameter else None,
            count=len(self.command.parameters),
        )

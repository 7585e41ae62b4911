"""What can be wrong with the arguments of a command, as data; the words for it come later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vestnik.bot.commands.words import Words
from vestnik.errors import BadInput

__all__ = ["Expectation", "ProblemKind", "UsageProblem", "explain_problem"]


class ProblemKind(StrEnum):
    """What is wrong; the values are keys of the framework's words."""

    MISSING = "command.missing"
    INVALID = "command.invalid"
    TOO_MANY = "command.too_many"
    TAKES_NONE = "command.takes_none"


@dataclass(frozen=True)
class Expectation:
    """What an argument should be.

    Attributes:
        key: The words that name it, such as ``kind.int``.
        choices: All there is to choose from, if it is a choice.
    """

    key: str
    choices: tuple[str, ...] = ()

    def say(self, words: Words) -> str:
        """Name it."""
        return words.say(
            self.key,
            choices=", ".join(self.choices),
            on=words.say("value.on"),
            off=words.say("value.off"),
        )


class UsageProblem(BadInput):
    """Somebody called a command with arguments that do not fit it.

    Attributes:
        command: The command as it was called: ``/add``.
        usage: How it wants to be called: ``/add <a> [b]``.
        kind: What is wrong.
        argument: The argument with which it is wrong; empty if it is the number of them.
        given: What stands in its place.
        expected: What should stand there.
        count: How many arguments there may be.
    """

    def __init__(
        self,
        command: str,
        usage: str,
        kind: ProblemKind,
        *,
        argument: str = "",
        given: str = "",
        expected: Expectation | None = None,
        count: int = 0,
    ) -> None:
        super().__init__(command, usage, kind, argument, given, expected, count)
        self.command = command
        self.usage = usage
        self.kind = kind
        self.argument = argument
        self.given = given
        self.expected = expected or Expectation("kind.text")
        self.count = count

    def __str__(self) -> str:
        match self.kind:
            case ProblemKind.MISSING:
                return f"{self.command}: {self.argument!r} is missing. Usage: {self.usage}"
            case ProblemKind.INVALID:
                return (
                    f"{self.command}: {self.given!r} is no {self.argument!r}. Usage: {self.usage}"
                )
            case ProblemKind.TOO_MANY | ProblemKind.TAKES_NONE:
                return f"{self.command} takes {self.count} arguments at most. Usage: {self.usage}"


def explain_problem(problem: UsageProblem, words: Words) -> str:
    """Say in somebody's language what is wrong, and how the command is used."""
    sentence = words.say(
        problem.kind,
        command=problem.command,
        name=problem.argument,
        given=_shortened(problem.given),
        expected=problem.expected.say(words),
        count=problem.count,
    )
    return f"{sentence}\n{words.say('command.usage', usage=problem.usage)}"


def _shortened(given: str) -> str:
    """Keep an answer short whatever somebody pasted."""
    return given if len(given) <= 60 else f"{given[:60]}…"

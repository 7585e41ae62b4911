"""Commands: declared with a handler, parsed by its type hints, explained by themselves."""

from vestnik.bot.commands.arguments import read_arguments
from vestnik.bot.commands.command import Command
from vestnik.bot.commands.filter import IsCommand
from vestnik.bot.commands.help import HelpEntry, describe_commands, help_text
from vestnik.bot.commands.invocation import Invocation, is_mentioned, parse_invocation
from vestnik.bot.commands.problems import (
    Expectation,
    ProblemKind,
    UsageProblem,
    explain_problem,
)
from vestnik.bot.commands.registry import Called, CommandRegistry
from vestnik.bot.commands.values import ArgumentType, Reading, reading_of
from vestnik.bot.commands.words import Words

__all__ = [
    "ArgumentType",
    "Called",
    "Command",
    "CommandRegistry",
    "Expectation",
    "HelpEntry",
    "Invocation",
    "IsCommand",
    "ProblemKind",
    "Reading",
    "UsageProblem",
    "Words",
    "describe_commands",
    "explain_problem",
    "help_text",
    "is_mentioned",
    "parse_invocation",
    "read_arguments",
    "reading_of",
]

"""The help, made from what the commands say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vestnik.bot.commands.command import Command
from vestnik.bot.commands.words import Words

__all__ = ["HelpEntry", "describe_commands", "help_text"]


@dataclass(frozen=True)
class HelpEntry:
    """What the help tells about one command."""

    usage: str
    description: str
    aliases: tuple[str, ...]
    admin_only: bool


def describe_commands(commands: Iterable[Command], prefix: str = "/") -> list[HelpEntry]:
    """Collect what there is to tell about commands."""
    return [
        HelpEntry(
            command.usage(prefix),
            command.description,
            tuple(prefix + alias for alias in command.aliases),
            command.admin_only,
        )
        for command in commands
    ]


def help_text(entries: Iterable[HelpEntry], words: Words) -> str:
    """Say it in somebody's language; what only admins may use comes last."""
    entries = list(entries)
    if not entries:
        return words.say("help.none")
    everybodys = [entry for entry in entries if not entry.admin_only]
    admins = [entry for entry in entries if entry.admin_only]
    parts = (("help.heading", everybodys), ("help.heading_admin", admins))
    return "\n\n".join(_section(words, key, part) for key, part in parts if part)


def _section(words: Words, key: str, entries: list[HelpEntry]) -> str:
    return "\n".join((words.say(key), *(_one(entry, words) for entry in entries)))


def _one(entry: HelpEntry, words: Words) -> str:
    description = words.translated(entry.description) if entry.description else ""
    line = f"{entry.usage} – {description}" if description else entry.usage
    if not entry.aliases:
        return line
    return f"{line} ({words.say('help.aliases', aliases=', '.join(entry.aliases))})"

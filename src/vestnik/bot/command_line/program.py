"""What a command line is about: a bot, where it comes from, and how it is started."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vestnik.bot.bot import Bot
from vestnik.bot.loading import Target, load_bot

__all__ = ["Program"]


@dataclass(frozen=True)
class Program:
    """A bot that is yet to be loaded.

    Attributes:
        load: Gives the bot, or raises a sentence.
        folder: Where its code lies.
        module: What Python is given: ``-m vestnik bot``, or the file itself.
        target: What comes after the command.
    """

    load: Callable[[], Bot]
    folder: Path
    module: tuple[str, ...]
    target: tuple[str, ...] = ()

    @classmethod
    def of_main(cls, bot: Bot) -> Program:
        """Describe a bot whose file was given to Python."""
        file = Path(sys.argv[0]).absolute()
        return cls(lambda: bot, file.parent, (str(file),))

    @classmethod
    def of_target(cls, text: str) -> Program:
        """Describe a bot that was named on the command line."""
        target = Target(text)
        shown = text
        if target.file is not None:
            attribute = f":{target.attribute}" if target.attribute else ""
            shown = f"{target.file.absolute()}{attribute}"
        return cls(lambda: load_bot(text), target.folder, ("-m", "vestnik", "bot"), (shown,))

    def command(self, name: str, *rest: str) -> list[str]:
        """Return what to execute for one of its commands."""
        return [sys.executable, *self.module, name, *self.target, *rest]

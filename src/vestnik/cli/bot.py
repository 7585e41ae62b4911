"""``vestnik bot``: what `Bot.run` does, for any file or module."""

from __future__ import annotations

from vestnik.bot.command_line import command_line_for_files

__all__ = ["app"]

app = command_line_for_files()

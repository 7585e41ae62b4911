"""``vestnik bot``: what `Bot.run` does, for any file or module, and bots at a gateway."""

from __future__ import annotations

from vestnik.bot.command_line import command_line_for_files
from vestnik.cli.bot_host import app as host

__all__ = ["app"]

app = command_line_for_files()
app.add_typer(host, name="host")

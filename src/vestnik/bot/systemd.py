"""A unit for systemd that keeps a bot running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Unit"]

SECONDS_TO_STOP_THE_CORE = 10.0


@dataclass(frozen=True)
class Unit:
    """What systemd needs to know.

    Attributes:
        name: What the bot is called.
        command: What starts it.
        folder: Where it is started.
        accounts: Where its accounts are; its memory lies beside them.
        user: Whom it belongs to.
        drain_seconds: How long its handlers may take to end.
    """

    name: str
    command: Sequence[str]
    folder: Path
    accounts: Path
    user: str
    drain_seconds: float

    def text(self) -> str:
        """Write the unit, to be put into ``/etc/systemd/system``."""
        return f"""\
[Unit]
Description=Delta Chat bot {_plain(self.name)}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User={_plain(self.user)}
WorkingDirectory={_plain(str(self.folder))}
Environment={_quoted(f"VESTNIK_ACCOUNTS={self.accounts}")}
ExecStart={" ".join(map(_argument, self.command))}
Restart=on-failure
RestartSec=5
# 2 says that the bot or its accounts need a person first; 143 is how it ends by SIGTERM.
RestartPreventExitStatus=2
SuccessExitStatus=143
# Only the bot gets the signal; it lets its handlers finish and ends the core itself.
KillMode=mixed
TimeoutStopSec={self.drain_seconds + SECONDS_TO_STOP_THE_CORE:g}
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={_quoted(str(self.accounts.parent))}

[Install]
WantedBy=multi-user.target
"""


def _plain(text: str) -> str:
    """Let no specifier of systemd be read into the text, and keep it in its line."""
    return " ".join(text.split()).replace("%", "%%")


def _quoted(text: str) -> str:
    escaped = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _argument(text: str) -> str:
    """Quote what ``ExecStart`` would split, and keep it from reading variables."""
    return _quoted(text.replace("$", "$$")) if set(text) & set(" \t\"'\\;$%") else text

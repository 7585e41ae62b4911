"""Writes the events of the core as rows of the table of notify types."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable

from vestnik.chatmail.event_table import EVENT_TABLE

__all__ = ["core_rows", "render_rows"]

_HEAD = '''\
"""The events of the chatmail core as notify types.

scripts/generate_notify_types.py writes this from vestnik.chatmail.event_table; no one edits it.
"""

__all__ = ["CORE_TYPES"]

'''


def core_rows() -> list[tuple[int, str, str]]:
    """Give number, word and meaning of every event, by their numbers."""
    return sorted(
        (facts.number, word_of(kind), facts.meaning) for kind, facts in EVENT_TABLE.items()
    )


def word_of(kind: str) -> str:
    """Spell the kind of an event as published clients expect a type: incoming_msg."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()


def render_rows() -> str:
    """Write the module that holds the rows."""
    rows = "".join(f"    {_literal(row)},\n" for row in core_rows())
    return _formatted(f"{_HEAD}CORE_TYPES: tuple[tuple[int, str, str], ...] = (\n{rows})\n")


def _literal(row: Iterable[object]) -> str:
    return f"({', '.join(json.dumps(value, ensure_ascii=False) for value in row)})"


def _formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"]
    done = subprocess.run(command, input=source, capture_output=True, encoding="utf-8", check=True)
    return done.stdout

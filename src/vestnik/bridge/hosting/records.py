"""What an account's own configuration says of the bot that it is."""

from __future__ import annotations

import msgspec

from vestnik.bridge.model import BotRecord

__all__ = ["RECORD_KEY", "read_record", "write_record"]

RECORD_KEY = "ui.vestnik.bot"


def read_record(text: str) -> BotRecord | None:
    """Read a record; ``None`` if it is none."""
    try:
        return msgspec.json.decode(text, type=BotRecord)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def write_record(record: BotRecord) -> str:
    """Return a record as it is kept."""
    return msgspec.json.encode(record).decode()

"""A notification as a person reads it: a line, and what was written below it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import msgspec

from vestnik.bot.words import Words
from vestnik.wire import Notification
from vestnik.wire.types import name_of

__all__ = ["clean", "moment", "write_notification"]

OLD = 10 * 60 * 1000
"""What happened longer ago is told with its time, in milliseconds."""

_MOST_NAME = 80
_MOST_VALUE = 200
_MOST_TEXT = 600
_MOST_TEXT_LINES = 10
_MOST_FIELDS = 6
_MOST_STARS = 5
_TOLD_BY_THE_HEAD = frozenset(("bot", "message", "text", "content", "rating", "upCount"))
_JOINER = "\u200d"
"""It is not printable, and yet many pictures consist of others by it."""


def write_notification(told: Notification, bot: str, words: Words, now: int) -> str:
    """Write a notification down.

    Args:
        bot: What the resource is called.
        words: The language to write it in.
        now: Milliseconds since 1970.
    """
    fields = _fields(told.payload)
    head = " · ".join(
        (_title(told, bot, words), *_who(told, fields, words), *_facts(told, fields, words))
    )
    if now - told.happened > OLD and (when := moment(told.happened)):
        head = f"[{when}] {head}"
    quote = _first_lines(clean(_text(fields), _MOST_TEXT, lines=True))
    return f"{head}\n“{quote}”" if quote else head


def clean(text: str, most: int, *, lines: bool = False) -> str:
    """Return what others wrote without what moves or hides text, and not too much of it."""
    kept = (
        char if char.isprintable() or char == _JOINER or (lines and char == "\n") else " "
        for char in text[: most + 1]
    )
    cleaned = "".join(kept).strip()
    return cleaned if len(cleaned) <= most else f"{cleaned[: most - 1]}…"


def _first_lines(text: str) -> str:
    lines = text.split("\n")
    return text if len(lines) <= _MOST_TEXT_LINES else "\n".join((*lines[:_MOST_TEXT_LINES], "…"))


def moment(milliseconds: int) -> str:
    """Return a moment as people read it, in UTC; nothing if no calendar has it."""
    try:
        when = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return when.strftime("%Y-%m-%d %H:%M UTC")


def _title(told: Notification, bot: str, words: Words) -> str:
    name = clean(bot, _MOST_NAME)
    found = words.find(f"channel.told.{told.type}", bot=name)
    if found is not None:
        return found
    return f"{name_of(told.type)} · {name}"


def _who(told: Notification, fields: dict[str, object], words: Words) -> Iterator[str]:
    user = clean(_inner(fields, "sender", "name") or told.user, _MOST_NAME)
    if user:
        yield words.say("channel.by", user=user)


def _facts(told: Notification, fields: dict[str, object], words: Words) -> Iterator[str]:
    """Go through what is worth a place in the line."""
    rating = fields.get("rating")
    if isinstance(rating, int) and 1 <= rating <= _MOST_STARS:
        yield "★" * rating + "☆" * (_MOST_STARS - rating)
    ups = fields.get("upCount")
    if isinstance(ups, int | float):
        yield words.say("channel.ups", number=ups)
    plain = ((key, value) for key, value in fields.items() if key not in _TOLD_BY_THE_HEAD)
    shown = 0
    for key, value in plain:
        if shown < _MOST_FIELDS and (spelled := _spelled(value)):
            shown += 1
            yield f"{clean(key, _MOST_NAME)}: {spelled}"


def _spelled(value: object) -> str:
    """Spell a simple value; nothing for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return clean(str(value), _MOST_VALUE)
    return ""


def _text(fields: dict[str, object]) -> str:
    """Find what somebody wrote: a review, a greeting, a message."""
    for found in (fields.get("content"), _inner(fields, "text"), fields.get("text")):
        if isinstance(found, str) and found:
            return found
    return ""


def _inner(fields: dict[str, object], *path: str) -> str:
    """Find a text in the message that a notification is about."""
    found = fields.get("message")
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _fields(payload: msgspec.Raw) -> dict[str, object]:
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

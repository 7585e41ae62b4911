"""How long a payload may be: any WebSocket client takes messages of 64 KiB, unless told not to."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["LONGEST_FIELD", "LONGEST_NAME", "LONGEST_QUOTE", "MOST_PAYLOAD", "cut", "fit", "size"]

MOST_PAYLOAD = 48 * 1024
"""Bytes of the longest payload; what a frame adds to it stays far below 16 KiB."""

LONGEST_NAME, LONGEST_QUOTE = 300, 1000
"""Characters of any name and of a quote; all of a message's together are less than a payload."""

LONGEST_FIELD = 4096
"""Bytes of a field in a payload that is too long as a whole."""

_encoder = msgspec.json.Encoder()


def size(value: object) -> int:
    """Return how many bytes something takes as JSON."""
    return len(_encoder.encode(value))


def cut(text: str, most: int) -> str:
    """Return as much of a text as takes at most so many bytes as JSON, its quotes included."""
    fits, too_long = 0, min(len(text), max(most, 0)) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if size(text[:middle]) <= most:
            fits = middle
        else:
            too_long = middle
    return text[:fits]


def fit(fields: Mapping[str, object], most: int) -> dict[str, object]:
    """Shorten the fields of a payload that is too long, which is marked by ``isCut``.

    Texts are cut, and what is no text and long is left out; if that does not help, because there
    are too many fields, only the kind stays.
    """
    short: dict[str, object] = {}
    for name, value in fields.items():
        if size(value) <= LONGEST_FIELD:
            short[name] = value
        elif isinstance(value, str):
            short[name] = cut(value, LONGEST_FIELD)
    short["isCut"] = True
    return short if size(short) <= most else {"kind": short.get("kind", ""), "isCut": True}

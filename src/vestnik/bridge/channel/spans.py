"""How long something lasts, as people write it: ``90m``, ``2h``, ``1d``, ``1w``, ``forever``."""

from __future__ import annotations

import re

__all__ = ["LONGEST", "read_span"]

LONGEST = 10 * 365 * 24 * 60 * 60 * 1000
"""Longer than that is for ever, in milliseconds."""

_WRITTEN = re.compile(r"([0-9]{1,6}) ?([^\W\d_]{1,7})\.?")
_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_UNITS = {
    **dict.fromkeys(("s", "sec", "с", "сек"), _SECOND),
    **dict.fromkeys(("m", "min", "м", "мин"), _MINUTE),
    **dict.fromkeys(("h", "hour", "hours", "ч", "час", "часа", "часов"), _HOUR),
    **dict.fromkeys(("d", "day", "days", "д", "день", "дня", "дней"), _DAY),
    **dict.fromkeys(("w", "week", "weeks", "н", "нед"), 7 * _DAY),
}
_FOREVER = frozenset(("forever", "навсегда"))


def read_span(text: str) -> int | None:
    """Return milliseconds; ``None`` is for ever.

    Raises:
        ValueError: It is no span of time.
    """
    bare = text.strip().casefold()
    if bare in _FOREVER:
        return None
    found = _WRITTEN.fullmatch(bare)
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None or int(found[1]) == 0:
        raise ValueError(text)
    span = int(found[1]) * unit
    return span if span <= LONGEST else None

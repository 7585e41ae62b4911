"""Which mailboxes a LIST pattern means (RFC 3501 6.3.8). Pure."""

from __future__ import annotations

__all__ = ["DELIMITER", "matches"]

DELIMITER = "/"


def matches(pattern: str, name: str) -> bool:
    """Say whether the name fits: ``*`` is anything, ``%`` anything within one level.

    It follows all ways at once, so that no pattern takes more than length times length.
    """
    places = {0}
    for wanted in pattern:
        if wanted in "*%":
            places = _spread(places, name, wanted)
        else:
            places = {at + 1 for at in places if name[at : at + 1] == wanted}
    return len(name) in places


def _spread(places: set[int], name: str, wildcard: str) -> set[int]:
    reached: set[int] = set()
    for at in range(len(name) + 1):
        crosses = at > 0 and at - 1 in reached and (wildcard == "*" or name[at - 1] != DELIMITER)
        if at in places or crosses:
            reached.add(at)
    return reached

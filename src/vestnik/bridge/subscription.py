"""Which of the things that happen to a bot its program is told of.

What can be subscribed to are the kinds of the core's events, and one part of a kind, `EDITS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from vestnik.errors import BadRequest
from vestnik.wire import NOTIFY_TYPES

__all__ = ["ALL_EVENTS", "DEFAULT_EVENTS", "DEFAULT_REASONS", "EDITS", "NUMBERS", "check_events"]

_FIRST_CORE_TYPE = 100


def _kind(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


# By way of the notify types: the core's own table would bring the whole client of it along.
NUMBERS: Mapping[str, int] = MappingProxyType(
    {_kind(row.name): number for number, row in NOTIFY_TYPES.items() if number >= _FIRST_CORE_TYPE}
)
"""The number of each kind of event, which is the type of its notifications."""

EDITS = "MsgsChanged:edited"
"""Of the kind ``MsgsChanged`` only what tells that somebody else has edited a message."""

DEFAULT_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "IncomingMsg": "What a bot is there for.",
        "IncomingReaction": "Somebody answers the bot with an emoji.",
        EDITS: "The question is another one now; all else of the kind is noise of own messages.",
        "MsgDeleted": "What the bot remembers of a message is to be forgotten.",
        "MsgFailed": "Somebody will never read what the bot said.",
        "SecurejoinInviterProgress": "Somebody has come by the bot's code and can be greeted.",
        "ChatModified": "A chat has other members or another name.",
        "ChatDeleted": "What the bot remembers of a chat is to be forgotten.",
        "WebxdcStatusUpdate": "Somebody has used an app that the bot runs.",
        "IncomingWebxdcNotify": "An app calls for the bot.",
        "IncomingCall": "Somebody calls, and hears ringing until the bot does something.",
        "CallEnded": "The one who called has hung up.",
        "ErrorSelfNotInGroup": "The bot wanted to do something in a group that it is not in.",
    }
)
"""What a bot is told of if nobody says otherwise, and why."""

ALL_EVENTS = tuple(NUMBERS)
"""Everything that can happen."""

_PLACES = {name: place for place, name in enumerate((*ALL_EVENTS, EDITS))}

DEFAULT_EVENTS = tuple(sorted(DEFAULT_REASONS, key=_PLACES.__getitem__))
"""What a bot is told of if nobody says otherwise."""

_WORDS = {"default": DEFAULT_EVENTS, "all": ALL_EVENTS}
_BY_PLAIN = {name.lower(): name for name in (*_PLACES, *_WORDS)}


def check_events(names: Iterable[str]) -> tuple[str, ...]:
    """Return what is meant, each kind once and in one order; nothing at all is fine, too.

    Args:
        names: Kinds of events, or the words ``default`` and ``all``.

    Raises:
        BadRequest: There is no such kind; the sentence says which one may be meant.
    """
    chosen: set[str] = set()
    for name in names:
        chosen.update(_meant(name))
    if "MsgsChanged" in chosen:
        chosen.discard(EDITS)
    return tuple(sorted(chosen, key=_PLACES.__getitem__))


def _meant(name: str) -> tuple[str, ...]:
    if name in _PLACES:
        return (name,)
    if name in _WORDS:
        return _WORDS[name]
    plain = name.replace("_", "").strip().lower()
    nearest = difflib.get_close_matches(plain, _BY_PLAIN, n=1, cutoff=0.5)
    hint = f"did you mean {_BY_PLAIN[nearest[0]]!r}?" if nearest else "try 'default' or 'all'."
    raise BadRequest(f"There is no kind of event {name[:50]!r}: {hint}")

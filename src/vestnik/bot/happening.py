"""What can happen to a bot, by name: for each there is an observer, ``on_<name>``."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Happening"]


class Happening(StrEnum):
    """A kind of thing that happens; every class of contexts says which it is of."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETE = "delete"
    REACTION = "reaction"
    MEMBER_CHANGE = "member_change"
    JOIN = "join"
    CALL = "call"
    WEBXDC_UPDATE = "webxdc_update"
    WEBXDC_NOTIFICATION = "webxdc_notification"
    LOCATION = "location"
    FAILURE = "failure"
    EVENT = "event"
    ERROR = "error"
    STARTUP = "startup"
    SHUTDOWN = "shutdown"

    @property
    def is_for_all(self) -> bool:
        """Whether every handler that matches is told, instead of the first: nobody answers it."""
        return self in _FOR_ALL


_FOR_ALL = frozenset({Happening.EVENT, Happening.STARTUP, Happening.SHUTDOWN})

"""Where in the stream a client is, pure: what it has, and what it may still ask for."""

from __future__ import annotations

from vestnik.wire import Notify, Position

__all__ = ["Place"]


class Place:
    """What a client knows of its place, over all its connections.

    Args:
        after: The place to go on from, known from an earlier run.

    Attributes:
        last: All up to here has come, or is lost; ``None`` if the server knows no places.
    """

    def __init__(self, after: Position | None = None) -> None:
        self.last = after
        self._seen = after
        self._no_way_on_from: Position | None = None
        self._last_before: Position | None = None
        self._asked_for_rest_of: Position | None = None

    def move_to(self, place: Position) -> None:
        """Go on from where the server says that we are."""
        if self._seen is not None and self._seen.epoch != place.epoch:
            self._seen = None
        self.last = self._asked_for_rest_of = place

    def note(self, place: Position) -> None:
        """Take note of what has come."""
        self.last = self._seen = place

    def is_old(self, place: Position | None) -> bool:
        """Whether what stands there has come before."""
        seen = self._seen
        return (
            place is not None
            and seen is not None
            and place.epoch == seen.epoch
            and place.offset <= seen.offset
        )

    def is_next(self, notify: Notify) -> bool:
        """Whether a notification, with what was left out before it, follows what has come."""
        place, last = notify.position, self.last
        if place is None or last is None:
            return True
        return place == Position(last.epoch, last.offset + notify.missed + 1)

    def to_catch_up_from(self) -> Position | None:
        """Return the place to ask from for what was left out, if there is hope to get it."""
        return None if self.last == self._no_way_on_from else self.last

    def give_up(self) -> None:
        """Take note that the server has not got what follows."""
        self._no_way_on_from = self.last

    def to_ask_for_rest(self) -> Position | None:
        """Return where to ask from for the end of the stream, once since it became quiet.

        It is quiet if nothing has come since the last call. Who has read too slowly is told of it
        by the next notification, which may be long in coming.
        """
        last, before, self._last_before = self.last, self._last_before, self.last
        if last != before or last == self._asked_for_rest_of:
            return None
        self._asked_for_rest_of = last
        return last

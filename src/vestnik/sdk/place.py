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
        self._left_out_before: Position | None = None
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
        """Whether a notification, with what was left out before it, follows what has come.

        So does whatever comes again from before the one that told of the loss: to who hears of one
        resource only, offsets jump over what happened to others.
        """
        place, last, before = notify.position, self.last, self._left_out_before
        if place is None or last is None:
            return True
        if before is not None and place.epoch == before.epoch and place.offset <= before.offset:
            return True
        return place == Position(last.epoch, last.offset + notify.missed + 1)

    def to_catch_up_from(self, told_at: Position) -> Position | None:
        """Return the place to ask from for what was left out, if there is hope to get it.

        Args:
            told_at: Before which it was left out.
        """
        self._left_out_before = told_at
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

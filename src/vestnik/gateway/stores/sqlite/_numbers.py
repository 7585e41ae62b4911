"""The numbers that come next, so that no append has to ask for them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select, text

from vestnik.gateway.stores._draft import Draft
from vestnik.gateway.stores._epoch import new_epoch
from vestnik.gateway.stores.sqlite._json import fetch
from vestnik.gateway.stores.sqlite.tables import meta, notifications, streams
from vestnik.ids import OwnerId

__all__ = ["NewStream", "Numbers", "make_epoch"]


class NewStream(NamedTuple):
    """A stream that begins."""

    id: int
    owner: OwnerId


class _Stream(msgspec.Struct, array_like=True):
    id: int
    owner: OwnerId
    end: int


_streams = msgspec.json.Decoder(list[_Stream])
_end = func.coalesce(
    select(func.max(notifications.c.offset))
    .where(notifications.c.stream == streams.c.id)
    .scalar_subquery(),
    streams.c.floor,
)
_all_streams = select(streams.c.id, streams.c.owner, _end.label("end"))
_last_attempt = text("SELECT seq FROM sqlite_sequence WHERE name = 'attempts'")


class Numbers:
    """Where the streams end and which attempt was the last.

    Only the writer's thread changes it, and only after a commit; any thread may look.
    """

    def __init__(self, connection: Connection) -> None:
        self.epoch = connection.execute(select(meta.c.value)).scalar_one()
        self.last_attempt: int = connection.execute(_last_attempt).scalar() or 0
        found = fetch(connection, _all_streams, _streams)
        self._ends = {stream.owner: stream.end for stream in found}
        self._ids = {stream.owner: stream.id for stream in found}

    def end_of(self, owner: OwnerId) -> int:
        """Return where a stream ends; 0 if there is none."""
        return self._ends.get(owner, 0)

    def stream_of(self, owner: OwnerId) -> int | None:
        """Return the number of a stream, if there is one."""
        return self._ids.get(owner)

    def new_streams(self, draft: Draft) -> list[NewStream]:
        """Number the streams that a draft begins."""
        owners = [owner for owner in draft.ends if owner not in self._ids]
        return [NewStream(len(self._ids) + 1 + i, owner) for i, owner in enumerate(owners)]

    def note(self, draft: Draft, begun: list[NewStream]) -> None:
        """Take over what was committed."""
        self._ids.update((stream.owner, stream.id) for stream in begun)
        self._ends.update(draft.ends)
        self.last_attempt = draft.last_id


def make_epoch(connection: Connection) -> None:
    """Give a new file its epoch."""
    if connection.execute(select(meta.c.value)).scalar() is None:
        connection.execute(meta.insert(), {"name": "epoch", "value": new_epoch()})

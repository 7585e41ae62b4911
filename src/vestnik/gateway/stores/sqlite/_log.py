"""The streams of notifications."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, insert, literal, select

from vestnik.clock import Clock
from vestnik.gateway.model import Appended, AttemptKind, AttemptState, Batch, Finished, Page, Stored
from vestnik.gateway.stores._draft import OVERFLOWED, Draft, Span
from vestnik.gateway.stores._rules import milliseconds
from vestnik.gateway.stores.sqlite import _rows
from vestnik.gateway.stores.sqlite._json import GIVEN, encoded, execute_rows, fetch, given
from vestnik.gateway.stores.sqlite._numbers import NewStream, Numbers
from vestnik.gateway.stores.sqlite._threads import Threads
from vestnik.gateway.stores.sqlite.tables import attempts, keys, notifications, streams
from vestnik.ids import DeliveryId, OwnerId
from vestnik.wire import Position

__all__ = ["Log", "read_span"]

READ_TOGETHER = 2_000
"""Rows that come out of one statement at most."""


class _KeyRow(msgspec.Struct, array_like=True):
    key: str
    spans: str


_places = msgspec.json.Decoder(list[_rows.PlaceRow])
_key_rows = msgspec.json.Decoder(list[_KeyRow])
_spans = msgspec.json.Decoder(list[Span])

_add_streams = insert(streams).from_select(
    ["id", "owner", "floor"], select(given(0), given(1), literal(0))
)
_add_notifications = insert(notifications).from_select(
    ["stream", "offset", "body", "stored"],
    select(given(0), given(1), given(2), bindparam("now")),
)
_add_attempts = insert(attempts).from_select(
    ["id", "webhook", "owner", "offset", "state", "outcome", "kind", "number", "planned", "due"],
    select(
        *(given(place) for place in range(6)),
        literal(str(AttemptKind.FIRST)),
        literal(1),
        bindparam("now"),
        literal(0),
    ),
)
_add_keys = insert(keys).from_select(
    ["key", "spans", "created"],
    select(given(0), given(1), bindparam("now")),
)
_known_keys = select(keys.c.key, keys.c.spans).where(
    keys.c.key.in_(select(GIVEN.c.value).scalar_subquery())
)
_kept = (
    select(notifications.c.offset, notifications.c.body)
    .join_from(streams, notifications, notifications.c.stream == streams.c.id)
    .where(
        streams.c.owner == bindparam("owner"),
        notifications.c.offset > streams.c.floor,
        notifications.c.offset > bindparam("after"),
        notifications.c.offset <= bindparam("up_to"),
    )
    .order_by(notifications.c.offset)
    .limit(bindparam("most"))
)
_floor = select(streams.c.floor).where(streams.c.owner == bindparam("owner"))
_overflowed = _rows.outcome_of(
    Finished(id=DeliveryId(0), state=AttemptState.SKIPPED, error=OVERFLOWED)
)


class Log:
    """The log of a `SqliteStore`."""

    def __init__(self, writer: Threads, readers: Threads, numbers: Numbers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._numbers = numbers
        self._clock = clock

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        """Store batches in one commit, with the attempts that their webhooks will get."""
        return await self._writer.do(lambda connection: self._append(connection, batches))

    async def position(self, owner: OwnerId) -> Position:
        """Return where the owner's stream ends now."""
        return Position(self._numbers.epoch, self._numbers.end_of(owner))

    async def read(self, owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        """Return at most `limit` notifications after an offset, up to and with another one."""
        last = self._numbers.end_of(owner) if up_to is None else up_to

        def work(connection: Connection) -> Page:
            floor = connection.execute(_floor, {"owner": owner}).scalar() or 0
            found = read_span(connection, Span(owner, after + 1, last), limit)
            return Page(tuple(found), floor)

        return await self._readers.transact(work)

    def _append(self, connection: Connection, batches: Sequence[Batch]) -> Sequence[Appended]:
        numbers = self._numbers
        with connection.begin():
            known = _known(connection, [batch.key for batch in batches if batch.key is not None])
            draft = Draft(numbers.end_of, numbers.last_attempt, known)
            appended = [draft.add(batch) for batch in batches]
            begun = numbers.new_streams(draft)
            self._write(connection, draft, begun)
        numbers.note(draft, begun)
        return appended

    def _write(self, connection: Connection, draft: Draft, begun: list[NewStream]) -> None:
        now = milliseconds(self._clock)
        execute_rows(connection, _add_streams, begun)
        new = {stream.owner: stream.id for stream in begun}
        stream_of = self._numbers.stream_of
        ids = {owner: new.get(owner) or stream_of(owner) for owner in draft.ends}
        stored = (
            (ids[one.owner], one.offset, _rows.body_of(one.notification)) for one in draft.stored
        )
        execute_rows(connection, _add_notifications, stored, now=now)
        planned, skipped = AttemptState.PLANNED, AttemptState.SKIPPED
        made = [(a.id, a.webhook, a.owner, a.offset, planned, None) for a in draft.planned]
        left = [
            (a.id, a.webhook, a.owner, a.offset, skipped, _overflowed) for a in draft.overflowed
        ]
        execute_rows(connection, _add_attempts, [*made, *left], now=now)
        said = ((key, encoded(spans)) for key, spans in draft.keys.items())
        execute_rows(connection, _add_keys, said, now=now)


def read_span(connection: Connection, span: Span, limit: int) -> list[Stored]:
    """Return what the log still has of some notifications, `limit` at most."""
    found: list[Stored] = []
    after = span.first - 1
    while (most := min(limit - len(found), READ_TOGETHER)) > 0:
        place = {"owner": span.owner, "after": after, "up_to": span.last, "most": most}
        rows = fetch(connection, _kept, _places, **place)
        found += [_rows.stored_of(span.owner, row) for row in rows]
        if len(rows) < most:
            break
        after = rows[-1].offset
    return found


def _known(connection: Connection, wanted: list[str]) -> dict[str, tuple[Stored, ...]]:
    """Look up the keys of batches, and what is left of what was stored under them."""
    if not wanted:
        return {}
    rows = fetch(connection, _known_keys, _key_rows, rows=encoded(wanted))
    return {row.key: _still_there(connection, row.spans) for row in rows}


def _still_there(connection: Connection, spans: str) -> tuple[Stored, ...]:
    return tuple(
        stored
        for span in _spans.decode(spans)
        for stored in read_span(connection, span, span.last - span.first + 1)
    )

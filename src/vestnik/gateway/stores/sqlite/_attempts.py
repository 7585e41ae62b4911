"""The attempts to deliver."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, insert, literal_column, select, update

from vestnik.gateway.model import Attempt, AttemptKind, AttemptState, Finished, Planned
from vestnik.gateway.stores._rules import GONE, INTERRUPTED, OPEN, UNMADE_TEST
from vestnik.gateway.stores.sqlite import _rows
from vestnik.gateway.stores.sqlite._json import (
    GIVEN,
    encoded,
    execute_rows,
    fetch,
    given,
)
from vestnik.gateway.stores.sqlite._numbers import Numbers
from vestnik.gateway.stores.sqlite._threads import Threads
from vestnik.gateway.stores.sqlite.tables import IS_OPEN, attempts, notifications, streams
from vestnik.ids import DeliveryId, OwnerId, WebhookId

__all__ = ["Attempts"]

RECOVERED_TOGETHER = 5_000

_IS_PLANNED = attempts.c.state == literal_column(f"'{OPEN[0]}'")

_begin = (
    update(attempts)
    .where(attempts.c.id.in_(select(GIVEN.c.value).scalar_subquery()), _IS_PLANNED)
    .values(state=str(AttemptState.BEGUN), begun=bindparam("now"))
)
_finish = (
    update(attempts)
    .where(attempts.c.id == given(0), IS_OPEN)
    .values(state=given(1), outcome=given(2))
)
_add = insert(attempts)
_columns = [attempts.c[name] for name in _rows.AttemptRow.__struct_fields__]
_one = select(*_columns).where(attempts.c.id == bindparam("id"))
_latest = (
    select(*_columns)
    .where(attempts.c.webhook == bindparam("webhook"), attempts.c.id < bindparam("before"))
    .order_by(attempts.c.id.desc())
    .limit(bindparam("most"))
)
_open = (
    select(*_columns, notifications.c.body)
    .select_from(attempts)
    .outerjoin(streams, streams.c.owner == attempts.c.owner)
    .outerjoin(
        notifications,
        (notifications.c.stream == streams.c.id)
        & (notifications.c.offset == attempts.c.offset)
        & (notifications.c.offset > streams.c.floor),
    )
    .where(IS_OPEN, attempts.c.id > bindparam("after"))
    .order_by(attempts.c.id)
    .limit(RECOVERED_TOGETHER)
)
HIGHEST = 2**63 - 1


class _OpenRow(_rows.AttemptRow, array_like=True, gc=False):
    body: str | None


_attempt_rows = msgspec.json.Decoder(list[_rows.AttemptRow])
_open_rows = msgspec.json.Decoder(list[_OpenRow])


class Attempts:
    """The attempts of a `SqliteStore`."""

    def __init__(self, writer: Threads, readers: Threads, numbers: Numbers) -> None:
        self._writer = writer
        self._readers = readers
        self._numbers = numbers

    async def record(
        self, begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        """Write down in one commit what begins now and what has ended."""

        def work(connection: Connection) -> None:
            if begun:
                connection.execute(_begin, {"rows": encoded(begun), "now": now})
            _write_ends(connection, finished)

        if begun or finished:
            await self._writer.transact(work)

    async def plan(
        self,
        webhook: WebhookId,
        owner: OwnerId,
        kind: AttemptKind,
        now: int,
        *,
        offset: int | None = None,
        number: int = 1,
        due: int = 0,
    ) -> Attempt:
        """Add one more attempt: a retry, a re-send by hand, or a test (without an offset)."""
        row: dict[str, object] = {"webhook": webhook, "owner": owner, "offset": offset}
        row |= {"kind": str(kind), "state": str(AttemptState.PLANNED)}
        row |= {"number": number, "planned": now, "due": due}
        return await self._writer.do(lambda connection: self._plan(connection, row))

    async def recover(self, now: int) -> Sequence[Planned]:
        """Return all that is planned, oldest first, once at the start."""
        return await self._writer.transact(_recover)

    async def get(self, id: DeliveryId) -> Attempt | None:
        """Return one attempt."""
        return await self._readers.transact(lambda connection: _get(connection, id))

    async def latest(
        self, webhook: WebhookId, limit: int, before: DeliveryId | None = None
    ) -> Sequence[Attempt]:
        """Return a webhook's attempts, the newest first."""
        asked = {"webhook": webhook, "most": max(limit, 0)}
        asked["before"] = HIGHEST if before is None else before
        rows = await self._readers.transact(
            lambda connection: fetch(connection, _latest, _attempt_rows, **asked)
        )
        return [_rows.attempt_of(row) for row in rows]

    def _plan(self, connection: Connection, row: dict[str, object]) -> Attempt:
        id = DeliveryId(self._numbers.last_attempt + 1)
        with connection.begin():
            connection.execute(_add, {"id": id, **row})
            planned = _get(connection, id)
        assert planned is not None
        self._numbers.last_attempt = id
        return planned


def _get(connection: Connection, id: DeliveryId) -> Attempt | None:
    rows = fetch(connection, _one, _attempt_rows, id=id)
    return _rows.attempt_of(rows[0]) if rows else None


def _write_ends(connection: Connection, ends: Sequence[Finished]) -> None:
    rows = ((end.id, end.state, _rows.outcome_of(end)) for end in ends)
    execute_rows(connection, _finish, rows)


def _recover(connection: Connection) -> list[Planned]:
    planned: list[Planned] = []
    after = 0
    while rows := fetch(connection, _open, _open_rows, after=after):
        planned += [_planned(row) for row in rows if _why_not(row) is None]
        _write_ends(connection, [end for row in rows if (end := _why_not(row))])
        after = rows[-1].id
    return planned


def _why_not(row: _OpenRow) -> Finished | None:
    """Say how an open attempt ends that will not be made."""
    if row.state is AttemptState.BEGUN:
        return Finished(id=row.id, state=AttemptState.INTERRUPTED, error=INTERRUPTED)
    if row.offset is None:
        return Finished(id=row.id, state=AttemptState.SKIPPED, error=UNMADE_TEST)
    if row.body is None:
        return Finished(id=row.id, state=AttemptState.SKIPPED, error=GONE)
    return None


def _planned(row: _OpenRow) -> Planned:
    assert row.offset is not None
    assert row.body is not None
    return Planned(
        row.id,
        row.webhook,
        row.owner,
        row.offset,
        _rows.notification_of(row.body),
        row.number,
        row.due,
    )

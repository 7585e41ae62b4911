"""Owners, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Executable, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from vestnik.errors import StoreFailed
from vestnik.gateway.model import Owner, Record, RecordId, Resource, Token, Webhook
from vestnik.gateway.stores._rules import KINDS, no_such_owner
from vestnik.gateway.stores.sqlite._numbers import Numbers
from vestnik.gateway.stores.sqlite._threads import Threads
from vestnik.gateway.stores.sqlite.tables import (
    attempts,
    belongings,
    notifications,
    owners,
    streams,
)
from vestnik.ids import OwnerId, WebhookId

__all__ = ["Settings"]

FORGOTTEN_TOGETHER = 5_000
"""Rows that one transaction deletes at most, so that no append waits for long."""

_KIND_NAMES: dict[type[Record], str] = {
    kind: kind.__name__.lower() for kind in (Resource, Token, Webhook)
}
_KINDS_BY_NAME: dict[str, type[Record]] = {name: kind for kind, name in _KIND_NAMES.items()}

_put_owner = insert(owners)
_put_owner = _put_owner.on_conflict_do_update(set_={"body": _put_owner.excluded.body})
_put = insert(belongings)
_put = _put.on_conflict_do_update(set_={"owner": _put.excluded.owner, "body": _put.excluded.body})
_owner = select(owners.c.id).where(owners.c.id == bindparam("owner"))
_webhooks = select(belongings.c.id).where(
    belongings.c.kind == "webhook", belongings.c.owner == bindparam("owner")
)
_drop_owner = delete(owners).where(owners.c.id == bindparam("owner"))
_drop = delete(belongings).where(
    belongings.c.kind == bindparam("of_kind"), belongings.c.id == bindparam("of_id")
)
_close_stream = (
    update(streams).where(streams.c.owner == bindparam("of")).values(floor=bindparam("end"))
)
_stream = select(streams.c.id).where(streams.c.owner == bindparam("owner")).scalar_subquery()
_some_notifications = delete(notifications).where(
    notifications.c.id.in_(
        select(notifications.c.id)
        .where(notifications.c.stream == _stream, notifications.c.offset <= bindparam("end"))
        .limit(FORGOTTEN_TOGETHER)
        .scalar_subquery()
    )
)
_some_attempts = delete(attempts).where(
    attempts.c.id.in_(
        select(attempts.c.id)
        .where(attempts.c.webhook == bindparam("webhook"))
        .limit(FORGOTTEN_TOGETHER)
        .scalar_subquery()
    )
)


class Settings:
    """The settings of a `SqliteStore`."""

    def __init__(self, writer: Threads, readers: Threads, numbers: Numbers) -> None:
        self._writer = writer
        self._readers = readers
        self._numbers = numbers

    async def load(self) -> Sequence[Record]:
        """Return everything, owners first, then resources, then the others."""
        records = await self._readers.transact(_load)
        return sorted(records, key=lambda record: (KINDS.index(type(record)), record.id))

    async def save(self, *records: Record) -> None:
        """Add records or replace those of the same kind and id; all of them or none.

        Raises:
            StoreFailed: One of them belongs to an owner who is not there, or the file fails.
        """
        await self._writer.transact(lambda connection: _save(connection, records))

    async def delete(self, *ids: tuple[type[Record], RecordId]) -> None:
        """Forget records, all or none; what is not there is no error.

        With a webhook go its attempts, with an owner all that is his, his notifications, too. His
        stream goes on where it was, should he come back: an offset never means two things.
        """
        gone = await self._writer.transact(lambda connection: self._delete(connection, ids))
        for owner, end in gone.streams.items():
            await self._forget(_some_notifications, {"owner": owner, "end": end})
        for webhook in gone.webhooks:
            await self._forget(_some_attempts, {"webhook": webhook})

    def _delete(
        self, connection: Connection, ids: Sequence[tuple[type[Record], RecordId]]
    ) -> _Gone:
        gone = _Gone()
        for kind, id in ids:
            if kind is Owner:
                owner = OwnerId(id)
                gone.webhooks += connection.execute(_webhooks, {"owner": owner}).scalars()
                if connection.execute(_drop_owner, {"owner": owner}).rowcount:
                    gone.streams[owner] = end = self._numbers.end_of(owner)
                    connection.execute(_close_stream, {"of": owner, "end": end})
            else:
                connection.execute(_drop, {"of_kind": _KIND_NAMES[kind], "of_id": id})
                if kind is Webhook:
                    gone.webhooks.append(WebhookId(id))
        return gone

    async def _forget(self, some: Executable, whose: dict[str, object]) -> None:
        """Delete in pieces what nobody can see any more."""
        while await self._writer.transact(
            lambda connection: connection.execute(some, whose).rowcount
        ):
            pass


class _Gone:
    """What is left to be cleared away."""

    def __init__(self) -> None:
        self.streams: dict[OwnerId, int] = {}
        self.webhooks: list[WebhookId] = []


def _load(connection: Connection) -> list[Record]:
    records: list[Record] = [
        msgspec.json.decode(body, type=Owner)
        for body in connection.execute(select(owners.c.body)).scalars()
    ]
    for kind, body in connection.execute(select(belongings.c.kind, belongings.c.body)):
        records.append(msgspec.json.decode(body, type=_KINDS_BY_NAME[kind]))
    return records


def _save(connection: Connection, records: Sequence[Record]) -> None:
    for record in records:
        body = msgspec.json.encode(record)
        if isinstance(record, Owner):
            connection.execute(_put_owner, {"id": record.id, "body": body})
            continue
        if record.owner is not None:
            _require(connection, record, record.owner)
        kind = _KIND_NAMES[type(record)]
        row = {"kind": kind, "id": record.id, "owner": record.owner, "body": body}
        connection.execute(_put, row)


def _require(connection: Connection, record: Record, owner: OwnerId) -> None:
    if connection.execute(_owner, {"owner": owner}).scalar() is None:
        raise StoreFailed(no_such_owner(record, owner))

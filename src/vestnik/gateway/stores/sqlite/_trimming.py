"""Forgetting what is too old or too much, in pieces that nobody has to wait for."""

from __future__ import annotations

from functools import partial

import msgspec
from sqlalchemy import (
    Connection,
    Executable,
    Select,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from vestnik.gateway.model import Retention
from vestnik.gateway.stores._rules import KEY_MILLISECONDS
from vestnik.gateway.stores.sqlite._json import GIVEN, encoded, fetch, given
from vestnik.gateway.stores.sqlite._threads import Threads
from vestnik.gateway.stores.sqlite.tables import IS_OPEN, attempts, keys, notifications, streams

__all__ = ["trim"]

TOGETHER = 5_000
"""Rows that one transaction deletes about at most."""

TOGETHER_BY_SIZE = 1_000
"""The same where more than needed would be lost."""


class _Cut(msgspec.Struct, array_like=True):
    """Up to where a stream goes, and when the last of that was stored."""

    stream: int
    offset: int
    stored: int


_cuts = msgspec.json.Decoder(list[_Cut])


def _cut_of(oldest: Select[tuple[int, int, int]]) -> Select[tuple[int, int, int]]:
    rows = oldest.subquery()
    return select(rows.c.stream, func.max(rows.c.offset), func.max(rows.c.stored)).group_by(
        rows.c.stream
    )


_columns = (notifications.c.stream, notifications.c.offset, notifications.c.stored)
_too_old = _cut_of(
    select(*_columns)
    .where(notifications.c.stored < bindparam("since"))
    .order_by(notifications.c.stored)
    .limit(TOGETHER)
)
_oldest = _cut_of(select(*_columns).order_by(notifications.c.id).limit(TOGETHER_BY_SIZE))
_size = text(
    "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
# Whatever stands before an old one in its stream goes, too: a stream has no holes.
_old = notifications.alias("old")
_cut_notifications = delete(notifications).where(
    notifications.c.id.in_(
        select(_old.c.id)
        .join_from(GIVEN, _old, (_old.c.stream == given(0)) & (_old.c.offset <= given(1)))
        .scalar_subquery()
    )
)
_raise_floors = (
    update(streams)
    .where(streams.c.id == given(0))
    .values(floor=func.max(streams.c.floor, given(1)))
)
_cut_attempts = delete(attempts).where(
    attempts.c.id.in_(
        select(attempts.c.id)
        .where(
            attempts.c.planned < bindparam("since"),
            ~IS_OPEN,
        )
        .order_by(attempts.c.planned)
        .limit(TOGETHER)
        .scalar_subquery()
    )
)
_cut_keys = delete(keys).where(
    keys.c.key.in_(
        select(keys.c.key)
        .where(keys.c.created < bindparam("since"))
        .limit(TOGETHER)
        .scalar_subquery()
    )
)


async def trim(writer: Threads, retention: Retention, now: int) -> int:
    """Forget in transactions of a few thousand rows, and return how many notifications went."""
    count = 0
    since = retention.log_since
    while gone := await writer.transact(lambda connection: _trim_age(connection, since)):
        count += gone
    if (most := retention.most_bytes) is not None:
        count += await _trim_to(writer, most)
    await _forget(writer, _cut_attempts, retention.attempts_since)
    await _forget(writer, _cut_keys, now - KEY_MILLISECONDS)
    return count


async def _forget(writer: Threads, some: Executable, since: int) -> None:
    while await writer.transact(lambda connection: _delete(connection, some, since)):
        pass


async def _trim_to(writer: Threads, most_bytes: int) -> int:
    count = 0
    while cuts := await writer.transact(
        lambda connection: _oldest_if_above(connection, most_bytes)
    ):
        # With the notifications go all the attempts of their time, however many that are: or the
        # log would have to make room for attempts.
        await _forget(writer, _cut_attempts, max(cut.stored for cut in cuts) + 1)
        count += await writer.transact(partial(_cut, cuts=cuts))
    return count


def _trim_age(connection: Connection, since: int) -> int:
    return _cut(connection, fetch(connection, _too_old, _cuts, since=since))


def _oldest_if_above(connection: Connection, most_bytes: int) -> list[_Cut]:
    if connection.execute(_size).scalar_one() <= most_bytes:
        return []
    return fetch(connection, _oldest, _cuts)


def _cut(connection: Connection, cuts: list[_Cut]) -> int:
    if not cuts:
        return 0
    rows = {"rows": encoded(cuts)}
    connection.execute(_raise_floors, rows)
    return connection.execute(_cut_notifications, rows).rowcount


def _delete(connection: Connection, some: Executable, since: int) -> int:
    return connection.execute(some, {"since": since}).rowcount

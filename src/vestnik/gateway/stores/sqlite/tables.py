"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)

__all__ = [
    "IS_OPEN",
    "attempts",
    "belongings",
    "keys",
    "meta",
    "metadata",
    "notifications",
    "owners",
    "streams",
]

metadata = MetaData(naming_convention={"ix": "%(table_name)s_by_%(column_0_name)s"})

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What there is one of: the epoch."""

owners = Table(
    "owners",
    metadata,
    Column("id", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

belongings = Table(
    "belongings",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("owner", Text, ForeignKey("owners.id", ondelete="CASCADE"), index=True),
    Column("body", LargeBinary, nullable=False),
)
"""Resources, tokens and webhooks; `body` is the whole record as JSON."""

streams = Table(
    "streams",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", Text, nullable=False, unique=True),
    Column("floor", Integer, nullable=False),
)
"""A stream ends where its last notification is, or at its floor if there is none."""

notifications = Table(
    "notifications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream", Integer, ForeignKey("streams.id"), nullable=False),
    Column("offset", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("notifications_by_place", "stream", "offset", unique=True),
    Index("notifications_by_age", "stored"),
)
"""`body` is a JSON array of the fields; what it says is never cut up by SQL."""

attempts = Table(
    "attempts",
    metadata,
    # Ids are not used again after a trim: receivers recognise repeats by them.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("webhook", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("offset", Integer),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("due", Integer, nullable=False),
    Column("begun", Integer),
    Column("outcome", Text),
    Index("attempts_by_webhook", "webhook", "id"),
    Index("attempts_by_age", "planned"),
    Index("attempts_open", "id", sqlite_where=text("state IN ('planned', 'begun')")),
    sqlite_autoincrement=True,
)
"""`outcome` is a JSON array: milliseconds, status, excerpt, error."""

# Written out, so that SQLite sees that the index of open attempts will do.
IS_OPEN: ColumnElement[bool] = literal_column("(attempts.state IN ('planned', 'begun'))")
"""Whether an attempt has not ended."""

keys = Table(
    "keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("created", Integer, nullable=False),
    Column("spans", Text, nullable=False),
    Index("keys_by_age", "created"),
)
"""`spans` is a JSON array of [owner, first offset, last offset]."""

"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _settings()
    _log()
    _attempts()


def _settings() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "owners",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "belongings",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, sa.ForeignKey("owners.id", ondelete="CASCADE")),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("belongings_by_owner", "belongings", ["owner"])


def _log() -> None:
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False, unique=True),
        sa.Column("floor", sa.Integer, nullable=False),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("stream", sa.Integer, sa.ForeignKey("streams.id"), nullable=False),
        sa.Column("offset", sa.Integer, nullable=False),
        sa.Column("stored", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("notifications_by_place", "notifications", ["stream", "offset"], unique=True)
    op.create_index("notifications_by_age", "notifications", ["stored"])
    op.create_table(
        "keys",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("spans", sa.Text, nullable=False),
    )
    op.create_index("keys_by_age", "keys", ["created"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("webhook", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("offset", sa.Integer),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("planned", sa.Integer, nullable=False),
        sa.Column("due", sa.Integer, nullable=False),
        sa.Column("begun", sa.Integer),
        sa.Column("outcome", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_by_webhook", "attempts", ["webhook", "id"])
    op.create_index("attempts_by_age", "attempts", ["planned"])
    still_open = sa.text("state IN ('planned', 'begun')")
    op.create_index("attempts_open", "attempts", ["id"], sqlite_where=still_open)

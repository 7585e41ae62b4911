"""Bringing the tables of an older file to what this version needs."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from vestnik.errors import StoreFailed
from vestnik.gateway.stores.sqlite.tables import metadata

__all__ = ["NEWEST", "migrate"]

NEWEST = "0001"
"""The newest file in ``migrations/versions``."""

MIGRATIONS = Path(__file__).parent / "migrations"

_log = logging.getLogger("vestnik.gateway")


def migrate(connection: Connection, path: Path) -> None:
    """Bring the tables up to date within the transaction that is open.

    Raises:
        StoreFailed: They were made by a newer version.
    """
    if not inspect(connection).get_table_names():
        _make(connection)
        return
    found = _version(connection)
    if found != NEWEST:
        _upgrade(connection, found, path)


def _make(connection: Connection) -> None:
    """Make the newest tables at once: nobody's first start waits for Alembic to be imported."""
    metadata.create_all(connection)
    connection.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": NEWEST})


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, found: str | None, path: Path) -> None:
    # Only who needs it waits until it is imported.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreFailed(
            f"The gateway's data in {path} was written by a newer Vestnik: update this one."
        )
    _log.info("The tables of %s are brought from version %s to %s", path, found, NEWEST)
    command.upgrade(config, "head")

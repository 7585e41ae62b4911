"""A store in one SQLite file."""

from vestnik.gateway.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]

"""Where a gateway keeps what it remembers."""

from vestnik.gateway.stores.memory import MemoryStore
from vestnik.gateway.stores.sqlite import SqliteStore

__all__ = ["MemoryStore", "SqliteStore"]

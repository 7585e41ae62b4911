"""A store in memory: for tests, and for a gateway that may forget everything."""

from vestnik.gateway.stores.memory.store import MemoryStore

__all__ = ["MemoryStore"]

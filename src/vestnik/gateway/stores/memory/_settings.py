"""Owners, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from vestnik.errors import StoreFailed
from vestnik.gateway.model import Owner, Record, RecordId
from vestnik.gateway.stores._rules import KINDS, no_such_owner
from vestnik.gateway.stores.memory._memory import Memory, owner_of

__all__ = ["Settings"]


class Settings:
    """The settings of a `MemoryStore`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def load(self) -> Sequence[Record]:
        """Return everything, owners first, then resources, then the others."""
        records = self._memory.records.values()
        return sorted(records, key=lambda record: (KINDS.index(type(record)), record.id))

    async def save(self, *records: Record) -> None:
        """Add records or replace those of the same kind and id; all of them or none."""
        after = dict(self._memory.records)
        for record in records:
            owner = owner_of(record)
            if owner is not None and not isinstance(record, Owner) and (Owner, owner) not in after:
                raise StoreFailed(no_such_owner(record, owner))
            after[type(record), record.id] = record
        self._memory.records = after

    async def delete(self, *ids: tuple[type[Record], RecordId]) -> None:
        """Forget records; an owner's go with him, and so do his notifications and attempts."""
        for kind, id in ids:
            self._memory.forget(kind, id)

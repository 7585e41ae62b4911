"""Where every change of settings goes through, one after the other."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager

from vestnik.clock import Clock
from vestnik.errors import BadRequest, NotFound
from vestnik.gateway.model import Owner, Record, RecordId
from vestnik.gateway.ports import SETTINGS_TOPIC, Broker, BrokerMessage, Store
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId

__all__ = ["LONGEST_ID", "LONGEST_NAME", "Desk", "check_id", "check_name", "new_id"]

LONGEST_ID, LONGEST_NAME = 128, 200
"""Characters of the longest id and name."""

_ID = re.compile(r"[!\"$-.0-9:->@-~]{1,128}")


class Desk:
    """Makes one change at a time: the store first, then the memory, then all others are told."""

    def __init__(self, store: Store, roster: Roster, broker: Broker, clock: Clock) -> None:
        self.roster = roster
        self._store = store
        self._broker = broker
        self._clock = clock
        self._lock = asyncio.Lock()

    def now(self) -> int:
        """Return the moment, in milliseconds since 1970."""
        return int(self._clock.now() * 1000)

    def owner(self, id: OwnerId) -> Owner:
        """Return an owner.

        Raises:
            NotFound: There is none of that id.
        """
        found = self.roster.owner(id)
        if found is None:
            raise NotFound(f"There is no owner {id!r}.")
        return found

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Keep all others from changing anything between a look at the roster and a change."""
        async with self._lock:
            yield

    async def save(self, *records: Record, told: Iterable[BrokerMessage] = ()) -> None:
        """Store records, put them in the roster and tell it; only while one has the turn."""
        await _wholly(self._save(records, told))

    async def delete(
        self, *ids: tuple[type[Record], RecordId], told: Iterable[BrokerMessage] = ()
    ) -> None:
        """Forget records, in the same order; only while one has the turn."""
        await _wholly(self._delete(ids, told))

    async def _save(self, records: Iterable[Record], told: Iterable[BrokerMessage]) -> None:
        records = tuple(records)
        await self._store.settings.save(*records)
        self.roster.put(*records)
        await self._tell(told)

    async def _delete(
        self, ids: Iterable[tuple[type[Record], RecordId]], told: Iterable[BrokerMessage]
    ) -> None:
        ids = tuple(ids)
        await self._store.settings.delete(*ids)
        for kind, id in ids:
            self.roster.remove(kind, id)
        await self._tell(told)

    async def _tell(self, messages: Iterable[BrokerMessage]) -> None:
        for message in messages:
            await self._broker.publish(SETTINGS_TOPIC, message)


async def _wholly(change: Coroutine[None, None, None]) -> None:
    """Make a change to its end even if the caller goes away, so that no part of it is missing."""
    task = asyncio.ensure_future(change)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def new_id(prefix: str) -> str:
    """Return an id that nobody has."""
    return f"{prefix}_{secrets.token_hex(10)}"


def check_id(id: str) -> None:
    """Refuse an id that could not stand in a path or a header.

    Raises:
        BadRequest: It has other characters than visible ASCII, or one of ``/?#``, or is too long.
    """
    if not _ID.fullmatch(id) or id in (".", ".."):
        raise BadRequest(
            f"An id has 1 to {LONGEST_ID} visible ASCII characters without /, ? and #."
        )


def check_name(name: str) -> str:
    """Return a name without the spaces around it.

    Raises:
        BadRequest: Nothing is left, it is too long, or it does not fit on one line.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"A name is one line of 1 to {LONGEST_NAME} characters.")
    return name

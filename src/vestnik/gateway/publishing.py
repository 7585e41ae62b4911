"""How a notification gets in: checked, stored with all that waits, then told.

Rules:

- What `publish` has accepted is stored: it returns after the commit.
- One pump stores and tells, so every client and webhook of an owner sees the order of the log,
  and all that came while a commit ran goes into the next one together.
- A place in a webhook's queue is reserved before the commit, because the log must say at once
  what will not be attempted; what is not used after all is given back.
- Who stops waiting for `publish` changes nothing for anybody: what he said is stored, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vestnik.errors import NotAllowed, NotFound, Overloaded, StoreFailed, VestnikError
from vestnik.gateway._keys import announced_key, published_key
from vestnik.gateway._telling import Telling
from vestnik.gateway._waiting import Told, Waiting, WaitingRoom
from vestnik.gateway.access import reaches
from vestnik.gateway.delivery import DeliveryQueue
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.ports import Broker, Store
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId
from vestnik.wire import Notification

__all__ = ["Publishing", "PublishingStats", "Receipt"]

log = logging.getLogger("vestnik.gateway")

_ENDING = "The gateway is about to end: try again in a few seconds."
_MOST_AT_ONCE = 5_000
"""Notifications of one commit; more would keep clients waiting for the first of them."""


class Receipt(msgspec.Struct, frozen=True):
    """What became of notifications that were put in.

    Attributes:
        accepted: So many are stored, and are told to their owners.
        muted: So many tell nobody, because their resource's notifications are switched off.
        is_repeat: The key was known: all of this was stored before, and nothing is told again.
    """

    accepted: int
    muted: int
    is_repeat: bool


class PublishingStats(msgspec.Struct):
    """What has happened so far.

    Attributes:
        refused: Notifications that were sent back because too much waited.
        failed: Notifications that the store did not take.
        commits: How many groups were stored.
    """

    accepted: int = 0
    muted: int = 0
    repeats: int = 0
    refused: int = 0
    failed: int = 0
    commits: int = 0


class Publishing:
    """Puts notifications in, as an async context manager that owns the pump.

    Args:
        deliveries: Has a bounded queue for each webhook.
        most_waiting: Above so many notifications on their way into the store, `Overloaded`.
    """

    def __init__(
        self,
        store: Store,
        broker: Broker,
        roster: Roster,
        deliveries: DeliveryQueue,
        *,
        most_waiting: int = 20_000,
    ) -> None:
        self._roster = roster
        self._telling = Telling(store, broker, roster, deliveries)
        self._room = WaitingRoom(most_waiting)
        self._is_open = False
        self._pump: asyncio.Task[None] | None = None
        self.stats = PublishingStats()

    @property
    def waiting(self) -> int:
        """How many notifications are on their way into the store."""
        return self._room.size

    async def publish(
        self, items: Sequence[Notification], publisher: Token, key: str | None = None
    ) -> Receipt:
        """Store notifications, all or none, and tell them to whom they concern.

        Args:
            key: Who says it again with the same key says nothing new.

        Raises:
            NotAllowed: The token is not good for publishing.
            NotFound: One of the resources is not there, or the token does not reach it.
            Overloaded: Too much waits already.
            StoreFailed: Nothing was stored.
        """
        if Scope.PUBLISH not in publisher.scopes:
            raise NotAllowed("The token lacks the scope 'publish'.")
        if not self._is_open:
            raise StoreFailed(_ENDING)
        told = tuple(self._told(items, publisher))
        muted = len(items) - len(told)
        is_repeat = bool(told) and await self._put(told, published_key(publisher, key))
        self._count(len(told), muted, is_repeat=is_repeat)
        return Receipt(len(told), muted, is_repeat)

    async def announce(
        self, owner: OwnerId, notification: Notification, key: str | None = None
    ) -> bool:
        """Tell an owner something that the gateway itself has to say, whatever the resource.

        Args:
            key: What is announced again to the same owner with the same key is not told again;
                keys of those who publish are never the same.

        Returns:
            Whether the key was known, so that nothing is told again.

        Raises:
            NotFound: The owner is gone.
            Overloaded: Too much waits already.
            StoreFailed: It was not stored.
        """
        is_repeat = await self._put(((owner, notification),), announced_key(owner, key))
        self._count(1, 0, is_repeat=is_repeat)
        return is_repeat

    async def close(self) -> None:
        """Accept no more, and return when all that was accepted is stored and told.

        The gateway itself can still announce something after that, until the end.
        """
        self._is_open = False
        await self._room.settled()

    async def __aenter__(self) -> Publishing:
        self._is_open = True
        self._pump = asyncio.create_task(self._run(), name="publishing")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._is_open = False
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump
        self._fail(self._room.clear_out(), StoreFailed(_ENDING))

    def _told(
        self, items: Sequence[Notification], publisher: Token
    ) -> Iterator[tuple[OwnerId, Notification]]:
        for index, item in enumerate(items):
            resource = self._roster.resource(item.resource)
            if resource is None or not reaches(publisher, resource.owner, resource.id):
                where = f" (notification {index + 1} of {len(items)})" if len(items) > 1 else ""
                raise NotFound(f"There is no resource {item.resource!r}{where}: create it first.")
            if resource.notify:
                yield resource.owner, item

    async def _put(self, items: Told, key: str | None) -> bool:
        if self._pump is None:
            raise StoreFailed(_ENDING)
        try:
            stored = self._room.put(items, key)
        except Overloaded:
            self.stats.refused += len(items)
            raise
        return await stored

    async def _run(self) -> None:
        while True:
            group = await self._room.take(_MOST_AT_ONCE)
            try:
                await self._pump_once(group)
            finally:
                self._room.note_end(group)

    async def _pump_once(self, group: list[Waiting]) -> None:
        try:
            await self._store_and_tell(group)
        except asyncio.CancelledError:
            self._fail(group, StoreFailed(_ENDING))
            raise
        except StoreFailed as error:
            self._fail(group, error)
        except Exception:
            # Whatever it is, those who wait must hear of it, and those who come must be served.
            log.exception("Notifications could not be stored")
            self._fail(group, StoreFailed("The notifications could not be stored: see the log."))

    async def _store_and_tell(self, group: list[Waiting]) -> None:
        group = [waiting for waiting in group if self._has_its_owners(waiting)]
        if not group:
            return
        repeats = await self._telling.store_and_tell([(w.items, w.key) for w in group])
        self.stats.commits += 1
        for waiting, is_repeat in zip(group, repeats, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(is_repeat)

    def _has_its_owners(self, waiting: Waiting) -> bool:
        if all(self._roster.owner(owner) is not None for owner, _ in waiting.items):
            return True
        self._fail([waiting], NotFound("The owner was deleted in the meantime."))
        return False

    def _fail(self, group: Iterable[Waiting], error: VestnikError) -> None:
        for waiting in group:
            if waiting.fail(error):
                self.stats.failed += len(waiting.items)

    def _count(self, accepted: int, muted: int, *, is_repeat: bool) -> None:
        self.stats.muted += muted
        if is_repeat:
            self.stats.repeats += accepted
        else:
            self.stats.accepted += accepted

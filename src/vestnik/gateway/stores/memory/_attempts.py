"""The attempts to deliver."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from vestnik.gateway.model import Attempt, AttemptKind, AttemptState, Finished, Planned
from vestnik.gateway.stores._rules import GONE, INTERRUPTED, OPEN, UNMADE_TEST
from vestnik.gateway.stores.memory._memory import Memory
from vestnik.ids import DeliveryId, OwnerId, WebhookId

__all__ = ["Attempts"]


class Attempts:
    """The attempts of a `MemoryStore`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def record(
        self, begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        """Write down what begins now and what has ended."""
        for id in begun:
            self._memory.change(id, OPEN[:1], state=AttemptState.BEGUN, begun=now)
        for end in finished:
            outcome = msgspec.structs.asdict(end)
            del outcome["id"]
            self._memory.change(end.id, OPEN, **outcome)

    async def plan(
        self,
        webhook: WebhookId,
        owner: OwnerId,
        kind: AttemptKind,
        now: int,
        *,
        offset: int | None = None,
        number: int = 1,
        due: int = 0,
    ) -> Attempt:
        """Add one more attempt: a retry, a re-send by hand, or a test (without an offset)."""
        self._memory.last_id += 1
        attempt = Attempt(
            id=DeliveryId(self._memory.last_id),
            webhook=webhook,
            owner=owner,
            offset=offset,
            kind=kind,
            number=number,
            state=AttemptState.PLANNED,
            planned=now,
            due=due,
        )
        self._memory.add_attempts([attempt])
        return attempt

    async def recover(self, now: int) -> Sequence[Planned]:
        """Return all that is planned, oldest first, once at the start."""
        found = [self._recover(one) for one in self._memory.attempts.values() if one.state in OPEN]
        return [planned for planned in found if planned is not None]

    async def get(self, id: DeliveryId) -> Attempt | None:
        """Return one attempt."""
        return self._memory.attempts.get(id)

    async def latest(
        self, webhook: WebhookId, limit: int, before: DeliveryId | None = None
    ) -> Sequence[Attempt]:
        """Return a webhook's attempts, the newest first."""
        ids = list(self._memory.attempts)
        newest = reversed(ids if before is None else ids[: bisect_left(ids, before)])
        all_of_it = (one for id in newest if (one := self._memory.attempts[id]).webhook == webhook)
        return [attempt for attempt, _ in zip(all_of_it, range(limit), strict=False)]

    def _recover(self, one: Attempt) -> Planned | None:
        if one.state is AttemptState.BEGUN:
            self._end(one, AttemptState.INTERRUPTED, INTERRUPTED)
            return None
        if one.offset is None:
            self._end(one, AttemptState.SKIPPED, UNMADE_TEST)
            return None
        found = self._memory.stream(one.owner).between(one.offset - 1, one.offset)
        if not found:
            self._end(one, AttemptState.SKIPPED, GONE)
            return None
        return Planned(
            one.id,
            one.webhook,
            one.owner,
            one.offset,
            found[0].notification,
            one.number,
            one.due,
        )

    def _end(self, attempt: Attempt, state: AttemptState, why: str) -> None:
        self._memory.change(attempt.id, OPEN, state=state, error=why)

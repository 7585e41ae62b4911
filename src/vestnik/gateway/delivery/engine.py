"""The engine of webhook deliveries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from types import TracebackType

from vestnik.clock import Clock
from vestnik.errors import GatewayError
from vestnik.gateway.delivery.again import Again
from vestnik.gateway.delivery.by_hand import ByHand
from vestnik.gateway.delivery.carrying import Carrier
from vestnik.gateway.delivery.lane import Job
from vestnik.gateway.delivery.lanes import Lanes
from vestnik.gateway.delivery.later import Later
from vestnik.gateway.delivery.making import Maker
from vestnik.gateway.delivery.marks import Marks, OnDisabled, WebhookMarks
from vestnik.gateway.delivery.options import DeliveryOptions, DeliveryStats
from vestnik.gateway.delivery.recorder import Recorder
from vestnik.gateway.model import Attempt, Planned
from vestnik.gateway.ports import Store, WebhookSender
from vestnik.gateway.roster import Roster
from vestnik.gateway.sealing import Sealer
from vestnik.ids import DeliveryId, WebhookId

__all__ = ["Deliveries"]

_log = logging.getLogger("vestnik.gateway")


class Deliveries:
    """Makes the attempts that are planned, each once, as an async context manager.

    An attempt is sent only after the store has it as begun, so that no crash can make it twice;
    what was not begun is made after the restart. Attempts for one webhook begin in order, a
    slow or dead webhook holds up nobody else, and what its owner wants retried waits in the store.

    Args:
        on_disabled: Told of a webhook that was switched off for failing too long.
        marks: Where is written since when a webhook fails.
    """

    def __init__(
        self,
        store: Store,
        roster: Roster,
        sealer: Sealer,
        sender: WebhookSender,
        clock: Clock,
        options: DeliveryOptions,
        on_disabled: OnDisabled,
        marks: WebhookMarks,
    ) -> None:
        self._store = store
        self._roster = roster
        self._clock = clock
        self._stats = DeliveryStats()
        self._lanes = Lanes(options, lambda id: roster.webhook(id) is not None)
        self._maker = Maker(roster, sealer, sender, clock, self._stats)
        self._again = Again(store, clock, options, self._stats)
        self._marks = Marks(marks, clock, options, self._stats, on_disabled)
        self._later = Later(clock, self._is_due)
        self._options = options
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def stats(self) -> DeliveryStats:
        """Counts for the metrics."""
        self._stats.in_flight = self._lanes.in_flight
        self._stats.waiting = self._lanes.waiting
        self._stats.retrying = len(self._later)
        return self._stats

    async def __aenter__(self) -> Deliveries:
        """Take up what an earlier process has left, and begin."""
        self._recorder = Recorder(self._store.attempts, self._clock)
        self._by_hand = ByHand(
            self._store,
            self._roster,
            self._lanes,
            self._maker,
            self._recorder,
            self._clock,
            self._options.by_hand_at_once,
        )
        self._carrier = Carrier(
            self._roster,
            self._maker,
            self._recorder,
            self._again,
            self._marks,
            self._stats,
            self._put_off,
        )
        recovered = await self._recover()
        await self._group.__aenter__()
        self._spawn(self._recorder.run(), self._tasks)
        self._spawn(self._later.run(), self._tasks)
        for planned in recovered:
            self._take(planned)
        self._pump()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End at once: what is on its way is given up, what has ended is written down."""
        self._is_draining = True
        for task in (*self._tasks, *self._running):
            task.cancel()
        try:
            await self._by_hand.close()
            await self._group.__aexit__(kind, error, trace)
        finally:
            await self._write_the_rest()

    def reserve(self, webhook: WebhookId) -> bool:
        """Keep a place in a webhook's queue free, or say that it is full."""
        is_free = self._lanes.reserve(webhook)
        self._stats.overflowed += not is_free
        return is_free

    def release(self, webhook: WebhookId) -> None:
        """Give back a reserved place that is not used after all."""
        self._lanes.release(webhook)

    def accept(self, planned: Sequence[Planned]) -> None:
        """Take attempts that the store has as planned into their reserved places."""
        for one in planned:
            self._lanes.add(one)
        self._pump()

    async def test(self, webhook: WebhookId, *, by: str) -> Attempt:
        """Send notify type 0 at once, whatever waits, and return what came of it.

        Args:
            by: Goes out as the user who caused it.

        Raises:
            NotFound: There is no such webhook.
            Overloaded: Too many are tested, or the gateway is about to end.
        """
        return await self._by_hand.test(webhook, by)

    async def resend(self, attempt: DeliveryId) -> Attempt:
        """Send once more, at once, what an earlier attempt was about, and return what came of it.

        Raises:
            NotFound: There is no such attempt, or its webhook or notification is gone.
            BadRequest: It was a test, which is simply made anew.
            Overloaded: Too many are sent by hand, or the gateway is about to end.
        """
        return await self._by_hand.resend(attempt)

    async def drain(self, seconds: float) -> None:
        """Begin nothing more and let what is on its way end; the rest stays in the store."""
        self._is_draining = True
        until = asyncio.get_running_loop().time() + seconds
        pending = [*self._running, *self._by_hand.stop()]
        if pending:
            await asyncio.wait(pending, timeout=seconds)
        left = max(0.0, until - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(left):
                await self._recorder.settled()
        except TimeoutError:
            _log.warning("Not all webhook attempts could be written down in time.")

    async def _recover(self) -> list[Planned]:
        planned = list(await self._store.attempts.recover(int(self._clock.now() * 1000)))
        for owner in self._roster.owners():
            for webhook in self._roster.webhooks_of(owner.id):
                if webhook.retries and webhook.enabled:
                    planned += await self._again.interrupted(webhook)
        return planned

    def _take(self, planned: Planned) -> None:
        if planned.due:
            self._put_off(planned)
        else:
            self._lanes.add(planned)

    def _put_off(self, planned: Planned) -> None:
        self._lanes.lane(planned.webhook).retries_later += 1
        self._later.add(planned)

    def _is_due(self, planned: Planned) -> None:
        self._lanes.lane(planned.webhook).retries_later -= 1
        self._lanes.add_retry(planned)
        self._pump()

    def _pump(self) -> None:
        """Begin what may begin."""
        while not self._is_draining and (job := self._lanes.next()) is not None:
            self._spawn(self._run(job), self._running)

    def _spawn(self, work: Coroutine[None, None, None], among: set[asyncio.Task[None]]) -> None:
        task = self._group.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def _run(self, job: Job | None) -> None:
        """Carry out one job after the other, as long as there are any: tasks are dear."""
        while job is not None:
            try:
                await self._carrier.carry_out(job)
            finally:
                self._lanes.finished(job)
            job = None if self._is_draining else self._lanes.next()
            self._pump()

    async def _write_the_rest(self) -> None:
        try:
            await self._recorder.flush()
        except GatewayError as problem:
            _log.error("The last webhook attempts could not be written down: %s", problem)

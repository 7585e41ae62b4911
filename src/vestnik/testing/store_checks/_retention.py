"""Checks of what is forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from vestnik.gateway.model import (
    AttemptKind,
    AttemptState,
    Finished,
    Retention,
)
from vestnik.testing.store_checks._bench import (
    ANN,
    BEN,
    FOREVER,
    HOOK,
    StoreBench,
    append,
    batch,
    expect,
    expect_places,
    now,
)

__all__ = ["CHECKS"]


async def it_trims_by_age(bench: StoreBench) -> None:
    """What is older goes, what is as old as the moment stays, and the floor tells."""
    async with bench.store() as store:
        await append(store, batch(ANN, [1, 2]), batch(BEN, [1]))
        await bench.clock.advance(1)
        moment = now(bench)
        await append(store, batch(ANN, [3]))
        count = await store.trim(Retention(log_since=moment, attempts_since=0))
        expect(count == 3, f"{count} went, not 3")
        page = await store.log.read(ANN, 0, 9)
        expect(page.floor == 2, f"the floor is {page.floor}, not 2")
        expect_places(page.items, (ANN, 3, 3))
        expect((await store.log.read(BEN, 0, 9)).floor == 1, "an emptied stream has no floor")
        expect((await store.log.position(BEN)).offset == 1, "an emptied stream began anew")
        (appended,) = await append(store, batch(BEN, [2]))
        expect_places(appended.stored, (BEN, 2, 2))
        expect(await store.trim(FOREVER) == 0, "a second trim found something")


async def it_leaves_no_hole_when_the_clock_was_set_back(bench: StoreBench) -> None:
    """What stands in a stream before something old goes with it."""
    async with bench.store() as store:
        await append(store, batch(ANN, [1]))
        moment = now(bench)
        bench.clock.set_wall(moment / 1000 - 60)
        await append(store, batch(ANN, [2]))
        bench.clock.set_wall(moment / 1000 + 60)
        await append(store, batch(ANN, [3]))
        count = await store.trim(Retention(log_since=moment, attempts_since=0))
        page = await store.log.read(ANN, 0, 9)
        expect((count, page.floor) == (2, 2), f"{count} went, the floor is {page.floor}")
        expect_places(page.items, (ANN, 3, 3))


async def it_trims_by_size(bench: StoreBench) -> None:
    """Too much means that the oldest go; enough room means that nothing goes."""
    async with bench.store() as store:
        await append(store, batch(ANN, range(10)), batch(BEN, range(10)))
        count = await store.trim(msgspec.structs.replace(FOREVER, most_bytes=2**40))
        expect(count == 0, f"{count} went though there was room")
        count = await store.trim(msgspec.structs.replace(FOREVER, most_bytes=1))
        expect(count == 20, f"{count} went, not all 20")
        page = await store.log.read(ANN, 0, 9)
        expect((page.items, page.floor) == ((), 10), f"this is left: {page}")


async def it_trims_attempts_that_have_ended(bench: StoreBench) -> None:
    """Attempts go by their own age, never while they are open; ids are not used again."""
    async with bench.store() as store:
        (appended,) = await append(store, batch(ANN, [1, 2, 3], None, HOOK))
        done, begun, planned = (one.id for one in appended.planned)
        end = Finished(id=done, state=AttemptState.DELIVERED)
        await store.attempts.record([done, begun], [end], 1)
        await bench.clock.advance(1)
        await store.trim(Retention(log_since=0, attempts_since=now(bench)))
        left = [one.id for one in await store.attempts.latest(HOOK, 9)]
        expect(left == [planned, begun], f"these attempts are left: {left}")
        ends = [Finished(id=id, state=AttemptState.FAILED) for id in left]
        await store.attempts.record([], ends, 1)
        await store.trim(Retention(log_since=0, attempts_since=now(bench)))
        expect(not await store.attempts.latest(HOOK, 9), "ended ones are left")
        one = await store.attempts.plan(HOOK, ANN, AttemptKind.TEST, 1)
        expect(one.id > planned, f"the id {one.id} is used again")


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_trims_by_age,
    it_leaves_no_hole_when_the_clock_was_set_back,
    it_trims_by_size,
    it_trims_attempts_that_have_ended,
)

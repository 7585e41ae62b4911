"""Checks of the keys by which a repeat is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vestnik.gateway.model import (
    Addressed,
    Batch,
    Retention,
)
from vestnik.testing.store_checks._bench import (
    ANN,
    BEN,
    DAY,
    FOREVER,
    HOOK,
    StoreBench,
    append,
    batch,
    expect,
    expect_places,
    note,
    now,
    places,
)

__all__ = ["CHECKS"]


async def it_knows_a_key_again(bench: StoreBench) -> None:
    """The second batch of a key stores nothing and says what the first one stored."""
    async with bench.store() as store:
        mixed = Batch(tuple(Addressed(owner, note(7)) for owner in (ANN, BEN, ANN)), "key")
        (first,) = await append(store, mixed)
        (again,) = await append(store, batch(BEN, [8, 9], "key", HOOK))
        expect(not first.is_repeat and again.is_repeat, "the repeat is not told")
        expect(again.stored == first.stored, f"the repeat has {places(again.stored)}")
        expect(not again.planned, "the repeat plans attempts")
        expect((await store.log.position(BEN)).offset == 1, "the repeat was stored")


async def it_knows_a_key_again_within_a_call(bench: StoreBench) -> None:
    """Of two batches with one key in one call the first is stored."""
    async with bench.store() as store:
        one, two, other = await append(
            store, batch(ANN, [1], "key"), batch(ANN, [2], "key"), batch(ANN, [3], "else")
        )
        flags = (one.is_repeat, two.is_repeat, other.is_repeat)
        expect(flags == (False, True, False), f"is_repeat is {flags}")
        expect(two.stored == one.stored, f"the repeat has {places(two.stored)}")
        expect_places((await store.log.read(ANN, 0, 9)).items, (ANN, 1, 1), (ANN, 2, 3))


async def it_keeps_keys_for_a_day_and_not_forever(bench: StoreBench) -> None:
    """A trim lets young keys be, and forgets old ones."""
    async with bench.store() as store:
        await append(store, batch(ANN, [1], "key"))
        await bench.clock.advance(DAY - 1)
        await store.trim(FOREVER)
        (again,) = await append(store, batch(ANN, [1], "key"))
        expect(again.is_repeat, "a key was forgotten within a day")
        await bench.clock.advance(2 * DAY)
        await store.trim(FOREVER)
        (anew,) = await append(store, batch(ANN, [1], "key"))
        expect(not anew.is_repeat, "a key is never forgotten")


async def it_repeats_what_the_log_still_has(bench: StoreBench) -> None:
    """A repeat of what was trimmed is a repeat all the same."""
    async with bench.store() as store:
        await append(store, batch(ANN, [1], "key"))
        await bench.clock.advance(1)
        await store.trim(Retention(log_since=now(bench), attempts_since=0))
        (again,) = await append(store, batch(ANN, [1], "key"))
        expect(again.is_repeat and not again.stored, f"the repeat is {again}")


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_knows_a_key_again,
    it_knows_a_key_again_within_a_call,
    it_keeps_keys_for_a_day_and_not_forever,
    it_repeats_what_the_log_still_has,
)

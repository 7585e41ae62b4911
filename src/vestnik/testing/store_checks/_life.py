"""Checks of many users at once, ends, crashes and backups."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from vestnik.errors import StoreFailed
from vestnik.gateway.model import AttemptState, Finished, Retention
from vestnik.gateway.ports import Store
from vestnik.ids import OwnerId
from vestnik.testing.store_checks._bench import (
    ANN,
    BEN,
    HOOK,
    RECORDS,
    StoreBench,
    append,
    batch,
    expect,
    expect_places,
    expect_records,
    now,
)

__all__ = ["CHECKS"]


async def it_takes_many_appends_at_once(bench: StoreBench) -> None:
    """However many append at a time, each offset is given once, and each batch stays together."""
    async with bench.store() as store:
        batches = [batch(ANN, range(5), None, HOOK) for _ in range(40)]
        results = await asyncio.gather(*(store.log.append([batch]) for batch in batches))
        offsets = [[one.offset for one in result[0].stored] for result in results]
        expect(all(some == [*range(some[0], some[0] + 5)] for some in offsets), "a batch was torn")
        everything = sorted(itertools.chain(*offsets))
        expect(everything == [*range(1, 201)], "offsets were given twice, or not at all")
        ids = {planned.id for result in results for planned in result[0].planned}
        expect(len(ids) == 200, "an id of an attempt was given twice")


async def it_reads_what_was_appended_while_others_append(bench: StoreBench) -> None:
    """What `append` returned can be read at once, and a position is never ahead of the log."""
    async with bench.store() as store:

        async def use(owner: OwnerId) -> None:
            for number in range(30):
                (appended,) = await append(store, batch(owner, [number]))
                offset = appended.stored[0].offset
                place = await store.log.position(ANN)
                page = await store.log.read(owner, offset - 1, 1)
                expect(page.items == appended.stored, f"{owner} does not find {offset}")
                last = (await store.log.read(ANN, place.offset - 1, 1)).items
                expect(not place.offset or len(last) == 1, "the position is ahead of the log")

        await asyncio.gather(use(ANN), use(BEN), use(ANN))


async def it_remembers_everything(bench: StoreBench) -> None:
    """What was stored is there when it is opened again: offsets, ids, keys and epoch go on."""
    if bench.is_persistent:
        async with bench.store() as store:
            await _fill(store)
            epoch = (await store.log.position(ANN)).epoch
        async with bench.store() as store:
            await _expect_filled(store)
            expect((await store.log.position(ANN)).epoch == epoch, "the epoch has changed")


async def it_remembers_everything_after_a_crash(bench: StoreBench) -> None:
    """What was returned is there, though nothing was closed."""
    if bench.is_persistent:
        async with bench.store() as store:
            await _fill(store)
            left = bench.after_crash(store)
        async with left as store:
            await _expect_filled(store)


async def it_counts_on_when_nothing_is_left(bench: StoreBench) -> None:
    """Offsets and ids go on after everything was trimmed and it was opened again."""
    if not bench.is_persistent:
        return
    async with bench.store() as store:
        (before,) = await append(store, batch(ANN, [1, 2], None, HOOK))
        ends = [Finished(id=one.id, state=AttemptState.FAILED) for one in before.planned]
        await store.attempts.record([], ends, 1)
        await bench.clock.advance(1)
        await store.trim(Retention(log_since=now(bench), attempts_since=now(bench)))
    async with bench.store() as store:
        expect((await store.log.position(ANN)).offset == 2, "the stream began anew")
        (after,) = await append(store, batch(ANN, [3], None, HOOK))
        expect_places(after.stored, (ANN, 3, 3))
        expect(after.planned[0].id > before.planned[-1].id, "an id is used again")


async def it_keeps_a_second_one_out(bench: StoreBench) -> None:
    """Who opens what is open is refused, and let in afterwards."""
    if bench.is_persistent and not bench.is_shared:
        async with bench.store() as store:
            try:
                async with bench.store():
                    raise AssertionError("it was opened twice")
            except StoreFailed:
                pass
            await _fill(store)
        async with bench.store() as store:
            await _expect_filled(store)


async def it_makes_backups(bench: StoreBench) -> None:
    """A backup has everything but the epoch, attempts nothing again, and replaces nothing."""
    if not bench.is_persistent:
        return
    path = bench.backup_path()
    async with bench.store() as store:
        await _fill(store)
        await store.back_up(path)
        try:
            await store.back_up(path)
        except StoreFailed:
            pass
        else:
            raise AssertionError("a backup was replaced")
        epoch = (await store.log.position(ANN)).epoch
        expect(len(await store.attempts.recover(1)) == 1, "the original was changed")
    async with bench.of_backup(path) as store:
        expect(not await store.attempts.recover(1), "a backup repeats attempts")
        await _expect_filled(store)
        copied = (await store.log.position(ANN)).epoch
        again = path.with_name("again")
        await store.back_up(again)
    async with bench.of_backup(again) as store:
        epochs = {epoch, copied, (await store.log.position(ANN)).epoch}
        expect(len(epochs) == 3, "two of original, copy and copy of the copy share an epoch")


async def _fill(store: Store) -> None:
    await store.settings.save(*RECORDS)
    await append(store, batch(ANN, [1, 2], "key"), batch(BEN, [3], None, HOOK))


async def _expect_filled(store: Store) -> None:
    loaded = await store.settings.load()
    expect_records(loaded)
    expect_places((await store.log.read(ANN, 0, 9)).items, (ANN, 1, 1), (ANN, 2, 2))
    expect_places((await store.log.read(BEN, 0, 9)).items, (BEN, 1, 3))
    (one,) = await store.attempts.latest(HOOK, 9)
    again, new = await append(store, batch(ANN, [1], "key"), batch(ANN, [9], None, HOOK))
    expect(again.is_repeat, "the key was forgotten")
    expect_places(new.stored, (ANN, 3, 9))
    expect(new.planned[0].id > one.id, "an id is used again")


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_takes_many_appends_at_once,
    it_reads_what_was_appended_while_others_append,
    it_remembers_everything,
    it_remembers_everything_after_a_crash,
    it_counts_on_when_nothing_is_left,
    it_keeps_a_second_one_out,
    it_makes_backups,
)

"""Checks of the attempts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vestnik.gateway.model import (
    Addressed,
    AttemptKind,
    AttemptState,
    Batch,
    Finished,
    Retention,
)
from vestnik.gateway.ports import Store
from vestnik.ids import DeliveryId
from vestnik.testing.store_checks._bench import (
    ANN,
    HOOK,
    OTHER_HOOK,
    StoreBench,
    append,
    batch,
    expect,
    note,
    now,
)

__all__ = ["CHECKS"]


async def it_plans_attempts_with_the_notifications(bench: StoreBench) -> None:
    """Each webhook of an item gets an attempt; what overflowed is recorded as skipped."""
    async with bench.store() as store:
        item = Addressed(ANN, note(1), (HOOK,), (OTHER_HOOK,))
        (appended,) = await append(store, Batch((item, item)))
        ids = [one.id for one in appended.planned]
        expect(len(set(ids)) == 2 and ids == sorted(ids), f"the ids are {ids}")
        said = [(p.webhook, p.owner, p.offset, p.notification, p.number) for p in appended.planned]
        wanted = [(HOOK, ANN, offset, item.notification, 1) for offset in (1, 2)]
        expect(said == wanted, f"planned are {said}")
        (newest, _) = await store.attempts.latest(HOOK, 9)
        expect(newest.state is AttemptState.PLANNED, f"it is {newest.state}")
        expect(newest.kind is AttemptKind.FIRST, f"it is {newest.kind}")
        expect(newest.planned == now(bench), f"it was planned at {newest.planned}")
        skipped = await store.attempts.latest(OTHER_HOOK, 9)
        states = {one.state for one in skipped}
        expect(len(skipped) == 2 and states == {AttemptState.SKIPPED}, f"they are {states}")
        expect(all(one.error for one in skipped), "why it was skipped is not told")


async def it_records_how_attempts_go(bench: StoreBench) -> None:
    """An attempt begins, then ends; what has ended stays as it is."""
    async with bench.store() as store:
        (appended,) = await append(store, batch(ANN, [1, 2], None, HOOK))
        first, second = (one.id for one in appended.planned)
        await store.attempts.record([first, second], [], 50)
        begun = await store.attempts.get(first)
        assert begun is not None
        expect((begun.state, begun.begun) == (AttemptState.BEGUN, 50), f"it is {begun}")
        end = Finished(
            id=first,
            state=AttemptState.DELIVERED,
            milliseconds=12.345678901234567,
            status=200,
            excerpt="a\x00b",
            error="nö",
        )
        await store.attempts.record([], [end], 60)
        late = Finished(id=first, state=AttemptState.FAILED)
        await store.attempts.record([first], [late], 70)
        ended = await store.attempts.get(first)
        assert ended is not None
        told = Finished(
            id=ended.id,
            state=ended.state,
            milliseconds=ended.milliseconds,
            status=ended.status,
            excerpt=ended.excerpt,
            error=ended.error,
        )
        expect(told == end and ended.begun == 50, f"it ended as {ended}")


async def it_records_begin_and_end_in_one_commit(bench: StoreBench) -> None:
    """One call may hold the begin and the end of one attempt, and ids that are not there."""
    async with bench.store() as store:
        (appended,) = await append(store, batch(ANN, [1], None, HOOK))
        id, gone = appended.planned[0].id, DeliveryId(10**9)
        ends = [Finished(id=one, state=AttemptState.FAILED, error="no") for one in (id, gone)]
        await store.attempts.record([id, gone], ends, 50)
        one = await store.attempts.get(id)
        assert one is not None
        expect((one.state, one.begun, one.error) == (AttemptState.FAILED, 50, "no"), f"{one}")
        expect(await store.attempts.get(gone) is None, "an attempt came from nowhere")


async def it_plans_one_more_attempt(bench: StoreBench) -> None:
    """A retry, a re-send and a test get ids of their own, and are found by them."""
    async with bench.store() as store:
        retry = await store.attempts.plan(
            HOOK, ANN, AttemptKind.RETRY, 10, offset=3, number=2, due=99
        )
        test = await store.attempts.plan(HOOK, ANN, AttemptKind.TEST, 20)
        (appended,) = await append(store, batch(ANN, [1], None, HOOK))
        ids = [retry.id, test.id, appended.planned[0].id]
        expect(ids == sorted(set(ids)), f"the ids are {ids}")
        for one in (retry, test):
            expect(await store.attempts.get(one.id) == one, "what is found is not what was said")
        said = (retry.kind, retry.offset, retry.number, retry.planned, retry.due, retry.state)
        wanted = (AttemptKind.RETRY, 3, 2, 10, 99, AttemptState.PLANNED)
        expect(said == wanted, f"the retry is {retry}")
        expect(test.offset is None and test.kind is AttemptKind.TEST, f"the test is {test}")


async def it_lists_the_newest_attempts_first(bench: StoreBench) -> None:
    """Pages of a webhook's attempts follow each other without a gap."""
    async with bench.store() as store:
        await append(store, batch(ANN, range(7), None, HOOK, OTHER_HOOK))
        everything = [one.id for one in await store.attempts.latest(HOOK, 99)]
        expect(everything == sorted(everything, reverse=True), f"the order is {everything}")
        pages: list[DeliveryId] = []
        while page := await store.attempts.latest(HOOK, 3, before=pages[-1] if pages else None):
            expect(len(page) <= 3, f"a page of three has {len(page)}")
            pages += [one.id for one in page]
        expect(len(pages) == 7 and pages == everything, f"the pages are {pages}")


async def it_recovers_what_was_not_attempted(bench: StoreBench) -> None:
    """What is planned comes back oldest first; what was begun is interrupted, tests are skipped."""
    async with bench.store() as store:
        (appended,) = await append(store, batch(ANN, [1, 2, 3], None, HOOK))
        first, second, third = appended.planned
        await store.attempts.record([first.id, third.id], [], 50)
        await store.attempts.record(
            [], [Finished(id=third.id, state=AttemptState.DELIVERED, status=200)], 60
        )
        retry = await store.attempts.plan(
            HOOK, ANN, AttemptKind.RETRY, 10, offset=1, number=2, due=99
        )
        test = await store.attempts.plan(HOOK, ANN, AttemptKind.TEST, 20)
        found = [
            (one.id, one.offset, one.notification.type, one.number, one.due)
            for one in await store.attempts.recover(100)
        ]
        wanted = [(second.id, 2, 2, 1, 0), (retry.id, 1, 1, 2, 99)]
        expect(found == wanted, f"recovered are {found}, not {wanted}")
        states = [await _state(store, one.id) for one in (first, test, third)]
        wanted_states = [AttemptState.INTERRUPTED, AttemptState.SKIPPED, AttemptState.DELIVERED]
        expect(states == wanted_states, f"begun, a test and an ended one became {states}")
        again = [one.id for one in await store.attempts.recover(200)]
        expect(again == [second.id, retry.id], f"a second recovery gives {again}")


async def _state(store: Store, id: DeliveryId) -> AttemptState | None:
    attempt = await store.attempts.get(id)
    return None if attempt is None else attempt.state


async def it_skips_what_has_no_notification(bench: StoreBench) -> None:
    """A planned attempt outlives a trim, but not the next start without its notification."""
    async with bench.store() as store:
        (appended,) = await append(store, batch(ANN, [1], None, HOOK))
        await bench.clock.advance(1)
        await store.trim(Retention(log_since=now(bench), attempts_since=now(bench)))
        one = await store.attempts.get(appended.planned[0].id)
        expect(one is not None and one.state is AttemptState.PLANNED, f"after the trim: {one}")
        expect(not await store.attempts.recover(1), "it was recovered without a notification")
        one = await store.attempts.get(appended.planned[0].id)
        expect(one is not None and one.state is AttemptState.SKIPPED, f"after recovery: {one}")


CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    it_plans_attempts_with_the_notifications,
    it_records_how_attempts_go,
    it_records_begin_and_end_in_one_commit,
    it_plans_one_more_attempt,
    it_lists_the_newest_attempts_first,
    it_recovers_what_was_not_attempted,
    it_skips_what_has_no_notification,
)

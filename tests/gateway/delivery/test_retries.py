"""Retries and switching off: only where the owner wants them, and over crashes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.delivery.stage import BROKEN, DEAD, OK, ONE, Stage, webhook
from vestnik.errors import StoreFailed
from vestnik.gateway import WebhookChange
from vestnik.gateway.delivery import DeliveryOptions
from vestnik.gateway.delivery.retries import JITTER, SCHEDULE, pause_before_retry
from vestnik.gateway.model import AttemptKind, AttemptState, Record, Webhook
from vestnik.gateway.ports import WebhookResponse

FAILED, DONE = AttemptState.FAILED, AttemptState.DELIVERED
DAY = 86400.0


def test_the_schedule_takes_about_three_days() -> None:
    assert SCHEDULE[:2] == (5, 300)
    assert list(SCHEDULE) == sorted(SCHEDULE)
    assert 2.5 * DAY < sum(SCHEDULE) < 3.5 * DAY


@given(st.integers(1, len(SCHEDULE)), st.floats(0, 1))
def test_pauses_scatter_around_the_schedule(number: int, dice: float) -> None:
    pause = pause_before_retry(number, BROKEN, lambda: dice)
    assert pause is not None
    planned = SCHEDULE[number - 1]
    assert planned * (1 - JITTER) <= pause + 1e-6
    assert pause - 1e-6 <= planned * (1 + JITTER)


def test_the_receiver_can_ask_for_a_later_one_but_not_for_ever() -> None:
    assert pause_before_retry(1, WebhookResponse(status=503, retry_after=600.0)) == 600.0
    assert pause_before_retry(1, WebhookResponse(status=503, retry_after=1e9)) == DAY
    assert (pause_before_retry(2, WebhookResponse(status=503, retry_after=1.0)) or 0) > 200


def test_there_is_an_end_to_it() -> None:
    assert pause_before_retry(len(SCHEDULE) + 1, BROKEN) is None
    assert pause_before_retry(1, WebhookResponse(status=410)) is None


async def test_by_default_a_failure_is_final() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        await stage.clock.advance(4 * DAY)
    assert len(stage.sent()) == 1


async def test_a_failure_is_made_good_later_where_the_owner_wants_that() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        assert engine.stats.retrying == 1
        await stage.clock.advance(3)
        assert len(stage.sent()) == 1
        await stage.clock.advance(4)
        await stage.until_state(FAILED, 2)
        stage.answers[ONE] = OK
        await stage.clock.advance(400)
        await stage.until_state(DONE)
        assert (engine.stats.retried, engine.stats.retrying) == (2, 0)
    numbers = [(attempt.kind, attempt.number) for attempt in stage.attempts()]
    assert numbers == [(AttemptKind.FIRST, 1), (AttemptKind.RETRY, 2), (AttemptKind.RETRY, 3)]
    assert len({request.body for request in stage.sender.requests}) == 1


async def test_all_retries_are_made_within_days_and_then_none() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        await stage.clock.advance(4 * DAY)
        assert engine.stats.retrying == 0
    assert len(stage.sent()) == 1 + len(SCHEDULE)


async def test_gone_stops_retries() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = WebhookResponse(status=410)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        assert engine.stats.retrying == 0


async def test_a_retry_outlives_a_crash() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
    stage.answers[ONE] = OK
    async with stage.running():
        await stage.clock.advance(1)
        assert len(stage.sent()) == 1
        await stage.clock.advance(10)
        await stage.until_state(DONE)
    assert len(stage.sent()) == 2


async def test_what_a_crash_interrupted_is_made_again_only_with_retries() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    (planned,) = await stage.plan(ONE)
    await stage.store.attempts.record([planned.id], [], int(stage.clock.now() * 1000))
    for _ in range(2):
        async with stage.running():
            pass
    kinds = [(attempt.kind, attempt.state) for attempt in stage.attempts()]
    assert kinds == [
        (AttemptKind.FIRST, AttemptState.INTERRUPTED),
        (AttemptKind.RETRY, AttemptState.PLANNED),
    ]
    async with stage.running():
        await stage.clock.advance(10)
        await stage.until_state(DONE)
    assert len(stage.sent()) == 1


async def test_retries_wait_for_fresh_ones() -> None:
    stage = Stage(DeliveryOptions(each_at_once=1))
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        stage.answers[ONE] = OK
        stage.hold(ONE)
        await stage.publish(engine, ONE, count=3)
        await stage.clock.advance(10)
        stage.let_go(ONE)
        await stage.until_state(DONE, 4)
    finished = [line for line in stage.trace if line.startswith("begun")]
    retry = stage.attempts()[1]
    assert retry.kind is AttemptKind.RETRY
    assert finished[-1] == f"begun {retry.id}"


async def test_waiting_retries_are_bounded() -> None:
    stage = Stage(DeliveryOptions(most_retries=2))
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = DEAD
    async with stage.running() as engine:
        await stage.publish(engine, ONE, count=5)
        await stage.until_state(FAILED, 5)
        assert engine.stats.retrying == 2


async def test_a_retry_is_skipped_when_the_owner_has_switched_them_off() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(FAILED)
        await stage.keep(webhook(retries=False))
        await stage.clock.advance(10)
        await stage.until_state(AttemptState.SKIPPED)
    assert len(stage.sent()) == 1


async def test_while_the_store_fails_a_retry_waits_to_be_planned() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    plan = stage.store.attempts.plan
    failures = [StoreFailed("The disk is full: make room.")] * 3

    async def failing(*args: object, **more: object) -> object:
        if failures:
            raise failures.pop()
        return await plan(*args, **more)  # type: ignore[arg-type]

    stage.store.attempts.plan = failing  # type: ignore[assignment]
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until(lambda: bool(stage.sent()))
        await stage.clock.advance(4)
        await stage.until_state(FAILED)
        assert engine.stats.retrying == 1


async def fail_for(stage: Stage, seconds: float, times: int) -> None:
    """Let a webhook fail now and then."""
    async with stage.running() as engine:
        for number in range(times):
            await stage.publish(engine, ONE)
            await stage.until_state(FAILED, number + 1)
            await stage.clock.advance(seconds / times)


async def stored(stage: Stage) -> Webhook:
    records = await stage.store.settings.load()
    return next(record for record in records if isinstance(record, Webhook))


async def test_after_days_of_nothing_but_failures_a_webhook_is_switched_off() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    begun = int(stage.clock.now() * 1000)
    async with stage.running() as engine:
        for _ in range(6):
            await stage.publish(engine, ONE)
            await stage.until(lambda: not engine.stats.in_flight)
            await stage.clock.advance(DAY)
        assert stage.disabled
        assert engine.stats.disabled == 1
    (off,) = stage.disabled
    assert (off.enabled, off.failing_since) == (False, begun)
    assert off.disabled_since == begun + 5 * DAY * 1000
    assert await stored(stage) == off == stage.roster.webhook(ONE)


async def test_a_success_in_between_begins_the_count_anew() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        for day in range(12):
            stage.answers[ONE] = OK if day % 4 == 3 else BROKEN
            await stage.publish(engine, ONE)
            await stage.until(lambda: not engine.stats.in_flight)
            await stage.clock.advance(DAY)
    assert not stage.disabled
    assert (await stored(stage)).failing_since is None


async def test_a_stumble_is_not_written_down_and_a_lasting_failure_once() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    saves: list[object] = []
    save = stage.store.settings.save

    async def counting(*records: Webhook) -> None:
        saves.extend(records)
        await save(*records)

    stage.store.settings.save = counting  # type: ignore[assignment]
    await fail_for(stage, 500.0, 5)
    assert not saves
    await fail_for(stage, 500.0, 5)
    assert not saves
    stage.roster.put(await stored(stage))
    async with stage.running() as engine:
        for _ in range(5):
            await stage.publish(engine, ONE)
            await stage.until(lambda: not engine.stats.in_flight)
            await stage.clock.advance(601)
    assert len(saves) == 1


async def test_two_failures_far_apart_switch_nothing_off() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    await fail_for(stage, 20 * DAY, 2)
    assert not stage.disabled


async def test_a_webhook_that_was_mended_begins_anew() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        for day in range(8):
            if day == 4:
                await stage.keep(webhook(url="https://new.example/one"))
            await stage.publish(engine, ONE)
            await stage.until(lambda: not engine.stats.in_flight)
            await stage.clock.advance(DAY)
    assert not stage.disabled


class HeldSaves:
    """Holds up what is saved, and lets a test do something meanwhile."""

    def __init__(self, stage: Stage) -> None:
        self._save = stage.store.settings.save
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        stage.store.settings.save = self._slowly  # type: ignore[method-assign]

    async def _slowly(self, *records: Record) -> None:
        self.begun.set()
        await self.go_on.wait()
        await self._save(*records)

    async def while_saving(self, work: Coroutine[None, None, object]) -> None:
        """Begin the work while something is being saved."""
        async with asyncio.timeout(10):
            await self.begun.wait()
            async with asyncio.TaskGroup() as group:
                group.create_task(work)
                await asyncio.sleep(0)
                self.go_on.set()


async def test_a_webhook_that_is_deleted_meanwhile_does_not_come_back() -> None:
    stage = Stage()
    await stage.furnish(webhook(failing_since=1))
    saves = HeldSaves(stage)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await saves.while_saving(stage.administration.webhooks.delete(ONE))
        assert engine.stats.delivered == 1
    assert stage.roster.webhook(ONE) is None
    assert not [record for record in await stage.store.settings.load() if type(record) is Webhook]


async def test_a_change_of_the_owners_is_not_lost() -> None:
    stage = Stage()
    await stage.furnish(webhook(failing_since=1))
    saves = HeldSaves(stage)
    change = WebhookChange(url="https://93.184.215.14/one")
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await saves.while_saving(stage.administration.webhooks.change(ONE, change))
    record = await stored(stage)
    assert (record.url, record.failing_since) == (change.url, None)
    assert stage.roster.webhook(ONE) == record


async def test_a_webhook_that_its_owner_mends_while_it_fails_stays_on() -> None:
    stage = Stage()
    await stage.furnish(webhook(failing_since=1))
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        for _ in range(2):
            await stage.publish(engine, ONE)
            await stage.until(lambda: not engine.stats.in_flight)
        stage.hold(ONE)
        await stage.publish(engine, ONE)
        await stage.until(lambda: len(stage.sent()) == 3)
        await stage.administration.webhooks.enable(ONE)
        stage.let_go(ONE)
        await stage.until(lambda: not engine.stats.in_flight)
    assert not stage.disabled
    record = await stored(stage)
    assert (record.enabled, record.failing_since) == (True, None)


async def test_no_retry_is_planned_for_a_webhook_that_is_gone_by_then() -> None:
    stage = Stage()
    await stage.furnish(webhook(retries=True))
    stage.answers[ONE] = BROKEN
    stage.hold(ONE)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until(lambda: stage.sent() == [ONE])
        stage.roster.remove(Webhook, ONE)
        stage.let_go(ONE)
        await stage.until_state(AttemptState.FAILED)
        assert engine.stats.retrying == 0
    assert len(stage.attempts()) == 1

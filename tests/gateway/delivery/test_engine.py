"""Each planned attempt is made once, recorded first, and holds up nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import msgspec
import pytest

from tests.gateway.delivery.stage import BROKEN, DEAD, ONE, OWNER, SEALER, TWO, Stage, webhook
from vestnik.errors import BadRequest, NotFound, Overloaded
from vestnik.gateway.delivery import DeliveryOptions
from vestnik.gateway.model import AttemptKind, AttemptState, Finished, Owner, Webhook
from vestnik.gateway.ports import WebhookRequest, WebhookResponse
from vestnik.ids import DeliveryId, WebhookId
from vestnik.wire import Dialect
from vestnik.wire.signing import new_secret, sign

DONE = AttemptState.DELIVERED


async def test_an_attempt_is_recorded_before_it_is_made() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
    assert stage.trace == ["begun 1", "sent one", "finished 1"]
    (attempt,) = stage.attempts()
    assert (attempt.kind, attempt.number, attempt.status) == (AttemptKind.FIRST, 1, 200)
    assert engine.stats.delivered == 1


async def test_the_request_is_as_the_document_has_it() -> None:
    stage = Stage()
    await stage.furnish(webhook(headers=(("X-Own", SEALER.seal("mine")),)))
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
    (request,) = stage.sender.requests
    assert request.headers == (
        ("Content-Type", "application/json"),
        ("X-Boticord-Token", "owner's token"),
        ("X-Boticord-Affected", "thing-0"),
        ("X-Own", "mine"),
    )
    assert json.loads(request.body) == {
        "type": 1,
        "payload": {"upCount": 1},
        "affected": "thing-0",
        "user": "bob",
        "happened": 5,
    }


async def test_an_owner_may_have_the_named_dialect() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    await stage.keep(Owner(id=OWNER, name="Ann", dialect=Dialect.NAMED, created=0))
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
    assert json.loads(stage.sender.requests[0].body)["type"] == "up_added"


async def test_requests_are_signed_where_the_owner_wants_it() -> None:
    stage = Stage()
    secret = new_secret()
    await stage.furnish(webhook(signing_secret=SEALER.seal(secret)))
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
    (request,) = stage.sender.requests
    headers = dict(request.headers)
    moment = int(stage.clock.now())
    assert headers["webhook-timestamp"] == str(moment)
    assert headers["webhook-id"] == "one.1"
    assert headers["webhook-signature"] == sign(secret, "one.1", moment, request.body)


async def test_attempts_begin_in_order_and_a_few_at_a_time() -> None:
    stage = Stage(DeliveryOptions(each_at_once=2))
    await stage.furnish(webhook())
    stage.hold(ONE)
    async with stage.running() as engine:
        await stage.publish(engine, ONE, count=5)
        await stage.until(lambda: len(stage.sent()) == 2)
        assert (engine.stats.in_flight, engine.stats.waiting) == (2, 3)
        stage.let_go(ONE)
        await stage.until_state(DONE, 5)
    told = [json.loads(request.body)["affected"] for request in stage.sender.requests]
    assert told == [f"thing-{n}" for n in range(5)]


async def test_one_that_does_not_answer_delays_no_other() -> None:
    stage = Stage()
    await stage.furnish(webhook(ONE), webhook(TWO))
    stage.hold(ONE)
    async with stage.running() as engine:
        await stage.publish(engine, ONE, count=50)
        await stage.publish(engine, TWO, count=50)
        await stage.until_state(DONE, 50)
        assert stage.sent().count("one") == 8
    assert all(attempt.webhook == TWO for attempt in stage.attempts(DONE))


async def test_slow_ones_together_leave_half_of_the_places_to_the_others() -> None:
    stage = Stage(DeliveryOptions(at_once=4, each_at_once=2))
    slow = [WebhookId(f"slow-{n}") for n in range(4)]
    await stage.furnish(webhook(ONE), *map(webhook, slow))
    for id in slow:
        stage.answers[id] = WebhookResponse(status=200, milliseconds=4000.0)
    async with stage.running() as engine:
        await stage.publish(engine, *slow)
        await stage.until_state(DONE, 4)
        stage.hold(*slow)
        await stage.publish(engine, *slow, count=3)
        await stage.until(lambda: engine.stats.in_flight == 2)
        await stage.publish(engine, ONE, count=10)
        await stage.until_state(DONE, 14)


async def test_a_dead_one_gets_one_at_a_time_until_it_answers() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = DEAD
    async with stage.running() as engine:
        await stage.publish(engine, ONE, count=3)
        await stage.until_state(AttemptState.FAILED, 3)
        stage.hold(ONE)
        await stage.publish(engine, ONE, count=20)
        await stage.until(lambda: len(stage.sent()) == 4)
        await stage.clock.advance(1)
        assert engine.stats.in_flight == 1
        del stage.answers[ONE]
        held = stage.held[ONE]
        stage.hold(ONE)
        held.set()
        await stage.until(lambda: len(stage.sent()) == 12)
        stage.let_go(ONE)
        await stage.until_state(DONE, 20)


async def test_turns_are_taken_between_webhooks() -> None:
    stage = Stage(DeliveryOptions(at_once=1))
    await stage.furnish(webhook(ONE), webhook(TWO))
    async with stage.running() as engine:
        stage.hold(ONE)
        await stage.publish(engine, ONE, count=3)
        await stage.publish(engine, TWO, count=3)
        stage.let_go(ONE)
        await stage.until_state(DONE, 6)
    assert stage.sent() == ["one", "one", "two", "one", "two", "two"]


async def test_a_full_queue_has_no_place_and_a_released_one_is_free_again() -> None:
    stage = Stage(DeliveryOptions(most_waiting=2))
    await stage.furnish(webhook())
    async with stage.running() as engine:
        assert [engine.reserve(ONE) for _ in range(3)] == [True, True, False]
        assert engine.stats.overflowed == 1
        engine.release(ONE)
        assert engine.reserve(ONE)
        assert engine.reserve(TWO)


async def test_places_become_free_as_attempts_are_made() -> None:
    stage = Stage(DeliveryOptions(most_waiting=2))
    await stage.furnish(webhook())
    async with stage.running() as engine:
        for done in (2, 4):
            await stage.publish(engine, ONE, count=2)
            await stage.until_state(DONE, done)


@pytest.mark.parametrize("gone", [True, False])
async def test_a_webhook_that_is_gone_or_off_is_skipped(gone: bool) -> None:
    stage = Stage()
    await stage.furnish(webhook(enabled=False))
    if gone:
        stage.roster.remove(Webhook, ONE)
    async with stage.running() as engine:
        engine.accept(await stage.plan(ONE))
        await stage.until_state(AttemptState.SKIPPED)
        assert engine.stats.skipped == 1
    assert "gone" in stage.attempts()[0].error or not gone
    assert not stage.sent()


async def test_what_an_earlier_process_planned_is_made_and_what_it_began_is_not() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    first, second = await stage.plan(ONE, count=2)
    await stage.store.attempts.record([first.id], [], 0)
    stage.trace.clear()
    async with stage.running():
        await stage.until_state(DONE)
    assert [request.body.count(b"thing-1") for request in stage.sender.requests] == [1]
    assert stage.attempts(AttemptState.INTERRUPTED)[0].id == first.id
    assert stage.attempts(DONE)[0].id == second.id


async def test_while_the_store_fails_nothing_is_sent_and_nothing_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        stage.store_fails = True
        await stage.publish(engine, ONE)
        await stage.until(lambda: "failed" in stage.trace)
        await stage.publish(engine, ONE)
        await stage.clock.advance(10)
        assert stage.trace.count("failed") > 2
        assert not stage.sent()
        stage.store_fails = False
        await stage.clock.advance(60)
        await stage.until_state(DONE, 2)
    assert len(stage.sent()) == 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_secret_of_another_key_fails_with_a_sentence_and_is_not_sent() -> None:
    stage = Stage()
    await stage.furnish(webhook(token="s1.AAAA"))
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(AttemptState.FAILED)
    assert "cannot be opened with this key" in stage.attempts()[0].error
    assert not stage.sent()


async def test_a_failure_says_what_the_receiver_answered() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = WebhookResponse(status=302, excerpt=b"\xffx", milliseconds=2.0)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(AttemptState.FAILED)
        assert (engine.stats.failed, engine.stats.delivered) == (1, 0)
    (attempt,) = stage.attempts()
    assert (attempt.status, attempt.excerpt, attempt.milliseconds) == (302, "�x", 2.0)
    assert attempt.error == "The receiver answered 302, where 200 means success."


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_counts_as_delivered(status: int) -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = WebhookResponse(status=status)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
    assert stage.attempts()[0].error == ""


async def test_draining_lets_what_is_on_its_way_end_and_leaves_the_rest() -> None:
    stage = Stage(DeliveryOptions(each_at_once=1))
    await stage.furnish(webhook())
    stage.hold(ONE)
    async with stage.running() as engine:
        await stage.publish(engine, ONE, count=3)
        await stage.until(lambda: len(stage.sent()) == 1)
        draining = asyncio.create_task(engine.drain(10))
        await stage.clock.advance(1)
        assert not draining.done()
        stage.let_go(ONE)
        await draining
        assert [attempt.state for attempt in stage.attempts()] == [
            AttemptState.DELIVERED,
            AttemptState.PLANNED,
            AttemptState.PLANNED,
        ]
        with pytest.raises(Overloaded):
            await engine.test(ONE, by="bob")
    async with stage.running():
        await stage.until_state(DONE, 3)
    assert len(stage.sent()) == 3


async def test_draining_does_not_wait_longer_than_it_is_told_to() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.hold(ONE)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until(lambda: bool(stage.sent()))
        await engine.drain(0)
        assert stage.attempts()[0].state is AttemptState.BEGUN
    stage.held.clear()
    async with stage.running():
        assert stage.attempts()[0].state is AttemptState.INTERRUPTED
    assert len(stage.sent()) == 1


async def test_what_has_ended_is_written_down_at_the_end() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until(lambda: bool(stage.sent()))
        await asyncio.sleep(0)
    assert stage.attempts()[0].state is DONE


async def test_a_cancelled_owner_of_the_engine_leaves_no_task() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.hold(ONE)

    async def use() -> None:
        async with stage.running() as engine:
            await stage.publish(engine, ONE, count=3)
            await engine.test(ONE, by="bob")

    task = asyncio.create_task(use())
    await stage.until(lambda: len(stage.sent()) == 4)
    before = len(asyncio.all_tasks())
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert before > len(asyncio.all_tasks()) == 1


async def test_a_test_goes_past_the_queue_and_shows_what_came_back() -> None:
    stage = Stage(DeliveryOptions(each_at_once=1))
    await stage.furnish(webhook(ONE, enabled=False), webhook(TWO))
    stage.answers[ONE] = WebhookResponse(status=418, excerpt=b"tea", milliseconds=3.0)
    async with stage.running() as engine:
        attempt = await engine.test(ONE, by="bob")
    assert (attempt.kind, attempt.state) == (AttemptKind.TEST, AttemptState.FAILED)
    assert (attempt.status, attempt.excerpt, attempt.offset) == (418, "tea", None)
    assert stage.trace == ["begun 1", "sent one", "finished 1"]
    body = json.loads(stage.sender.requests[0].body)
    assert body.pop("payload")["text"]
    assert body == {
        "type": 0,
        "affected": "ann",
        "user": "bob",
        "happened": int(stage.clock.now() * 1000),
    }


async def test_a_test_goes_on_when_the_one_who_asked_has_gone() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.hold(ONE)
    async with stage.running() as engine:
        asking = asyncio.create_task(engine.test(ONE, by="bob"))
        await stage.until(lambda: bool(stage.sent()))
        asking.cancel()
        await asyncio.wait([asking])
        stage.let_go(ONE)
        await stage.until_state(DONE)


async def test_too_many_by_hand_are_turned_away() -> None:
    stage = Stage(DeliveryOptions(by_hand_at_once=1))
    await stage.furnish(webhook())
    stage.hold(ONE)
    async with stage.running() as engine:
        asking = asyncio.create_task(engine.test(ONE, by="bob"))
        await stage.until(lambda: bool(stage.sent()))
        with pytest.raises(Overloaded):
            await engine.test(ONE, by="eve")
        stage.let_go(ONE)
        assert (await asking).state is DONE


async def test_an_attempt_can_be_sent_again_by_hand() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    stage.answers[ONE] = BROKEN
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(AttemptState.FAILED)
        del stage.answers[ONE]
        again = await engine.resend(DeliveryId(1))
    assert (again.kind, again.number, again.offset) == (AttemptKind.RESEND, 2, 1)
    assert again.state is DONE
    first, second = stage.sender.requests
    assert first.body == second.body


async def test_what_cannot_be_sent_by_hand_is_told() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        with pytest.raises(NotFound):
            await engine.test(TWO, by="bob")
        with pytest.raises(NotFound):
            await engine.resend(DeliveryId(99))
        test = await engine.test(ONE, by="bob")
        with pytest.raises(BadRequest):
            await engine.resend(test.id)


async def test_a_changed_record_is_used_for_the_next_attempt() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.until_state(DONE)
        changed = msgspec.structs.replace(webhook(), url="https://other.example/one")
        await stage.keep(changed)
        await stage.publish(engine, ONE)
        await stage.until_state(DONE, 2)
    urls: list[WebhookRequest] = stage.sender.requests
    assert urls[1].url == "https://other.example/one"


async def test_lanes_of_webhooks_that_are_gone_are_forgotten() -> None:
    stage = Stage()
    await stage.furnish()
    async with stage.running() as engine:
        for number in range(3000):
            id = WebhookId(f"w-{number}")
            assert engine.reserve(id)
            engine.release(id)
        assert len(engine._lanes._lanes) <= 1024


async def test_what_was_just_being_written_down_at_the_end_is_not_lost() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    record, writing = stage.store.attempts.record, asyncio.Event()

    async def stuck_once(
        begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        if finished and not writing.is_set():
            writing.set()
            await asyncio.Event().wait()
        await record(begun, finished, now)

    stage.store.attempts.record = stuck_once  # type: ignore[method-assign]
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await writing.wait()
    assert stage.attempts()[0].state is DONE


async def test_a_mistake_in_one_attempt_ends_only_that_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage()
    await stage.furnish(webhook(), webhook(TWO))

    async def answer(request: WebhookRequest) -> WebhookResponse:
        if request.url.endswith(ONE):
            raise RuntimeError("a mistake")
        return await stage._answer(request)

    stage.sender._answer = answer
    async with stage.running() as engine:
        await stage.publish(engine, ONE, TWO, count=3)
        await stage.until_state(DONE, 3)
        await stage.until_state(AttemptState.FAILED, 3)
        assert engine.stats.in_flight == 0
    assert {row.error for row in stage.attempts(AttemptState.FAILED)} == {
        "A mistake in the gateway: its log says more."
    }
    assert "a mistake" in caplog.text


async def test_a_store_that_fails_in_an_unknown_way_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage()
    await stage.furnish(webhook())
    record, mistakes = stage.store.attempts.record, [RuntimeError("a mistake")]

    async def failing(begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int) -> None:
        if mistakes:
            raise mistakes.pop()
        await record(begun, finished, now)

    monkeypatch.setattr(stage.store.attempts, "record", failing)
    async with stage.running() as engine:
        await stage.publish(engine, ONE)
        await stage.clock.advance(1)
        await stage.until_state(DONE)
    assert "a mistake" in caplog.text


@pytest.mark.parametrize("gone", [True, False])
async def test_a_webhook_that_goes_while_the_store_fails_gets_nothing_any_more(
    gone: bool,
) -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        stage.store_fails = True
        await stage.publish(engine, ONE)
        await stage.until(lambda: "failed" in stage.trace)
        if gone:
            stage.roster.remove(Webhook, ONE)
        else:
            await stage.keep(webhook(enabled=False))
        stage.store_fails = False
        await stage.clock.advance(60)
        await stage.until_state(AttemptState.SKIPPED)
    assert stage.sent() == []
    assert engine.stats.skipped == 1


async def test_a_webhook_that_changes_while_the_store_fails_is_used_as_it_is_then() -> None:
    stage = Stage()
    await stage.furnish(webhook())
    async with stage.running() as engine:
        stage.store_fails = True
        await stage.publish(engine, ONE)
        await stage.until(lambda: "failed" in stage.trace)
        await stage.keep(webhook(url="https://hooks.example/moved"))
        stage.store_fails = False
        await stage.clock.advance(60)
        await stage.until_state(DONE)
    assert stage.sent() == ["moved"]


async def test_a_mistake_in_a_test_is_recorded_and_told() -> None:
    stage = Stage()
    await stage.furnish(webhook())

    async def fail(request: WebhookRequest) -> WebhookResponse:
        raise RuntimeError("a mistake")

    stage.sender._answer = fail
    async with stage.running() as engine:
        with pytest.raises(RuntimeError, match="a mistake"):
            await engine.test(ONE, by="ann")
        await stage.until_state(AttemptState.FAILED)

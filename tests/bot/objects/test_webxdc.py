"""Webxdc apps: no update of others is missed, and none of the bot's own is taken for one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bot.objects.fake_app import FakeApp
from tests.bot.objects.services import outbox_of, scope_of, services_on_fake
from vestnik.bot.objects import Services, StatusUpdate, Webxdc
from vestnik.errors import BadInput, CallFailed
from vestnik.testing import FakeCore


@asynccontextmanager
async def _an_app(fake: FakeCore) -> AsyncIterator[tuple[FakeApp, Services]]:
    chat = fake.account().contact("alice@example.org").chat
    async with services_on_fake(fake) as services:
        yield FakeApp(fake, chat), services


def _webxdc(app: FakeApp, services: Services, cause: int | None = None) -> Webxdc:
    return Webxdc(scope_of(services, app.message.chat.account.id, cause), app.message.id)


async def _new_payloads(webxdc: Webxdc) -> list[object]:
    return [update.payload async for update in webxdc.new_updates()]


async def test_an_update_is_sent_with_all_that_was_given(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        webxdc = _webxdc(app, services)
        await webxdc.send_update({"score": 1})
        await webxdc.send_update(
            None, info="i", document="d", summary="s", href="x#y", notify={"*": "n"}
        )
        assert app.updates == [
            {"payload": {"score": 1}},
            {
                "payload": None,
                "info": "i",
                "document": "d",
                "summary": "s",
                "href": "x#y",
                "notify": {"*": "n"},
            },
        ]
        assert outbox_of(services).mails_noted == 2
        assert await webxdc.updates(after=1) == [
            StatusUpdate(
                payload=None,
                info="i",
                document="d",
                summary="s",
                href="x#y",
                notify={"*": "n"},
                serial=2,
            )
        ]


async def test_new_updates_come_once_each(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        app.use(1)
        app.use(2)
        assert await _new_payloads(_webxdc(app, services)) == [1, 2]
        app.use(3)
        assert await _new_payloads(_webxdc(app, services)) == [3]
        assert await _new_payloads(_webxdc(app, services)) == []


async def test_an_update_during_which_the_bot_ends_comes_again(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        for payload in (1, 2, 3):
            app.use(payload)
        updates = _webxdc(app, services).new_updates()
        assert [(await anext(updates)).payload, (await anext(updates)).payload] == [1, 2]
        await updates.aclose()
        assert await _new_payloads(_webxdc(app, services)) == [2, 3]


async def test_the_bots_own_updates_are_not_new_to_it(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        webxdc = _webxdc(app, services)
        app.use("theirs")
        await webxdc.send_update("mine")
        app.use("theirs again")
        await webxdc.send_update("mine again")
        assert await _new_payloads(webxdc) == ["theirs", "theirs again"]
        assert await _new_payloads(webxdc) == []


async def test_of_equal_updates_as_many_are_new_as_others_have_sent(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        webxdc = _webxdc(app, services)
        app.use("tick")
        await webxdc.send_update("tick")
        app.use("tick")
        assert await _new_payloads(webxdc) == ["tick", "tick"]
        app.use("tick")
        assert await _new_payloads(webxdc) == ["tick"]


async def test_what_a_bot_alone_has_sent_is_not_read_again_and_again(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        webxdc = _webxdc(app, services)
        for n in range(5):
            await webxdc.send_update(n)
            assert await webxdc.unhandled() == []
        assert app.requests == [0, 1, 2, 3, 4]


async def test_a_second_run_of_a_handling_sends_no_update_twice(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        for _ in range(2):
            webxdc = _webxdc(app, services, cause=77)
            await webxdc.send_update("first")
            await webxdc.send_update("first")
        assert app.updates == [{"payload": "first"}] * 2


async def test_an_update_whose_answer_got_lost_is_not_sent_again(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        app.loses_answers = True
        with pytest.raises(Exception):  # noqa: B017, PT011 - the process would have ended here
            await _webxdc(app, services, cause=77).send_update("mine")
        app.loses_answers = False
        await _webxdc(app, services, cause=77).send_update("mine")
        assert app.updates == [{"payload": "mine"}]


async def test_an_update_that_did_not_reach_the_core_is_sent_by_the_second_run(
    fake_core: FakeCore,
) -> None:
    async with _an_app(fake_core) as (app, services):
        fake_core.fail("send_webxdc_status_update", "database is locked")
        with pytest.raises(CallFailed):
            await _webxdc(app, services, cause=77).send_update("mine")
        await _webxdc(app, services, cause=77).send_update("mine")
        assert app.updates == [{"payload": "mine"}]
        assert await _webxdc(app, services).unhandled() == []


async def test_what_the_core_refused_is_not_expected_to_come_by(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        fake_core.fail("send_webxdc_status_update", "too large")
        with pytest.raises(CallFailed, match="too large"):
            await _webxdc(app, services).send_update("x")
        app.use("x")
        assert await _new_payloads(_webxdc(app, services)) == ["x"]


async def test_a_payload_that_is_no_json_is_refused_with_a_sentence(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        with pytest.raises(BadInput, match="must be JSON"):
            await _webxdc(app, services).send_update({1, 2, object()})


async def test_a_file_of_the_app_is_read(fake_core: FakeCore) -> None:
    async with _an_app(fake_core) as (app, services):
        assert (
            await _webxdc(app, services).read_file("manifest.toml") == b"content of manifest.toml"
        )


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["mine", "theirs", "read"]), st.integers(0, 2))))
async def test_whatever_the_order_others_updates_come_exactly_once(
    steps: list[tuple[str, int]],
) -> None:
    theirs: list[object] = []
    seen: list[object] = []
    async with _an_app(FakeCore()) as (app, services):
        webxdc = _webxdc(app, services)
        for step, payload in [*steps, ("read", 0)]:
            if step == "mine":
                await webxdc.send_update(payload)
            elif step == "theirs":
                app.use(payload)
                theirs.append(payload)
            else:
                seen += await _new_payloads(webxdc)
    # Of equal ones nobody can tell whose came first, so that only their numbers must agree.
    assert sorted(map(repr, seen)) == sorted(map(repr, theirs))

"""Notifications are put in by POST and read again by GET."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from tests.web.caller import call
from tests.web.conftest import World
from vestnik.errors import StoreFailed
from vestnik.gateway.model import Batch
from vestnik.testing import FakeClock
from vestnik.web import http
from vestnik.web.http import Problem
from vestnik.wire import Dialect

UP = {"type": 1, "resource": "anna-bot"}


async def test_one_notification_is_stored_when_the_answer_comes(world: World) -> None:
    answer = await world.anna.ask("POST", "/notifications", UP)
    assert (answer.status, answer.json) == (202, {"accepted": 1, "muted": 0, "repeat": False})
    page = await world.gateway.log.read(world.anna.owner, 0, 10)
    assert [item.notification.type for item in page.items] == [1]


async def test_what_is_left_out_has_sensible_values(world: World) -> None:
    await world.anna.ask("POST", "/notifications", UP)
    found = await world.anna.ask("GET", "/notifications")
    assert found.read("items", 0, "data") == {
        "type": 1,
        "payload": None,
        "affected": "anna-bot",
        "user": "",
        "happened": int(FakeClock().now() * 1000),
    }


async def test_everything_can_be_said(world: World) -> None:
    said = {
        "type": "comment_added",
        "resource": "anna-bot",
        "affected": "review-7",
        "user": "вася",
        "happened": 12,
        "payload": {"content": "Хорошо", "rating": 5},
    }
    assert (await world.anna.ask("POST", "/notifications", said)).status == 202
    found = await world.anna.ask("GET", "/notifications")
    assert found.read("items", 0, "data") == {
        "type": 2,
        "affected": "review-7",
        "user": "вася",
        "happened": 12,
        "payload": {"content": "Хорошо", "rating": 5},
    }


async def test_a_batch_is_stored_wholly(world: World) -> None:
    said = {"notifications": [UP, {**UP, "type": 2005}, UP]}
    answer = await world.anna.ask("POST", "/notifications", said)
    assert answer.read("accepted") == 3
    found = await world.anna.ask("GET", "/notifications")
    assert found.read("end") == 3


async def test_a_batch_with_an_unknown_resource_is_refused_wholly(world: World) -> None:
    said = {"notifications": [UP, {"type": 1, "resource": "nobody"}]}
    answer = await world.anna.ask("POST", "/notifications", said)
    assert answer.status == 404
    assert "notification 2 of 2" in answer.text("error", "message")
    assert (await world.gateway.log.position(world.anna.owner)).offset == 0


async def test_a_muted_resource_is_accepted_and_told_nobody(world: World) -> None:
    await world.anna.ask("PATCH", "/resources/anna-bot", {"notify": False})
    answer = await world.anna.ask("POST", "/notifications", UP)
    assert (answer.status, answer.json) == (202, {"accepted": 0, "muted": 1, "repeat": False})
    assert (await world.gateway.log.position(world.anna.owner)).offset == 0


async def test_the_same_key_says_nothing_new(world: World) -> None:
    first = await world.anna.ask("POST", "/notifications", UP, idempotency_key="k1")
    again = await world.anna.ask("POST", "/notifications", UP, idempotency_key="k1")
    assert first.read("repeat") is False
    assert again.read("repeat") is True
    assert (await world.gateway.log.position(world.anna.owner)).offset == 1


async def test_a_key_belongs_to_its_owner(world: World) -> None:
    await world.anna.ask("POST", "/notifications", UP, idempotency_key="k1")
    other = await world.boris.ask(
        "POST", "/notifications", {"type": 1, "resource": "boris-bot"}, idempotency_key="k1"
    )
    assert other.read("repeat") is False


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b"[" * 100_000, 422, "object"),
        (b'{"type":1,"resource":"anna-bot","payload":' + b"[" * 5000 + b"]" * 5000 + b"}", 400, ""),
        (b'{"type":1,"resource":"anna-bot","payload":"\xff"}', 400, "UTF-8"),
        (b'{"type":1,"resource":"anna-bot","afected":"x"}', 422, "`afected`"),
        (b'{"type":-1,"resource":"anna-bot"}', 422, ">= 0"),
        (b'{"type":"no_such_word","resource":"anna-bot"}', 422, "no_such_word"),
        (b'{"type":1}', 422, "`resource`"),
        (b'{"type":1,"resource":"anna-bot","happened":1.5}', 422, "happened"),
        (b'{"notifications":[]}', 422, "length >= 1"),
        (b'{"notifications":[{"type":1}]}', 422, "$.notifications[0]"),
        (b'{"type":1,"resource":"anna-bot","user":"\\ud800"}', 400, "no JSON"),
    ],
)
async def test_nonsense_is_told_in_a_sentence(
    world: World, body: bytes, status: int, said: str
) -> None:
    answer = await world.anna.ask("POST", "/notifications", body)
    assert answer.status == status, answer.body
    assert said in answer.text("error", "message")
    assert (await world.gateway.log.position(world.anna.owner)).offset == 0


async def test_a_payload_is_nested_sixty_four_deep_at_most(world: World) -> None:
    def nested(depth: int) -> bytes:
        payload = b"[" * depth + b"]" * depth
        return b'{"type":1,"resource":"anna-bot","payload":%b}' % payload

    assert (await world.anna.ask("POST", "/notifications", nested(64))).status == 202
    assert (await world.anna.ask("POST", "/notifications", nested(65))).status == 422
    wide = {**UP, "payload": [{} for _ in range(200)]}
    assert (await world.anna.ask("POST", "/notifications", wide)).status == 202


async def test_a_batch_has_a_thousand_at_most(world: World) -> None:
    full = await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 1000})
    over = await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 1001})
    assert (full.status, over.status) == (202, 422)


@pytest.mark.parametrize("parts", [[b"x" * (1024 * 1024 + 1)], [b"x" * 600_000, b"x" * 600_000]])
async def test_a_body_has_a_mebibyte_at_most(world: World, parts: list[bytes]) -> None:
    answer = await call(
        world.app,
        "POST",
        "/api/v1/notifications",
        headers={"authorization": world.anna.secret, "content-type": "application/json"},
        body=parts,
    )
    assert (answer.status, answer.text("error", "code")) == (413, "too_large")


async def test_an_announced_body_that_is_too_long_is_not_read(world: World) -> None:
    answer = await world.anna.ask("POST", "/notifications", b"{}", content_length="99999999")
    assert answer.status == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"content_type": "application/json", "content_encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_taken(world: World, headers: dict[str, str]) -> None:
    answer = await world.anna.ask("POST", "/notifications", UP, **headers)
    assert answer.status == 415


async def test_json_with_a_charset_is_json(world: World) -> None:
    kind = "Application/JSON; charset=utf-8"
    assert (await world.anna.ask("POST", "/notifications", UP, content_type=kind)).status == 202


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "\x7f"])
async def test_a_bad_key_is_refused(world: World, key: str) -> None:
    answer = await world.anna.ask("POST", "/notifications", UP, idempotency_key=key)
    assert answer.status == 400


async def test_too_much_is_told_by_429_with_a_time(world: World) -> None:
    world.gateway.publishing._room._most = 1
    many = {"notifications": [UP, UP]}
    answer = await world.anna.ask("POST", "/notifications", many)
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")
    assert answer.text("error", "code") == "overloaded"


async def test_a_store_that_fails_is_told_by_503_with_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(batches: list[Batch]) -> None:
        raise StoreFailed("The disk is full.")

    monkeypatch.setattr(world.gateway.log, "append", fail)
    answer = await world.anna.ask("POST", "/notifications", UP)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.text("error", "message") == "The disk is full."


async def test_a_draining_gateway_takes_nothing_more(world: World) -> None:
    await world.gateway.drain(1.0)
    answer = await world.anna.ask("POST", "/notifications", UP)
    assert answer.status == 503
    assert (await call(world.app, "GET", "/readyz")).status == 503
    assert (await call(world.app, "GET", "/healthz")).status == 200


async def test_the_dialect_of_the_owner_is_spoken(world: World) -> None:
    await world.anna.ask("PATCH", "/owners/anna", {"dialect": Dialect.NAMED})
    await world.anna.ask("POST", "/notifications", UP)
    found = await world.anna.ask("GET", "/notifications")
    assert found.read("items", 0, "data", "type") == "up_added"
    assert found.read("items", 0, "data", "id") == "anna-bot"


async def test_reading_goes_on_from_a_position(world: World) -> None:
    await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 5})
    start = await world.anna.ask("GET", "/notifications?limit=2")
    epoch = start.text("epoch")
    rest = await world.anna.ask("GET", f"/notifications?after=2&epoch={epoch}")
    assert [start.read("items", n, "offset") for n in range(2)] == [1, 2]
    assert [rest.read("items", n, "offset") for n in range(3)] == [3, 4, 5]
    assert (rest.read("end"), rest.read("floor"), rest.read("recovered")) == (5, 0, True)


async def test_a_position_of_another_stream_is_answered_honestly(world: World) -> None:
    await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 3})
    found = await world.anna.ask("GET", "/notifications?after=3&epoch=other")
    assert found.read("recovered") is False
    assert found.read("items", 0, "offset") == 1


async def test_what_is_no_longer_kept_is_answered_honestly(world: World) -> None:
    await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 3})
    world.clock.set_wall(world.clock.now() + world.gateway.options.keep_notifications + 1)
    await world.gateway.trim()
    found = await world.anna.ask("GET", "/notifications?after=1")
    assert (found.read("recovered"), found.read("floor"), found.read("items")) == (False, 3, [])


async def test_the_operator_says_whose(world: World) -> None:
    said = {"notifications": [UP, {"type": 1, "resource": "boris-bot"}]}
    assert (await world.operator("POST", "/notifications", said)).read("accepted") == 2
    found = await world.operator("GET", "/notifications?owner=boris")
    assert found.read("end") == 1
    assert (await world.operator("GET", "/notifications")).status == 422
    assert (await world.operator("GET", "/notifications?owner=nobody")).status == 404


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=1001", "afer=1", "after=1&after=2", "%ff=1"]
)
async def test_a_query_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert (await world.anna.ask("GET", f"/notifications?{query}")).status == 400


async def test_many_at_once_are_all_stored(world: World) -> None:
    answers = await asyncio.gather(
        *(world.anna.ask("POST", "/notifications", UP) for _ in range(50))
    )
    assert {answer.status for answer in answers} == {202}
    assert (await world.gateway.log.position(world.anna.owner)).offset == 50


async def test_a_payload_has_sixty_four_kibibytes_at_most(world: World) -> None:
    fits = {**UP, "payload": "x" * (64 * 1024 - 2)}
    over = {**UP, "payload": "x" * (64 * 1024 - 1)}
    assert (await world.anna.ask("POST", "/notifications", fits)).status == 202
    assert (await world.anna.ask("POST", "/notifications", over)).status == 422
    assert (await world.anna.ask("POST", "/notifications", {"notifications": [over]})).status == 422


async def test_an_answer_ends_before_it_is_too_long(world: World) -> None:
    big = {**UP, "payload": "x" * 60_000}
    for _ in range(10):
        await world.anna.ask("POST", "/notifications", {"notifications": [big] * 15})
    found = await world.anna.ask("GET", "/notifications?limit=1000")
    items = found.read("items")
    assert isinstance(items, list)
    assert (len(items), found.read("next"), found.read("end")) == (70, 70, 150)
    rest = await world.anna.ask("GET", "/notifications?limit=1000&after=70")
    assert rest.read("items", 69, "offset") == 140


async def test_no_more_is_read_than_was_asked_for(world: World) -> None:
    await world.anna.ask("POST", "/notifications", {"notifications": [UP] * 130})
    for limit in (1, 49, 50, 51, 120, 130, 131):
        items = (await world.anna.ask("GET", f"/notifications?limit={limit}")).read("items")
        assert isinstance(items, list)
        assert [item["offset"] for item in items] == list(range(1, min(limit, 130) + 1))


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_SECONDS", 0.0)
    never = asyncio.Event()

    async def receive() -> Message:
        await never.wait()
        raise AssertionError

    with pytest.raises(Problem) as refused:
        await http.read_body(receive, None)
    assert refused.value.status == 408

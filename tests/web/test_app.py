"""What holds for the app as a whole: doors, headers, health, what is beside the API."""

from __future__ import annotations

import logging

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.web.caller import Caller, call
from tests.web.conftest import World
from vestnik.errors import StoreFailed
from vestnik.gateway.delivery import SenderOptions, describe_source
from vestnik.ids import OwnerId
from vestnik.web import build_app


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  ", ""])
async def test_a_token_is_known_with_its_scheme_or_without(world: World, scheme: str) -> None:
    answer = await world.anna.ask("GET", "/me", authorization=f"{scheme}{world.anna.secret}")
    assert answer.status == 200


async def test_a_very_long_token_is_nobodys(world: World) -> None:
    assert (await Caller(world.app, "x" * 100_000)("GET", "/me")).status == 401


async def fail_often(world: World, client: str, times: int, forwarded: str = "") -> list[int]:
    headers = {"authorization": "wrong"} | ({"x-forwarded-for": forwarded} if forwarded else {})
    return [
        (await call(world.app, "GET", "/api/v1/me", headers=headers, client=client)).status
        for _ in range(times)
    ]


async def test_bad_tokens_are_limited_by_address(world: World) -> None:
    assert await fail_often(world, "192.0.2.1", 61) == [401] * 60 + [429]
    assert await fail_often(world, "192.0.2.2", 1) == [401]
    await world.clock.advance(60)
    assert await fail_often(world, "192.0.2.1", 1) == [401]


async def test_a_good_token_gets_in_whatever_others_of_the_address_do(world: World) -> None:
    await fail_often(world, "198.51.100.7", 61)
    assert (await world.anna.ask("GET", "/me")).status == 200


async def test_nobody_gets_around_the_limit_by_a_header(world: World) -> None:
    for number in range(60):
        await fail_often(world, "192.0.2.1", 1, forwarded=f"203.0.113.{number}")
    assert await fail_often(world, "192.0.2.1", 1) == [429]


async def test_a_trusted_proxy_tells_who_it_is(world: World) -> None:
    app = build_app(world.gateway, trusted_proxies=["10.0.0.0/8"])
    proxied = world._replace(app=app)
    assert await fail_often(proxied, "10.0.0.1", 61, forwarded="192.0.2.1") == [401] * 60 + [429]
    assert await fail_often(proxied, "10.0.0.1", 1, forwarded="192.0.2.2") == [401]


async def test_every_answer_has_the_headers_of_security(world: World) -> None:
    for path in ("/api/v1/me", "/api/v1/notify-types", "/nowhere", "/healthz", "/api/v1/me/"):
        answer = await call(world.app, "GET", path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert (await world.anna.ask("GET", "/me")).headers["cache-control"] == "no-store"


async def test_only_what_is_public_may_be_read_by_any_page(world: World) -> None:
    for path in ("/api/v1/notify-types", "/.well-known/vestnik", "/api/v1/openapi.json"):
        answer = await call(world.app, "GET", path, headers={"origin": "https://x.example"})
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    mine = await world.anna.ask("GET", "/me", origin="https://x.example")
    assert "access-control-allow-origin" not in mine.headers
    assert (await call(world.app, "OPTIONS", "/api/v1/me")).status == 405


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/v1/owners", "GET, HEAD, POST"),
        ("POST", "/api/v1/openapi.json", "GET, HEAD"),
        ("DELETE", "/healthz", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_there_is_told_with_those_that_are(
    world: World, method: str, path: str, allow: str
) -> None:
    answer = await call(world.app, method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)


async def test_head_is_get_without_a_body(world: World) -> None:
    answer = await world.anna.ask("HEAD", "/me")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


async def test_what_is_not_there_is_told_in_json(world: World) -> None:
    answer = await call(world.app, "GET", "/nowhere")
    assert (answer.status, answer.text("error", "code")) == (404, "not_found")


async def test_a_mistake_of_ours_is_logged_and_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(owner: OwnerId | None) -> None:
        raise ZeroDivisionError("inner words")

    monkeypatch.setattr(world.gateway.roster, "tokens_of", fail)
    answer = await world.anna.ask("GET", "/tokens")
    assert (answer.status, answer.text("error", "code")) == (500, "internal")
    assert b"inner words" not in answer.body
    assert "inner words" in caplog.text
    assert world.anna.secret not in caplog.text


async def test_readiness_asks_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed("The disk is gone.")

    assert (await call(world.app, "GET", "/readyz")).status == 200
    monkeypatch.setattr(world.gateway.log, "read", fail)
    assert (await call(world.app, "GET", "/readyz")).status == 503


async def test_receivers_find_from_where_webhooks_come(world: World) -> None:
    source = describe_source(SenderOptions(sources=("2a06:98c0::/29",)))
    answer = await call(build_app(world.gateway, source=source), "GET", "/.well-known/vestnik")
    assert answer.read("websocket") == ["/websocket/", "/websocket"]
    assert answer.read("webhooks", "families") == ["ipv6"]
    assert answer.read("webhooks", "networks") == ["2a06:98c0::/29"]


@pytest.mark.parametrize("public", ["https://gw.example/base", "https://gw.example/base/"])
async def test_whoever_asks_is_told_the_public_address(world: World, public: str) -> None:
    app = build_app(world.gateway, public_url=public)
    answer = await call(app, "GET", "/.well-known/vestnik")
    assert answer.read("websocket") == [
        "wss://gw.example/base/websocket/",
        "wss://gw.example/base/websocket",
    ]
    assert answer.read("api") == "https://gw.example/base/api/v1"
    assert answer.read("openapi") == "https://gw.example/base/api/v1/openapi.json"
    described = await call(app, "GET", "/api/v1/openapi.json")
    assert described.read("servers") == [{"url": "https://gw.example/base"}]


async def test_more_can_be_served_beside_the_api(world: World) -> None:
    async def metrics(request: Request) -> PlainTextResponse:
        return PlainTextResponse("up 1")

    app = build_app(world.gateway, routes=[Route("/metrics", metrics)])
    answer = await call(app, "GET", "/metrics")
    assert (answer.status, answer.body) == (200, b"up 1")


async def test_no_token_is_ever_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await world.anna.ask("GET", "/me")
    await Caller(world.app, "vst_some-wrong-token")("GET", "/me")
    made = await world.anna.ask("POST", "/tokens", {"scopes": ["notify"]})
    hook = await world.anna.ask(
        "POST", "/webhooks", {"url": "https://x.example/?q=url-secret", "headers": {"X": "in-x"}}
    )
    await world.anna.ask("POST", f"/webhooks/{hook.text('webhook', 'id')}/test")
    for secret in (
        world.anna.secret,
        "some-wrong-token",
        made.text("secret"),
        hook.text("token"),
        "url-secret",
        "in-x",
    ):
        assert secret not in caplog.text


async def test_a_client_that_goes_away_hurts_nobody(world: World) -> None:
    answer = await call(
        world.app,
        "POST",
        "/api/v1/notifications",
        headers={"authorization": world.anna.secret, "content-type": "application/json"},
        body=[],
    )
    assert answer.status == 400

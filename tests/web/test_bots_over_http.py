"""Hosted bots are added, shown, changed and removed over HTTP."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from starlette.types import Message

from tests.web.caller import Caller
from tests.web.conftest import World
from vestnik.bridge.subscription import DEFAULT_EVENTS
from vestnik.chatmail.logins import AccountCode, AddressLogin
from vestnik.errors import (
    CallFailed,
    CallTimedOut,
    ConfigureFailed,
    CoreDied,
    CoreNotFound,
    Overloaded,
)
from vestnik.ids import ResourceId
from vestnik.web import build_app

NEW = {"name": "Echo", "id": "echo", "owner": "anna", "code": "dcaccount:relay.example"}


async def test_a_bot_is_added_with_a_token_that_is_shown_once(world: World) -> None:
    made = await world.operator("POST", "/bots", NEW)
    assert made.status == 201
    assert (made.read("bot", "id"), made.read("bot", "owner")) == ("echo", "anna")
    assert made.read("bot", "events") == list(DEFAULT_EVENTS)
    assert (made.read("token", "resource"), made.read("token", "scopes")) == (
        "echo",
        ["bot", "notify"],
    )
    me = await Caller(world.app, made.text("secret"))("GET", "/me")
    assert (me.read("token", "resource"), me.read("owner", "id")) == ("echo", "anna")
    assert made.text("secret").encode() not in (await world.operator("GET", "/bots/echo")).body
    assert world.hosting.logins == [AccountCode("dcaccount:relay.example")]


async def test_an_account_that_is_there_is_taken_by_its_password(world: World) -> None:
    asked = {"name": "Echo", "owner": "anna", "address": "e@x.example", "password": "very-secret"}
    made = await world.operator("POST", "/bots", asked)
    assert made.status == 201
    assert made.text("bot", "id").startswith("bot_")
    assert world.hosting.logins == [AddressLogin("e@x.example", "very-secret")]
    assert b"very-secret" not in made.body


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "account code, or an address"),
        ({"code": "dcaccount:x.example", "address": "a@x", "password": "p"}, "account code, or"),
        ({"address": "a@x.example"}, "an address with its password"),
        ({"code": "dcaccount:x.example", "password": "p"}, "A password goes with an address"),
        ({"code": "nonsense"}, "is no account code"),
        ({"code": "dcaccount:x.example", "events": ["IncomingMgs"]}, "did you mean 'IncomingMsg'"),
        ({"code": "dcaccount:x.example", "id": "a b"}, "id"),
        ({"code": "dcaccount:x.example", "cod": "x"}, "`cod`"),
    ],
)
async def test_what_cannot_become_a_bot_is_told_in_a_sentence(
    world: World, asked: dict[str, object], sentence: str
) -> None:
    answer = await world.operator("POST", "/bots", {"name": "X", "owner": "anna", **asked})
    assert answer.status == 422
    assert sentence in answer.text("error", "message")
    assert world.hosting.logins == []


async def test_the_operator_says_whose_bot_it_is(world: World) -> None:
    asked = {"name": "X", "code": "dcaccount:x.example"}
    assert (await world.operator("POST", "/bots", asked)).status == 422
    assert (await world.operator("POST", "/bots", {**asked, "owner": "nobody"})).status == 404


async def test_only_the_operator_adds_bots(world: World) -> None:
    answer = await world.anna.ask("POST", "/bots", NEW)
    assert (answer.status, "operator" in answer.text("error", "message")) == (403, True)
    assert world.hosting.logins == []


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (ConfigureFailed("x", -1, "Error: No such user."), 422, "login_failed"),
        (CallFailed("x", -1, "Error: Something."), 502, "core_failed"),
        (CoreNotFound("There is no core."), 502, "core_failed"),
        (CoreDied(-9), 503, "unavailable"),
        (CallTimedOut("x", 30.0), 503, "unavailable"),
        (Overloaded(10.0), 429, "overloaded"),
    ],
)
async def test_what_goes_wrong_in_the_core_is_a_sentence_and_a_status(
    world: World, problem: Exception, status: int, code: str
) -> None:
    world.hosting.problem = problem
    answer = await world.operator("POST", "/bots", NEW)
    assert (answer.status, answer.text("error", "code")) == (status, code)
    assert answer.text("error", "message") == str(problem)
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert world.gateway.roster.tokens_of(world.anna.owner)[1:] == ()


async def test_a_login_is_given_up_when_nobody_waits_for_the_token(world: World) -> None:
    world.hosting.may_add.clear()
    coming: list[Message] = [{"type": "http.request", "body": msgspec.json.encode(NEW)}]

    async def receive() -> Message:
        if coming:
            return coming.pop()
        await world.hosting.is_adding.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        """Nobody is there to hear it."""

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/bots",
        "query_string": b"",
        "headers": [
            (b"authorization", f"Bearer {world.operator.token}".encode()),
            (b"content-type", b"application/json"),
        ],
    }
    async with asyncio.timeout(30):
        await world.app(scope, receive, send)
    world.hosting.may_add.set()
    assert world.hosting.logins == []
    assert world.gateway.roster.resource(ResourceId("echo")) is None


async def test_the_same_bot_is_not_added_twice(world: World) -> None:
    await world.operator("POST", "/bots", NEW)
    again = await world.operator("POST", "/bots", NEW)
    assert (again.status, again.text("error", "code")) == (409, "conflict")


async def test_bots_are_listed_in_pages_to_who_reaches_them(world: World) -> None:
    for id in ("c", "a"):
        await world.operator("POST", "/bots", {**NEW, "id": id})
    found = (await world.anna.ask("GET", "/bots")).read("items")
    assert isinstance(found, list)
    assert [one["id"] for one in found] == ["a", "anna-bot", "c"]
    page = await world.anna.ask("GET", "/bots?limit=1&after=a")
    assert (page.read("items", 0, "id"), page.read("next")) == ("anna-bot", "anna-bot")
    everybodys = (await world.operator("GET", "/bots")).read("items")
    assert isinstance(everybodys, list)
    assert [one["id"] for one in everybodys] == ["a", "anna-bot", "boris-bot", "c"]
    theirs = await world.operator("GET", "/bots?owner=boris")
    assert theirs.read("items", 0, "id") == "boris-bot"


async def test_a_page_describes_no_more_bots_than_needed(world: World) -> None:
    for id in "cde":
        await world.operator("POST", "/bots", {**NEW, "id": id})
    page = await world.anna.ask("GET", "/bots?limit=1")
    assert (page.read("items", 0, "id"), page.read("next")) == ("anna-bot", "anna-bot")
    assert world.hosting.described == 2


async def test_a_bot_is_changed(world: World) -> None:
    change = {
        "name": "Other",
        "events": ["default", "ContactsChanged"],
        "commands": [{"command": "/start", "description": "Begin."}],
    }
    changed = await world.anna.ask("PATCH", "/bots/anna-bot", change)
    assert (changed.status, changed.read("name")) == (200, "Other")
    # The slash is how people type it, and no part of the name.
    assert changed.read("commands") == [{"command": "start", "description": "Begin."}]
    events = changed.read("events")
    assert isinstance(events, list)
    assert set(events) == {*DEFAULT_EVENTS, "ContactsChanged"}
    same = await world.anna.ask("PATCH", "/bots/anna-bot", {})
    assert same.json == changed.json == (await world.anna.ask("GET", "/bots/anna-bot")).json


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ([{"command": "a b", "description": "x"}], "is no command"),
        ([{"command": "a", "description": ""}], "A description has 1 to"),
        ([{"command": "a", "description": "x"}] * 2, "there twice"),
        ([{"command": "a"}], "description"),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], "100"),
    ],
)
async def test_commands_have_the_same_rules_as_from_the_program_of_the_bot(
    world: World, commands: list[dict[str, str]], sentence: str
) -> None:
    answer = await world.anna.ask("PATCH", "/bots/anna-bot", {"commands": commands})
    assert answer.status == 422
    assert sentence in answer.text("error", "message")


async def test_a_bot_is_removed_with_its_resource_and_tokens(world: World) -> None:
    made = await world.operator("POST", "/bots", NEW)
    assert (await world.anna.ask("DELETE", "/bots/echo")).status == 204
    assert (await world.anna.ask("GET", "/bots/echo")).status == 404
    assert (await world.anna.ask("GET", "/resources/echo")).status == 404
    assert (await Caller(world.app, made.text("secret"))("GET", "/me")).status == 401


async def test_a_resource_that_is_no_bot_is_none_here(world: World) -> None:
    made = await world.anna.ask("POST", "/resources", {"name": "Site"})
    for method in ("GET", "DELETE"):
        answer = await world.anna.ask(method, f"/bots/{made.text('id')}")
        assert (answer.status, "no bot" in answer.text("error", "message")) == (404, True)
    assert (await world.anna.ask("GET", f"/resources/{made.text('id')}")).status == 200


async def test_the_invite_is_a_link_and_a_picture_of_it(world: World) -> None:
    invite = await world.anna.ask("GET", "/bots/anna-bot/invite")
    assert invite.read("link") == "https://i.delta.chat/#anna-bot"
    assert invite.text("svg").startswith("<svg")


async def test_an_invite_that_the_core_has_not_told_yet_is_asked_for_again(world: World) -> None:
    world.hosting.silence(world.anna.resource)
    assert (await world.anna.ask("GET", "/bots/anna-bot/invite")).status == 503


async def test_a_gateway_without_a_host_of_bots_says_so(world: World) -> None:
    app = build_app(world.gateway)
    for token, method, path in (
        (world.anna.secret, "GET", "/bots"),
        (world.anna.secret, "GET", "/bots/anna-bot"),
        (world.operator.token, "POST", "/rpc"),
        (world.operator.token, "GET", "/openrpc.json"),
    ):
        answer = await Caller(app, token)(method, path, {} if method == "POST" else None)
        assert (answer.status, answer.text("error", "message")) == (
            404,
            "This gateway hosts no bots.",
        )

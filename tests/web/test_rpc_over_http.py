"""Orders for hosted bots over HTTP: JSON-RPC 2.0, whose mistakes are in its answers."""

from __future__ import annotations

import msgspec
import pytest

from tests.web.caller import Answered, Caller
from tests.web.conftest import ALL, World
from vestnik.gateway import Scope
from vestnik.web.http import MOST_BODY

ORDER = {"jsonrpc": "2.0", "id": 1, "method": "getMe"}


@pytest.fixture
async def program(world: World) -> Caller:
    """Ask as the program of Anna's bot."""
    issued = await world.gateway.administration.tokens.create(
        world.anna.owner, {Scope.NOTIFY, Scope.BOT}, resource=world.anna.resource
    )
    return Caller(world.app, issued.secret)


async def test_an_order_is_carried_out_for_whom_the_token_is(world: World, program: Caller) -> None:
    answer = await program("POST", "/rpc", ORDER)
    assert (answer.status, answer.json) == (200, {"jsonrpc": "2.0", "id": 1, "result": "getMe"})
    (given,) = world.hosting.calls.given
    assert (given.token.resource, given.key) == (world.anna.resource, None)


async def test_the_order_comes_as_it_was_written(world: World, program: Caller) -> None:
    body = b' { "method":"x",  "id":"\\u00e4", "jsonrpc":"2.0", "params":[1e400] }'
    await program("POST", "/rpc", body)
    assert world.hosting.calls.given[0].request == body


async def test_an_order_without_an_id_is_answered_by_nothing(program: Caller) -> None:
    answer = await program("POST", "/rpc", {"jsonrpc": "2.0", "method": "getMe"})
    assert (answer.status, answer.body) == (204, b"")
    assert "content-type" not in answer.headers


async def test_a_batch_is_answered_by_a_batch(program: Caller) -> None:
    answer = await program("POST", "/rpc", [ORDER, {**ORDER, "id": "b"}])
    found = msgspec.json.decode(answer.body)
    assert (answer.status, [one["id"] for one in found]) == (200, [1, "b"])


@pytest.mark.parametrize("body", [b"{", b"[1", b"\xff", b"3", b"null", b"[" * 100_000])
async def test_what_is_no_order_is_told_in_the_answer(program: Caller, body: bytes) -> None:
    answer = await program("POST", "/rpc", body)
    assert answer.status == 200
    assert answer.read("error", "code") in (-32700, -32600)


async def test_the_key_of_the_header_goes_with_the_order(world: World, program: Caller) -> None:
    await program("POST", "/rpc", ORDER, idempotency_key="job-7")
    assert world.hosting.calls.given[0].key == "job-7"
    assert (await program("POST", "/rpc", ORDER, idempotency_key="a b")).status == 400
    assert len(world.hosting.calls.given) == 1


async def test_the_body_is_json_of_a_mebibyte_at_most(world: World, program: Caller) -> None:
    refused: list[Answered] = [
        await program("POST", "/rpc", b"x" * (MOST_BODY + 1)),
        await program("POST", "/rpc", b"a=b", content_type="application/x-www-form-urlencoded"),
        await program("POST", "/rpc"),
        await program("GET", "/rpc"),
    ]
    assert [answer.status for answer in refused] == [413, 415, 400, 405]
    assert world.hosting.calls.given == []


async def test_orders_need_a_scope_for_them(world: World) -> None:
    poor = await world.gateway.administration.tokens.create(
        world.anna.owner, {Scope.NOTIFY, Scope.PUBLISH}, resource=world.anna.resource
    )
    owners = await world.gateway.administration.tokens.create(world.anna.owner, ALL)
    for issued in (poor, owners):
        for method, path in (("POST", "/rpc"), ("GET", "/openrpc.json")):
            asked = ORDER if method == "POST" else None
            answer = await Caller(world.app, issued.secret)(method, path, asked)
            assert (answer.status, answer.text("error", "message")) == (
                403,
                "The token lacks the scope 'bot' or 'core'.",
            )
    assert world.hosting.calls.given == []


async def test_the_operators_token_gives_orders_to_the_core(world: World) -> None:
    assert (await world.operator("POST", "/rpc", ORDER)).status == 200
    assert world.hosting.calls.given[0].token.resource is None


async def test_the_methods_are_described_for_the_token_that_asks(
    world: World, program: Caller
) -> None:
    described = await program("GET", "/openrpc.json")
    assert (described.status, described.read("info", "title")) == (200, world.anna.resource)
    assert described.headers["cache-control"] == "no-store"
    assert (await world.operator("GET", "/openrpc.json")).read("info", "title") == "core"


async def test_a_token_that_was_deleted_gives_no_more_orders(world: World, program: Caller) -> None:
    (token,) = world.gateway.roster.tokens_for(world.anna.resource)
    await world.gateway.administration.tokens.delete(token.id)
    assert (await program("POST", "/rpc", ORDER)).status == 401
    assert world.hosting.calls.given == []

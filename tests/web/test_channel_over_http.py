"""The service bot and its chats over HTTP."""

from __future__ import annotations

import pytest

from tests.web.conftest import World
from vestnik.chatmail import AccountCode
from vestnik.ids import ChatId, OwnerId


async def test_an_invitation_comes_with_its_qr_code(world: World) -> None:
    answer = await world.anna.ask("POST", "/owners/anna/chats")
    assert answer.status == 201
    assert answer.text("link") == "https://i.delta.chat/#anna"
    assert answer.text("svg").startswith("<svg")
    assert answer.read("expires") == 5000


async def test_chats_are_listed_and_removed(world: World) -> None:
    answer = await world.anna.ask("GET", "/owners/anna/chats")
    assert answer.read("items", 0, "state") == "open"
    assert b"link" not in answer.body
    assert (await world.anna.ask("DELETE", "/owners/anna/chats/12")).status == 204
    assert world.hosting.channels.removed == [(OwnerId("anna"), ChatId(12))]


@pytest.mark.parametrize("chat", ["13", "x", "٣", "-1", "99999999999999999999"])
async def test_a_chat_that_is_not_there_is_not_found(world: World, chat: str) -> None:
    assert (await world.anna.ask("DELETE", f"/owners/anna/chats/{chat}")).status == 404


async def test_the_operator_makes_and_removes_the_service_bot(world: World) -> None:
    asked = {"code": "dcaccount:relay.example", "name": "Post"}
    answer = await world.operator("POST", "/service-bot", asked)
    assert (answer.status, answer.text("name")) == (201, "Post")
    assert world.hosting.channels.logins == [AccountCode("dcaccount:relay.example")]
    assert (await world.operator("GET", "/service-bot")).text("address") == "post@relay.example"
    assert (await world.operator("DELETE", "/service-bot")).status == 204


async def test_an_account_needs_a_code_or_an_address(world: World) -> None:
    assert (await world.operator("POST", "/service-bot", {})).status == 422
    both = {"code": "dcaccount:relay.example", "address": "a@relay.example", "password": "x"}
    assert (await world.operator("POST", "/service-bot", both)).status == 422


async def test_without_any_account_there_are_no_chats_and_the_rest_says_what_to_do(
    world: World,
) -> None:
    world.hosting.has_accounts = False
    assert (await world.anna.ask("GET", "/owners/anna/chats")).read("items") == []
    for ask, method, path in (
        (world.anna.ask, "POST", "/owners/anna/chats"),
        (world.anna.ask, "DELETE", "/owners/anna/chats/12"),
        (world.operator, "GET", "/service-bot"),
        (world.operator, "DELETE", "/service-bot"),
    ):
        answer = await ask(method, path)
        assert answer.status == 404
        assert "vestnik service-bot init" in answer.text("error", "message")
    assert not world.hosting.has_accounts
    made = await world.operator("POST", "/service-bot", {"code": "dcaccount:relay.example"})
    assert made.status == 201

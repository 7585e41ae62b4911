"""Owners, resources, tokens and webhooks are changed over HTTP, by their rules."""

from __future__ import annotations

import pytest

from tests.web.caller import Caller
from tests.web.conftest import World


async def test_me_tells_who_one_is(world: World) -> None:
    mine = await world.anna.ask("GET", "/me")
    assert mine.read("owner", "id") == "anna"
    assert mine.read("token", "scopes") == ["manage", "notify", "publish"]
    assert mine.read("token", "resource") is None
    assert (await world.operator("GET", "/me")).read("owner") is None


async def test_an_owner_is_made_changed_and_forgotten(world: World) -> None:
    made = await world.operator("POST", "/owners", {"name": " Vera ", "id": "vera"})
    assert (made.status, made.read("name"), made.read("dialect")) == (201, "Vera", "numeric")
    changed = await world.operator("PATCH", "/owners/vera", {"dialect": "named"})
    assert (changed.read("name"), changed.read("dialect")) == ("Vera", "named")
    assert (await world.operator("DELETE", "/owners/vera")).status == 204
    assert (await world.operator("GET", "/owners/vera")).status == 404


async def test_an_id_is_given_once(world: World) -> None:
    for path, asked in (
        ("/owners", {"name": "X", "id": "anna"}),
        ("/resources", {"name": "X", "id": "anna-bot", "owner": "boris"}),
    ):
        answer = await world.operator("POST", path, asked)
        assert (answer.status, answer.text("error", "code")) == (409, "conflict")


@pytest.mark.parametrize("id", ["a b", "a/b", "a?b", "a#b", "ё", "a\n", "..", "\x00"])
async def test_an_id_that_could_not_stand_in_a_path_is_refused(world: World, id: str) -> None:
    for path in ("/owners", "/resources"):
        asked = {"name": "X", "id": id} | ({"owner": "anna"} if path == "/resources" else {})
        assert (await world.operator("POST", path, asked)).status == 422


async def test_owners_are_listed_in_pages(world: World) -> None:
    first = await world.operator("GET", "/owners?limit=1")
    assert (first.read("items", 0, "id"), first.read("next")) == ("anna", "anna")
    second = await world.operator("GET", "/owners?limit=1&after=anna")
    assert (second.read("items", 0, "id"), second.read("next")) == ("boris", None)
    assert (await world.operator("GET", "/owners?after=nobody")).read("items") == []


async def test_resources_are_made_by_their_owner_without_choosing_the_id(world: World) -> None:
    made = await world.anna.ask("POST", "/resources", {"name": "Second"})
    assert made.status == 201
    id = made.text("id")
    listed = await world.anna.ask("GET", "/resources")
    assert [listed.read("items", n, "id") for n in range(2)] == ["anna-bot", id]
    changed = await world.anna.ask("PATCH", f"/resources/{id}", {"name": "Third"})
    assert (changed.read("name"), changed.read("notify")) == ("Third", True)
    assert (await world.anna.ask("DELETE", f"/resources/{id}")).status == 204
    assert (await world.anna.ask("GET", f"/resources/{id}")).status == 404


async def test_a_token_is_shown_once_and_works(world: World) -> None:
    made = await world.anna.ask("POST", "/tokens", {"scopes": ["manage"], "label": "CI"})
    ask = Caller(world.app, made.text("secret"))
    assert (await ask("GET", "/me")).read("token", "label") == "CI"
    shown = await ask("GET", f"/tokens/{made.text('token', 'id')}")
    assert set(shown.json) == {"id", "owner", "resource", "scopes", "label", "created"}


async def test_a_regenerated_token_is_worth_nothing_at_once(world: World) -> None:
    new = await world.anna.ask("POST", f"/tokens/{world.anna.token}/regenerate")
    assert (await world.anna.ask("GET", "/me")).status == 401
    assert (await Caller(world.app, new.text("secret"))("GET", "/me")).status == 200


async def test_a_token_may_delete_itself(world: World) -> None:
    assert (await world.anna.ask("DELETE", f"/tokens/{world.anna.token}")).status == 204
    assert (await world.anna.ask("GET", "/me")).status == 401


async def test_a_webhook_shows_its_secrets_once(world: World) -> None:
    asked = {
        "url": "https://hook.example/?key=1",
        "resource": "anna-bot",
        "headers": {"CF-Access-Client-Secret": "very-secret"},
        "signed": True,
        "family": "ipv6",
        "retries": True,
    }
    made = await world.anna.ask("POST", "/webhooks", asked)
    assert made.status == 201
    assert made.text("token").startswith("vwh_")
    assert made.text("signing_secret").startswith("whsec_")
    shown = await world.anna.ask("GET", f"/webhooks/{made.text('webhook', 'id')}")
    assert shown.read("headers") == {"CF-Access-Client-Secret": "***"}
    assert (shown.read("signed"), shown.read("family")) == (True, "ipv6")
    assert b"very-secret" not in made.body + shown.body


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"url": "http://127.0.0.1/"}, "target_refused"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "target_refused"),
        ({"url": "ftp://x.example/"}, "target_refused"),
        ({"url": "https://x.example/", "headers": {"Host": "y"}}, "invalid"),
        ({"url": "https://x.example/", "headers": {"X-Boticord-Token": "y"}}, "invalid"),
        ({"url": "https://x.example/", "headers": {"X": "a\r\nY: b"}}, "invalid"),
        ({"url": "https://x.example/", "headers": {f"X{n}": "" for n in range(11)}}, "invalid"),
        ({"url": "https://x.example/", "token": "with space"}, "invalid"),
        ({"url": "https://x.example/", "family": "ipv5"}, "invalid"),
        ({"headers": {}}, "invalid"),
    ],
)
async def test_a_webhook_that_could_do_harm_is_refused(
    world: World, asked: dict[str, object], code: str
) -> None:
    made = await world.anna.ask("POST", "/webhooks", asked)
    assert (made.status, made.text("error", "code")) == (422, code)
    changed = await world.anna.ask("PATCH", f"/webhooks/{world.anna.webhook}", asked)
    assert changed.status in (200, 422)
    assert len(world.gateway.roster.webhooks_of(world.anna.owner)) == 1


async def test_a_webhook_is_only_for_resources_of_its_owner(world: World) -> None:
    asked = {"url": "https://x.example/", "resource": "boris-bot"}
    assert (await world.anna.ask("POST", "/webhooks", asked)).status == 404


async def test_a_webhook_is_changed_switched_off_and_on(world: World) -> None:
    path = f"/webhooks/{world.anna.webhook}"
    off = await world.anna.ask("PATCH", path, {"enabled": False, "signed": False})
    assert (off.read("webhook", "enabled"), off.read("webhook", "signed")) == (False, False)
    assert (off.read("token"), off.read("signing_secret")) == (None, None)
    signed = await world.anna.ask("PATCH", path, {"signed": True})
    assert signed.text("signing_secret").startswith("whsec_")
    again = await world.anna.ask("PATCH", path, {"signed": True, "headers": {}})
    assert (again.read("signing_secret"), again.read("webhook", "headers")) == (None, {})
    assert (await world.anna.ask("POST", f"{path}/enable")).read("enabled") is True
    assert (await world.anna.ask("DELETE", path)).status == 204
    assert (await world.anna.ask("GET", path)).status == 404


async def test_the_token_of_a_webhook_is_replaced(world: World) -> None:
    path = f"/webhooks/{world.anna.webhook}"
    made = await world.anna.ask("POST", f"{path}/token")
    own = await world.anna.ask("POST", f"{path}/token", {"token": "my-own"})
    assert made.text("token") not in (world.anna.webhook_token, "my-own")
    assert made.text("token").startswith("vwh_")
    assert own.read("token") == "my-own"
    await world.anna.ask("POST", f"{path}/test")
    assert ("X-Boticord-Token", "my-own") in world.sender.requests[-1].headers


async def test_a_test_is_sent_and_stands_in_the_log(world: World) -> None:
    path = f"/webhooks/{world.anna.webhook}"
    tested = await world.anna.ask("POST", f"{path}/test")
    assert (tested.read("kind"), tested.read("status")) == ("test", 200)
    listed = await world.anna.ask("GET", f"{path}/deliveries")
    assert listed.read("items", 0, "id") == tested.read("id")
    shown = await world.anna.ask("GET", f"/deliveries/{tested.read('id')}")
    assert shown.read("state") == "delivered"
    resent = await world.anna.ask("POST", f"/deliveries/{tested.read('id')}/resend")
    assert resent.status == 422


async def test_a_delivery_is_sent_once_more(world: World) -> None:
    await world.anna.ask("POST", "/notifications", {"type": 1, "resource": "anna-bot"})
    listed = await world.anna.ask("GET", f"/webhooks/{world.anna.webhook}/deliveries")
    resent = await world.anna.ask("POST", f"/deliveries/{listed.read('items', 0, 'id')}/resend")
    assert (resent.read("kind"), resent.read("number"), resent.read("state")) == (
        "resend",
        2,
        "delivered",
    )


async def test_deliveries_are_listed_in_pages(world: World) -> None:
    for _ in range(3):
        await world.anna.ask("POST", f"/webhooks/{world.anna.webhook}/test")
    path = f"/webhooks/{world.anna.webhook}/deliveries"
    first = await world.anna.ask("GET", f"{path}?limit=2")
    assert [first.read("items", n, "id") for n in range(2)] == [3, 2]
    rest = await world.anna.ask("GET", f"{path}?limit=2&before={first.read('next')}")
    assert (rest.read("items", 0, "id"), rest.read("next")) == (1, None)


@pytest.mark.parametrize("id", ["0", "x", "-1", "٣", "9" * 30])
async def test_a_delivery_that_cannot_be_is_not_there(world: World, id: str) -> None:
    assert (await world.anna.ask("GET", f"/deliveries/{id}")).status == 404


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("/webhooks", {"url": "https://x.example/", "retry": True}, "retry"),
        ("/tokens", {"scopes": ["notify"], "lable": "x"}, "lable"),
        ("/resources", {"name": "x", "notifi": True}, "notifi"),
    ],
)
async def test_a_misspelled_field_is_named(
    world: World, path: str, asked: dict[str, object], field: str
) -> None:
    answer = await world.anna.ask("POST", path, asked)
    assert answer.status == 422
    assert f"`{field}`" in answer.text("error", "message")


async def test_a_list_can_be_read_on_when_what_it_was_read_up_to_is_gone(world: World) -> None:
    for id in ("c", "b", "a"):
        await world.operator("POST", "/owners", {"name": id, "id": id})
    found, after = [], ""
    for _ in range(5):
        page = await world.operator("GET", f"/owners?limit=1&after={after}")
        found.append(page.text("items", 0, "id"))
        after = found[-1]
        assert page.read("next") == (after if len(found) < 5 else None)
        await world.operator("DELETE", f"/owners/{after}")
    assert found == ["a", "anna", "b", "boris", "c"]

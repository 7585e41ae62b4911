"""A token for one resource reaches that one, and nothing else that its owner has."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.web.caller import Caller
from tests.web.conftest import World
from tests.web.test_isolation import ABOUT_SOMETHING, BODIES, by_name, path_of, settings_of
from vestnik.gateway import Scope, reading
from vestnik.ids import ResourceId
from vestnik.web import Operation

BOT, OTHER = ResourceId("boris-bot"), ResourceId("other-bot")


async def bound(world: World, resource: ResourceId = BOT) -> Caller:
    """Ask as a program of one of Boris's bots, with every scope that it can have."""
    if world.gateway.roster.resource(resource) is None:
        await world.gateway.administration.resources.create(world.boris.owner, "Other", id=resource)
    scopes = [Scope.NOTIFY, Scope.PUBLISH, Scope.BOT]
    issued = await world.gateway.administration.tokens.create(
        world.boris.owner, scopes, resource=resource
    )
    return Caller(world.app, issued.secret)


async def happen(world: World, resources: Iterable[str]) -> None:
    items = [{"type": 1, "resource": resource} for resource in resources]
    answer = await world.boris.ask("POST", "/notifications", {"notifications": items})
    assert answer.status == 202


async def offsets(ask: Caller, query: str = "") -> list[object]:
    found = (await ask("GET", f"/notifications{query}")).read("items")
    assert isinstance(found, list)
    return [item["offset"] for item in found]


async def test_it_is_made_by_its_owner_and_by_the_operator(world: World) -> None:
    asked = {"scopes": ["notify", "bot"], "resource": BOT}
    for ask in (world.boris.ask, world.operator):
        made = await ask("POST", "/tokens", asked)
        assert (made.status, made.read("token", "owner")) == (201, "boris")
        me = await Caller(world.app, made.text("secret"))("GET", "/me")
        assert me.read("token", "resource") == BOT
        assert me.read("owner", "id") == "boris"


async def test_it_is_not_made_for_anothers_resource(world: World) -> None:
    foreign = await world.anna.ask("POST", "/tokens", {"scopes": ["bot"], "resource": BOT})
    missing = await world.anna.ask("POST", "/tokens", {"scopes": ["bot"], "resource": "x"})
    assert (foreign.status, missing.status) == (404, 404)
    asked = {"scopes": ["bot"], "resource": BOT, "owner": "anna"}
    assert (await world.operator("POST", "/tokens", asked)).status == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"scopes": ["bot"]},
        {"scopes": ["core"]},
        {"scopes": ["core"], "resource": BOT},
        {"scopes": ["manage", "bot"], "resource": BOT},
    ],
)
async def test_scopes_that_do_not_fit_are_refused(world: World, asked: dict[str, object]) -> None:
    assert (await world.boris.ask("POST", "/tokens", asked)).status == 422


@pytest.mark.parametrize(
    "operation",
    [one for one in ABOUT_SOMETHING if one.scopes == (Scope.MANAGE,)],
    ids=by_name,
)
async def test_settings_are_closed_to_it(world: World, operation: Operation) -> None:
    ask = await bound(world)
    path = await path_of(world, operation)
    before = await settings_of(world)
    answer = await ask(operation.method, path, BODIES.get(operation.name))
    assert answer.status == 403
    assert await settings_of(world) == before


async def test_it_publishes_only_for_its_resource(world: World) -> None:
    ask = await bound(world, OTHER)
    mine = await ask("POST", "/notifications", {"type": 1, "resource": OTHER})
    theirs = await ask("POST", "/notifications", {"type": 1, "resource": BOT})
    nobodys = await ask("POST", "/notifications", {"type": 1, "resource": "nobodys-"})
    assert (mine.status, theirs.status, nobodys.status) == (202, 404, 404)
    assert theirs.body.replace(BOT.encode(), b"") == nobodys.body.replace(b"nobodys-", b"")


async def test_it_reads_only_what_happened_to_its_resource(world: World) -> None:
    ask = await bound(world, OTHER)
    await happen(world, [BOT, OTHER, BOT, OTHER, OTHER])
    assert await offsets(ask) == [2, 4, 5]
    assert await offsets(ask, "?owner=boris") == [2, 4, 5]
    assert await offsets(ask, "?after=2&limit=1") == [4]
    assert await offsets(world.boris.ask) == [1, 2, 3, 4, 5]
    assert (await ask("GET", "/notifications?owner=anna")).status == 404


async def test_next_is_where_it_goes_on_whatever_lies_between(world: World) -> None:
    ask = await bound(world, OTHER)
    await happen(world, [OTHER, *[BOT] * 120, OTHER, BOT])
    found, after = [], 0
    for _ in range(10):
        page = await ask("GET", f"/notifications?limit=1&after={after}")
        found += await offsets(ask, f"?limit=1&after={after}")
        assert (page.read("recovered"), page.read("end")) == (True, 123)
        after = int(str(page.read("next")))
        if after == page.read("end"):
            break
    assert (found, after) == ([1, 122], 123)


async def test_an_answer_ends_before_all_that_is_others_was_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MOST_READ", 100)
    ask = await bound(world, OTHER)
    await happen(world, [*[BOT] * 120, OTHER])
    first = await ask("GET", "/notifications")
    assert (first.read("items"), first.read("next"), first.read("end")) == ([], 100, 121)
    assert await offsets(ask, "?after=100") == [121]


async def test_next_is_never_beyond_the_end(world: World) -> None:
    await happen(world, [BOT])
    page = await world.boris.ask("GET", "/notifications?after=50")
    assert (page.read("next"), page.read("end"), page.read("recovered")) == (1, 1, False)


async def test_it_goes_with_its_resource(world: World) -> None:
    ask = await bound(world)
    assert (await world.boris.ask("DELETE", f"/resources/{BOT}")).status == 204
    assert (await ask("GET", "/me")).status == 401

"""Whose token reaches what: every operation of the table, for everybody who may not do it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from tests.web.caller import Caller
from tests.web.conftest import ALL, World
from vestnik.gateway import Scope
from vestnik.gateway.model import AttemptKind, Record
from vestnik.gateway.stores import MemoryStore
from vestnik.web import OPERATIONS, Operation

NEEDING = [operation for operation in OPERATIONS if not operation.is_public]
ABOUT_ONESELF = ("read_me", "call_methods", "describe_methods", "upload_file")
ABOUT_SOMETHING = [operation for operation in NEEDING if operation.name not in ABOUT_ONESELF]
SCOPED = [operation for operation in NEEDING if operation.scopes]

BODIES: dict[str, object] = {
    "publish_notifications": {"type": 1, "resource": "boris-bot"},
    "create_owner": {"name": "X"},
    "change_owner": {"name": "X"},
    "create_resource": {"name": "X", "owner": "boris"},
    "change_resource": {"name": "X"},
    "create_token": {"scopes": ["notify"], "owner": "boris"},
    "create_webhook": {"url": "https://x.example/", "owner": "boris"},
    "change_webhook": {"url": "https://x.example/"},
    "regenerate_webhook_token": {},
    "add_bot": {"name": "X", "owner": "boris", "code": "dcaccount:relay.example"},
    "change_bot": {"name": "X"},
    "make_service_bot": {"code": "dcaccount:relay.example"},
    "call_methods": {"jsonrpc": "2.0", "method": "getMe", "id": 1},
}
"""What is asked, of Boris's things."""


def by_name(operation: Operation) -> str:
    return operation.name


async def a_delivery(world: World) -> int:
    attempt = await world.gateway.attempts.plan(
        world.boris.webhook, world.boris.owner, AttemptKind.TEST, 0
    )
    return attempt.id


async def path_of(world: World, operation: Operation) -> str:
    """Fill Boris's ids in."""
    boris = world.boris
    path = operation.path.format(
        owner=boris.owner,
        resource=boris.resource,
        bot=boris.resource,
        chat="12",
        token=boris.token,
        webhook=boris.webhook,
        delivery=await a_delivery(world) if "{delivery}" in operation.path else "",
    )
    query = {"owner": boris.owner, "timeout": "0"}
    fields = operation.query.__struct_fields__ if operation.query else ()  # type: ignore[attr-defined]
    asked = "&".join(f"{name}={value}" for name, value in query.items() if name in fields)
    return f"{path}?{asked}" if asked else path


async def settings_of(world: World) -> Sequence[Record]:
    assert isinstance(world.gateway.store, MemoryStore)
    return await world.gateway.store.settings.load()


@pytest.mark.parametrize("operation", NEEDING, ids=by_name)
async def test_nothing_goes_without_a_token(world: World, operation: Operation) -> None:
    before = await settings_of(world)
    for token in (None, "", "vst_wrong", "х"):
        ask = Caller(world.app, token.encode().decode("latin-1") if token else token)
        path = await path_of(world, operation)
        answer = await ask(operation.method, path, BODIES.get(operation.name))
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await settings_of(world) == before


@pytest.mark.parametrize("operation", ABOUT_SOMETHING, ids=by_name)
async def test_nobody_reaches_what_is_anothers(world: World, operation: Operation) -> None:
    path = await path_of(world, operation)
    before, sent = await settings_of(world), len(world.sender.requests)
    answer = await world.anna.ask(operation.method, path, BODIES.get(operation.name))
    assert answer.status in (403, 404), answer.body
    assert (answer.status == 403) == operation.is_operators
    assert await settings_of(world) == before
    assert len(world.sender.requests) == sent
    assert (await world.gateway.log.position(world.boris.owner)).offset == 0


@pytest.mark.parametrize(
    "operation", [one for one in ABOUT_SOMETHING if "{" in one.path], ids=by_name
)
async def test_what_is_anothers_looks_as_if_it_were_not_there(
    world: World, operation: Operation
) -> None:
    path = await path_of(world, operation)
    asked = BODIES.get(operation.name)
    theirs = await world.anna.ask(operation.method, path, asked)
    named = path.partition("?")[0].split("/")[2]
    missing = named[:-1] + ("1" if named[-1] != "1" else "2")
    nobodys = await world.anna.ask(operation.method, path.replace(named, missing), asked)
    assert theirs.status == nobodys.status
    assert theirs.body.replace(named.encode(), b"") == nobodys.body.replace(missing.encode(), b"")


@pytest.mark.parametrize("operation", SCOPED, ids=by_name)
async def test_every_operation_wants_its_scope(world: World, operation: Operation) -> None:
    rules = world.gateway.administration
    lacking = await rules.tokens.create(world.boris.owner, ALL - {*operation.scopes})
    path = await path_of(world, operation)
    before = await settings_of(world)
    answer = await Caller(world.app, lacking.secret)(
        operation.method, path, BODIES.get(operation.name)
    )
    assert answer.status == 403
    assert await settings_of(world) == before


# What is resent has to be there, and uploads have tests of their own.
@pytest.mark.parametrize(
    "operation",
    [one for one in SCOPED if one.name not in ("resend_delivery", "upload_file")],
    ids=by_name,
)
async def test_the_scope_of_an_operation_is_enough(world: World, operation: Operation) -> None:
    owner = None if operation.is_operators else world.boris.owner
    (scope, *_), tokens = operation.scopes, world.gateway.administration.tokens
    resource = world.boris.resource if scope is Scope.BOT else None
    enough = await tokens.create(owner, {scope}, resource=resource)
    path = await path_of(world, operation)
    answer = await Caller(world.app, enough.secret)(
        operation.method, path, BODIES.get(operation.name)
    )
    assert answer.status == operation.status, answer.body


async def test_the_operator_reaches_everybody(world: World) -> None:
    assert (await world.operator("GET", "/owners/anna")).status == 200
    assert (await world.operator("GET", "/resources/boris-bot")).status == 200
    assert (await world.operator("DELETE", "/owners/boris")).status == 204
    assert (await world.boris.ask("GET", "/me")).status == 401


async def test_an_owner_never_gets_an_operators_token(world: World) -> None:
    issued = await world.anna.ask("POST", "/tokens", {"scopes": list(ALL)})
    assert issued.read("token", "owner") == "anna"
    operators = world.gateway.roster.tokens_of(None)[0].id
    for method, path in (
        ("GET", f"/tokens/{operators}"),
        ("DELETE", f"/tokens/{operators}"),
        ("POST", f"/tokens/{operators}/regenerate"),
    ):
        assert (await world.anna.ask(method, path)).status == 404


async def test_an_owner_cannot_take_the_id_of_a_bot(world: World) -> None:
    for id in ("boris-bot", "not-yet-there"):
        answer = await world.anna.ask("POST", "/resources", {"name": "Mine", "id": id})
        assert answer.status == 403


async def test_no_secret_is_ever_shown_again(world: World) -> None:
    """Ask everything that can be read, as everybody, and look for what must not be there."""
    await world.boris.ask("POST", f"/webhooks/{world.boris.webhook}/test")
    seen = b""
    for ask in (world.anna.ask, world.boris.ask, world.operator):
        for operation in OPERATIONS:
            if operation.method == "GET":
                seen += (await ask("GET", await path_of(world, operation))).body
    assert b"X-Secret" in seen
    roster = world.gateway.roster
    webhook = roster.webhook(world.boris.webhook)
    assert webhook is not None
    assert webhook.signing_secret is not None
    token = roster.token(world.boris.token)
    assert token is not None
    for secret in (
        world.boris.secret,
        world.boris.webhook_token,
        "header-secret-of-boris",
        "whsec_",
        webhook.token,
        webhook.signing_secret,
        webhook.headers[0][1],
        token.digest,
    ):
        assert secret.encode() not in seen


def test_every_operation_has_what_it_needs_to_be_tried() -> None:
    """So that an operation that is added cannot slip through this file."""
    for operation in NEEDING:
        assert (operation.name in BODIES) == operation.needs_body
        for body in operation.bodies[:1]:
            msgspec.convert(BODIES[operation.name], body)

"""The published document is true: schemathesis asks what it describes and checks the answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.openapi import from_dict
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from tests.web.hosts import FakeHosting
from vestnik.gateway import Gateway, Sealer, Token, digest_of
from vestnik.gateway import Scope as TokenScope
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, ResourceId, TokenId
from vestnik.web import OPERATIONS, build_app, document

SECRET = "vst_for-the-examples"


class Served:
    """A gateway that lives as long as the app's lifespan."""

    def __init__(self, owner: OwnerId | None) -> None:
        self._owner = owner
        self._app: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            assert self._app is not None
            await self._app(scope, receive, send)
            return
        await receive()
        async with AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(
                Gateway(MemoryStore(), MemoryBroker(), MemorySender(), Sealer.from_key(bytes(32)))
            )
            await self._fill(gateway)
            # Nothing happens here that a poll could wait for.
            gateway.updates.close()
            hosting = FakeHosting(gateway)
            hosting.put(OwnerId("anna"), ResourceId("bot"), "Bot")
            self._app = build_app(gateway, hosting=hosting)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _fill(self, gateway: Gateway) -> None:
        owner = OwnerId("anna")
        await gateway.administration.owners.create("Anna", id=owner)
        await gateway.administration.resources.create(owner, "Bot", id=ResourceId("bot"))
        token = Token(
            id=TokenId("tok_examples"),
            owner=self._owner,
            scopes=frozenset(TokenScope),
            digest=digest_of(SECRET),
            created=0,
        )
        await gateway.store.settings.save(token)
        gateway.roster.put(token)


def published(owner: OwnerId | None) -> BaseSchema:
    described = msgspec.json.decode(document(OPERATIONS))
    # The token is given to every case, also to those that would leave it out to see a refusal;
    # what happens without one is in test_isolation.
    described["security"] = []
    schema = from_dict(described)
    schema.app = Served(owner)
    return schema


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    shutdown_lifespans()


def validate(case: schemathesis.Case[Any]) -> None:
    # What is wrong with an order, its answer says, and the status is 200.
    told_inside = [negative_data_rejection] if case.operation.path.endswith("/rpc") else []
    case.call_and_validate(
        headers={"Authorization": f"Bearer {SECRET}"},
        # Some rules cannot be said in a schema: which addresses are private, whose things an
        # operator means. All other checks hold.
        excluded_checks=[positive_data_acceptance, *told_inside],
    )


@published(OwnerId("anna")).parametrize()
@settings(max_examples=15)
def test_what_is_published_is_true_for_owners(case: schemathesis.Case[Any]) -> None:
    validate(case)


@published(None).parametrize()
@settings(max_examples=15)
def test_what_is_published_is_true_for_the_operator(case: schemathesis.Case[Any]) -> None:
    validate(case)


def test_every_operation_is_in_the_document_once() -> None:
    paths = msgspec.json.decode(document(OPERATIONS))["paths"]
    described = [
        (method.upper(), path.removeprefix("/api/v1"), body["operationId"])
        for path, methods in paths.items()
        for method, body in methods.items()
    ]
    assert sorted(described) == sorted((o.method, o.path, o.name) for o in OPERATIONS)
    assert len({name for _, _, name in described}) == len(OPERATIONS)


def test_every_type_in_the_document_says_what_it_is() -> None:
    schemas = msgspec.json.decode(document(OPERATIONS))["components"]["schemas"]
    assert [name for name, schema in schemas.items() if "description" not in schema] == []


def test_an_upload_is_a_file_with_a_name() -> None:
    described = msgspec.json.decode(document(OPERATIONS))["paths"]["/api/v1/files"]["post"]
    assert list(described["requestBody"]["content"]) == ["application/octet-stream"]
    (name,) = described["parameters"]
    assert (name["name"], name["in"], name["required"]) == ("name", "query", True)
    assert {"411", "413", "507"} <= described["responses"].keys()

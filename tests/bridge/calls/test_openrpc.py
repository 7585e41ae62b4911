"""The document tells exactly what a token may call, so that bindings can be made from it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import OPERATOR, example, fake_desk, token_of
from vestnik.bridge.calls.conforming import fault
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.for_operator import TAKEN
from vestnik.bridge.calls.openrpc import document_for
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.chatmail import METHODS
from vestnik.errors import NotAllowed
from vestnik.gateway.model import Scope
from vestnik.testing import FakeCore

BOTS = json.loads(document_for(token_of("own", Scope.BOT)))
OPERATORS = json.loads(document_for(OPERATOR))
KEYWORDS = {
    "$ref",
    "additionalProperties",
    "anyOf",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "minItems",
    "minimum",
    "oneOf",
    "properties",
    "required",
    "title",
    "type",
}


def schemas_in(document: dict[str, Any]) -> list[Any]:
    methods = document["methods"]
    params = [param["schema"] for method in methods for param in method["params"]]
    return [
        *params,
        *(method["result"]["schema"] for method in methods),
        *document["components"]["schemas"].values(),
    ]


def check_schema(schema: Any, known: set[str]) -> None:
    """Check that a schema is one that the generators of bindings understand."""
    assert isinstance(schema, dict)
    assert set(schema) <= KEYWORDS
    if "$ref" in schema:
        assert schema["$ref"].removeprefix("#/components/schemas/") in known
    members = schema.get("properties", {})
    assert set(schema.get("required", [])) <= set(members)
    items = schema.get("items", [])
    extra = schema.get("additionalProperties", [])
    inner = [*members.values(), *schema.get("anyOf", []), *schema.get("oneOf", [])]
    inner += items if isinstance(items, list) else [items]
    inner += extra if isinstance(extra, list) else [extra]
    for one in inner:
        check_schema(one, known)


@pytest.mark.parametrize("document", [BOTS, OPERATORS], ids=["bot", "operator"])
def test_it_is_an_openrpc_document(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"1\.\d+\.\d+", document["openrpc"])
    assert {"title", "version"} <= set(document["info"])
    names = [method["name"] for method in document["methods"]]
    assert len(names) == len(set(names))
    errors = document["components"]["errors"]
    for method in document["methods"]:
        assert method["summary"]
        assert {"name", "schema"} <= set(method["result"])
        wanted = [param["required"] for param in method["params"]]
        assert wanted == sorted(wanted, reverse=True)
        assert len({param["name"] for param in method["params"]}) == len(wanted)
        assert method["paramStructure"] == "by-name"
        assert {one["$ref"].rsplit("/", 1)[1] for one in method["errors"]} == set(errors)
    assert {one["code"] for one in errors.values()} == set(map(int, RpcCode))


@pytest.mark.parametrize("document", [BOTS, OPERATORS], ids=["bot", "operator"])
def test_its_schemas_are_whole_and_none_is_there_for_nothing(document: dict[str, Any]) -> None:
    known = set(document["components"]["schemas"])
    for schema in schemas_in(document):
        check_schema(schema, known)
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert referred == known


def test_a_bots_document_has_what_is_allowed_and_our_own_calls() -> None:
    assert {method["name"] for method in BOTS["methods"]} == {*ALLOWED, *CONVENIENT}
    for method in BOTS["methods"]:
        assert "accountId" not in {param["name"] for param in method["params"]}


def test_the_operators_document_has_the_whole_core() -> None:
    assert {method["name"] for method in OPERATORS["methods"]} == set(METHODS) - TAKEN
    listed = {method["name"]: method for method in OPERATORS["methods"]}
    assert listed["get_message"]["params"][0]["name"] == "accountId"


def test_it_says_that_files_are_uploads_and_links() -> None:
    schemas = BOTS["components"]["schemas"]
    assert "upload" in schemas["MessageData"]["properties"]["file"]["description"]
    assert "download" in schemas["Message"]["properties"]["file"]["description"]
    assert "null" in schemas["Contact"]["properties"]["profileImage"]["description"]
    assert "null" not in schemas["VcardContact"]["properties"]["profileImage"]["description"]
    listed = {method["name"]: method for method in BOTS["methods"]}
    (image,) = (
        one for one in listed["set_chat_profile_image"]["params"] if one["name"] == "imagePath"
    )
    assert "upload" in image["description"]


def test_it_says_where_its_calls_go_to_who_knows_the_address() -> None:
    told = json.loads(document_for(token_of("own", Scope.BOT), "https://vestnik.example/"))

    assert told.pop("servers") == [{"name": "Vestnik", "url": "https://vestnik.example/api/v1/rpc"}]
    assert told == BOTS


@pytest.mark.parametrize("token", [token_of("own", Scope.NOTIFY), token_of(None, Scope.BOT)])
def test_a_token_that_gives_no_orders_gets_no_document(token: Any) -> None:
    with pytest.raises(NotAllowed):
        document_for(token)


async def test_every_method_of_it_can_be_called_by_what_it_says(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    schemas = BOTS["components"]["schemas"]
    for name in set(ALLOWED) - {"get_system_info"}:
        fake_core.on(name, lambda *_, of=name: example(core_signatures()[of].result))
    kinds: Any = schemas["Qr"]["oneOf"]
    (withdraw,) = (one for one in kinds if "withdrawVerifyContact" in str(one["properties"]))
    fake_core.on("check_qr", lambda *_: example(withdraw, schemas))
    fake_core.on("batch_get_config", lambda *_: {"displayname": "x"})
    async with fake_desk(fake_core, tmp_path) as desk:
        upload = await desk.upload("a.png", b"x")
        for method in BOTS["methods"]:
            params = {one["name"]: example(one["schema"], schemas) for one in method["params"]}
            answer = await desk.ask(method["name"], _with_sense(method["name"], params, upload))

            assert "error" not in answer, (method["name"], answer)
            result = answer["result"]
            # What the example has in places of pictures is hidden, and may be null.
            assert fault(result, method["result"]["schema"], schemas, "result") is None


def _with_sense(method: str, params: dict[str, Any], upload: str) -> dict[str, Any]:
    """Put sense into texts of examples: an upload's id for files, keys that there are."""
    for name in ("file", "imagePath", "stickerPath", "avatar"):
        if name in params:
            params[name] = upload
    if "data" in params and isinstance(params["data"], dict):
        params["data"]["file"] = upload
    if "key" in params:
        params["key"] = "displayname"
    if "keys" in params:
        params["keys"] = ["displayname"]
    if method == "batch_set_config":
        params["config"] = {"displayname": "x"}
    return params

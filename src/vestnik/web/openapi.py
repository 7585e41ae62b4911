"""The OpenAPI document, made from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TypeAlias, get_origin

import msgspec

from vestnik.web.operations import Operation
from vestnik.web.problems import MEANINGS
from vestnik.web.shown import ErrorBody

__all__ = ["PREFIX", "document"]

PREFIX = "/api/v1"
"""Where the API is."""

Json: TypeAlias = "dict[str, object]"

_REF = "#/components/schemas/{name}"
_RETRY: Json = {
    "Retry-After": {
        "schema": {"type": "integer", "minimum": 0},
        "description": "Seconds until it makes sense again.",
    }
}
_HEADERS: Mapping[int, Json] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Always Bearer."}},
    429: _RETRY,
    503: _RETRY,
    507: _RETRY,
}
_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Who says it again with the same key, within a day, says nothing new.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_FILE: Json = {
    "required": True,
    "description": "The file itself, as it is.",
    "content": {"application/octet-stream": {"schema": {}}},
}


def document(operations: Iterable[Operation], public_url: str | None = None) -> bytes:
    """Write the document, as JSON.

    Args:
        public_url: The base under which the world reaches the API, if that is known.
    """
    operations = tuple(operations)
    schemas = _Schemas(operations)
    paths: dict[str, Json] = {}
    for operation in operations:
        described = _operation(operation, schemas)
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = described
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Vestnik",
                "version": version("vestnik"),
                "description": "Notifications about bots: put in, read again, sent to webhooks.",
                "license": {"name": "MPL-2.0", "identifier": "MPL-2.0"},
            },
            "servers": [{"url": (public_url or "/").rstrip("/") or "/"}],
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "schemas": schemas.components,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


class _Schemas:
    """The schemas of all bodies and answers."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        types: list[object] = [ErrorBody]
        for operation in operations:
            types += [*operation.bodies, operation.answer]
        known = [one for one in dict.fromkeys(types) if one is not None]
        found, self.components = msgspec.json.schema_components(known, ref_template=_REF)
        self._by_type = dict(zip(known, found, strict=True))

    def of(self, type: object) -> object:
        return self._by_type[type]


def _operation(operation: Operation, schemas: _Schemas) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _who(operation),
        "tags": [operation.path.split("/")[1].removesuffix(".json")],
        "parameters": _parameters(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.is_public:
        described["security"] = []
    if operation.bodies:
        described["requestBody"] = _body(operation, schemas)
    elif operation.takes_file:
        described["requestBody"] = _FILE
    return described


def _who(operation: Operation) -> str:
    if operation.is_public:
        return "Needs no token."
    whose = "A token of the operator's" if operation.is_operators else "A token"
    if not operation.scopes:
        return f"{whose} of any scope."
    wanted = " or ".join(f"`{scope.value}`" for scope in operation.scopes)
    return f"{whose} with the scope {wanted}."


def _body(operation: Operation, schemas: _Schemas) -> Json:
    found = [schemas.of(body) for body in operation.bodies]
    schema = found[0] if len(found) == 1 else {"oneOf": found}
    required = any(map(_is_required, operation.bodies))
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _is_required(body: type) -> bool:
    if get_origin(body) is list:
        return True
    return any(field.required for field in msgspec.structs.fields(body))


def _responses(operation: Operation, schemas: _Schemas) -> Json:
    success: Json = {"description": "Done."}
    if operation.answer is not None:
        success["content"] = {"application/json": {"schema": schemas.of(operation.answer)}}
    responses: Json = {str(operation.status): success}
    if operation.may_say_nothing:
        responses["204"] = {"description": "Done; there is nothing to say."}
    for status in operation.errors:
        problem: Json = {
            "description": MEANINGS[status],
            "content": {"application/json": {"schema": schemas.of(ErrorBody)}},
        }
        if status in _HEADERS:
            problem["headers"] = _HEADERS[status]
        responses[str(status)] = problem
    return responses


def _parameters(operation: Operation) -> list[Json]:
    found: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.query is not None:
        found += _query(operation.query)
    if operation.takes_key:
        found.append(_KEY)
    return found


def _query(query: type) -> list[Json]:
    (_,), components = msgspec.json.schema_components([query], ref_template=_REF)
    described = components[query.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in described["required"],
            "schema": _without_null(schema),
        }
        for name, schema in described["properties"].items()
    ]


def _without_null(schema: Json) -> Json:
    """Take null away, which a query cannot say."""
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return schema
    return next(option for option in options if option != {"type": "null"})

"""The OpenRPC document of what a token may call, from which bindings can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgspec

from vestnik.bridge.calls.arguments import FILES, FilePlace
from vestnik.bridge.calls.binding import ACCOUNT
from vestnik.bridge.calls.conforming import Schema
from vestnik.bridge.calls.convenient import CONVENIENT, Convenient
from vestnik.bridge.calls.for_operator import TAKEN
from vestnik.bridge.calls.hiding import BLANKED, LINKED
from vestnik.bridge.calls.problems import CODES
from vestnik.bridge.calls.signatures import Parameter, Signature, core_schemas, core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.chatmail import METHODS
from vestnik.errors import NotAllowed
from vestnik.gateway.model import Scope, Token

__all__ = ["document_for"]

RPC_PATH = "/api/v1/rpc"
"""Where at a gateway orders are taken."""

_VERSION = "1.2.6"
_REFERENCE = "#/components/schemas/"
_UPLOAD = "The id of an upload."
_LINK = "A link by which anybody can download the file for a while."
_NOTHING = "Always null here: it would be a file of the server."

_Json = dict[str, object]


def document_for(token: Token, base: str | None = None) -> bytes:
    """Return the OpenRPC document of exactly what a token may call.

    Args:
        token: Who asks.
        base: Under which address the world reaches the gateway; without it the document does not
            say where its calls go.

    Raises:
        NotAllowed: It may call nothing.
    """
    document = _document_of(token)
    if base is None:
        return document
    servers = msgspec.json.encode([{"name": "Vestnik", "url": base.rstrip("/") + RPC_PATH}])
    return b'{"servers":%b,%b' % (servers, document[1:])


def _document_of(token: Token) -> bytes:
    if Scope.CORE in token.scopes:
        return _operators_document()
    if Scope.BOT in token.scopes and token.resource is not None:
        return _bots_document()
    raise NotAllowed(
        "The token gives no orders: that takes one with the scope 'bot' that is for one bot."
    )


@cache
def _bots_document() -> bytes:
    signatures = core_signatures()
    ours = [_ours(one) for one in CONVENIENT.values()]
    cores = [_cores(signatures[name], has_account=False) for name in ALLOWED]
    return _document([*ours, *cores], _told(core_schemas()))


@cache
def _operators_document() -> bytes:
    methods = [
        _cores(one, has_account=True) for one in core_signatures().values() if one.name not in TAKEN
    ]
    return _document(methods, core_schemas())


def _document(methods: Iterable[_Json], schemas: Mapping[str, Schema]) -> bytes:
    listed = list(methods)
    used = _reachable(listed, schemas)
    return msgspec.json.encode(
        {
            "openrpc": _VERSION,
            "info": {
                "title": "Orders for a bot",
                "version": "1",
                "description": "The chatmail core's methods, and some of Vestnik's own.",
            },
            "methods": listed,
            "components": {
                "schemas": {name: _titled(name, schemas[name]) for name in sorted(used)},
                "errors": {
                    code.name: {"code": int(code), "message": words}
                    for code, words in CODES.items()
                },
            },
        }
    )


def _cores(signature: Signature, *, has_account: bool) -> _Json:
    known = METHODS[signature.name]
    shown = [
        one._replace(schema=_named(signature, one.name, one.schema))
        for one in signature.parameters
        if has_account or one.name != ACCOUNT
    ]
    method: _Json = {
        "name": signature.name,
        "summary": known.summary,
        "description": signature.description or known.summary,
        "params": _parameters(
            [one if has_account else _as_upload(signature.name, one) for one in shown]
        ),
        "result": {"name": "result", "schema": _named(signature, "Result", signature.result)},
    }
    return _finished(method, is_deprecated=bool(known.deprecated))


def _named(signature: Signature, role: str, schema: Schema) -> Schema:
    """Give a list or a map a title, for which generators cannot make up a good name."""
    if schema.get("type") not in ("array", "object"):
        return schema
    words = [*signature.name.split("_"), role[:1].upper() + role[1:]]
    return {"title": "".join(word[:1].upper() + word[1:] for word in words), **schema}


def _ours(one: Convenient) -> _Json:
    method: _Json = {
        "name": one.name,
        "summary": one.description.split(". ")[0].rstrip(".") + ".",
        "description": one.description,
        "params": _parameters(one.parameters),
        "result": {"name": "result", "schema": one.result},
    }
    return _finished(method, is_deprecated=False)


def _finished(method: _Json, *, is_deprecated: bool) -> _Json:
    deprecated: _Json = {"deprecated": True} if is_deprecated else {}
    errors = [{"$ref": f"#/components/errors/{code.name}"} for code in CODES]
    return {**method, **deprecated, "paramStructure": "by-name", "errors": errors}


def _parameters(parameters: Iterable[Parameter]) -> list[_Json]:
    """Describe parameters; what is required goes first, as OpenRPC wants it."""
    return [_parameter(one) for one in sorted(parameters, key=lambda one: one.is_optional)]


def _parameter(parameter: Parameter) -> _Json:
    shown: _Json = {
        "name": parameter.name,
        "required": not parameter.is_optional,
        "schema": parameter.schema,
    }
    return {**shown, "description": parameter.description} if parameter.description else shown


def _as_upload(method: str, parameter: Parameter) -> Parameter:
    place = FILES.get(method)
    if isinstance(place, FilePlace) and place.parameter == parameter.name and not place.member:
        words = _UPLOAD if method != "set_config" else "For 'selfavatar' the id of an upload."
        return parameter._replace(description=words)
    return parameter


def _titled(name: str, schema: Schema) -> Schema:
    """Give a schema the title by which generators name a type, unless a method is called so."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return schema if snake.removeprefix("_") in METHODS else {"title": name, **schema}


def _told(schemas: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """Say in schemas what stands where the core has paths."""
    told = {name: _with_words(schema) for name, schema in schemas.items()}
    told["MessageData"] = _with_member(schemas["MessageData"], "file", _UPLOAD)
    # Its picture is no file.
    told["VcardContact"] = schemas["VcardContact"]
    return told


def _with_words(schema: Schema) -> Schema:
    for name in BLANKED:
        schema = _with_member(schema, name, _NOTHING)
    for name in LINKED:
        schema = _with_member(schema, name, _LINK)
    options = schema.get("oneOf")
    if isinstance(options, list):
        return {**schema, "oneOf": [_with_words(one) for one in options]}
    return schema


def _with_member(schema: Schema, name: str, words: str) -> Schema:
    members = schema.get("properties")
    if not isinstance(members, dict) or name not in members:
        return schema
    return {**schema, "properties": {**members, name: {**members[name], "description": words}}}


def _reachable(methods: object, schemas: Mapping[str, Schema]) -> set[str]:
    found: set[str] = set()
    waiting = set(_references(methods))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_references(schemas[name])) - found
    return found


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "$ref" and isinstance(one, str) and one.startswith(_REFERENCE):
                yield one.removeprefix(_REFERENCE)
            else:
                yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)

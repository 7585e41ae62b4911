"""Reads the specification into the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core_generator import ids, prose
from core_generator.facts import METHOD_SUMMARIES, SCHEMA_SUMMARIES, deadline
from core_generator.model import (
    Core,
    Enum,
    EnumValue,
    Field,
    ListOf,
    MapOf,
    Method,
    Name,
    Nullable,
    Param,
    PyType,
    Struct,
    TupleOf,
    Union,
)
from core_generator.names import pascal_case, snake_case, spoken

__all__ = ["read_core"]

Schema = dict[str, Any]

# These two become the module of events.
_EVENT_SCHEMAS = ("Event", "EventType")

_SCALARS = {"boolean": "bool", "integer": "int", "null": "None", "number": "float", "string": "str"}


def read_core(path: Path) -> Core:
    """Read an OpenRPC document of the core."""
    spec = json.loads(path.read_text(encoding="utf-8"))
    schemas: dict[str, Schema] = spec["components"]["schemas"]
    types = [item for item in schemas.items() if item[0] not in _EVENT_SCHEMAS]
    return Core(
        enums=tuple(_enum(name, schema) for name, schema in types if _is_enum(schema)),
        structs=tuple(_struct(name, name, schema) for name, schema in types if _is_struct(schema)),
        unions=tuple(_union(name, schema) for name, schema in types if _is_union(schema)),
        events=tuple(_event(variant) for variant in schemas["EventType"]["oneOf"]),
        methods=tuple(_method(method) for method in spec["methods"]),
    )


def _is_struct(schema: Schema) -> bool:
    return "properties" in schema


def _is_enum(schema: Schema) -> bool:
    return "enum" in schema or ("oneOf" in schema and not _is_union(schema))


def _is_union(schema: Schema) -> bool:
    return "oneOf" in schema and all(map(_is_struct, schema["oneOf"]))


def _enum(name: str, schema: Schema) -> Enum:
    values = tuple(
        EnumValue(value, prose.clean(part.get("description", "") if part is not schema else ""))
        for part in schema.get("oneOf", [schema])
        for value in part["enum"]
    )
    return Enum(name, values, _schema_doc(name, schema))


def _struct(name: str, owner: str, schema: Schema, kind: str | None = None) -> Struct:
    required = set(schema.get("required", ()))
    fields = tuple(
        _field(owner, json_name, part, required=json_name in required)
        for json_name, part in schema["properties"].items()
        if kind is None or json_name != "kind"
    )
    return Struct(name, fields, _schema_doc(name, schema), kind)


def _field(owner: str, json_name: str, schema: Schema, *, required: bool) -> Field:
    place = f"{owner}.{json_name}"
    type_ = _type(schema, ids.id_of_name(owner, json_name), ids.id_of_key(place))
    if not required and not isinstance(type_, Nullable):
        type_ = Nullable(type_)
    return Field(json_name, type_, prose.clean(schema.get("description", "")))


def _union(name: str, schema: Schema) -> Union:
    variants = tuple(_variant(name, part) for part in schema["oneOf"])
    return Union(name, variants, _schema_doc(name, schema))


def _variant(union: str, schema: Schema) -> Struct:
    kind = _kind(schema)
    return _struct(union + pascal_case(kind), union, schema, kind)


def _event(schema: Schema) -> Struct:
    kind = _kind(schema)
    return _struct(kind, kind, schema, kind)


def _kind(schema: Schema) -> str:
    (kind,) = schema["properties"]["kind"]["enum"]
    return str(kind)


def _schema_doc(name: str, schema: Schema) -> str:
    return prose.clean(schema.get("description", "")) or SCHEMA_SUMMARIES.get(name) or spoken(name)


def _method(spec: Schema) -> Method:
    name = spec["name"]
    doc = _method_doc(name, prose.clean(spec.get("description") or ""))
    result = _type(spec["result"]["schema"], ids.id_of_result(name), ids.id_of_key(name))
    return Method(name, _params(spec), result, doc, prose.deprecation(doc), deadline(name))


def _method_doc(name: str, doc: str) -> str:
    """Put our words before a description that says at most that the method is deprecated."""
    if doc and doc != prose.deprecation(doc):
        return doc
    return f"{METHOD_SUMMARIES.get(name) or spoken(name)}\n\n{doc}".strip()


def _params(spec: Schema) -> tuple[Param, ...]:
    params: list[Param] = []
    optional = True
    for part in reversed(spec["params"]):
        type_ = _type(part["schema"], ids.id_of_name(spec["name"], part["name"]))
        # Parameters are positional, so only a nullable tail can be left out.
        optional = optional and isinstance(type_, Nullable)
        params.insert(0, Param(snake_case(part["name"]), type_, optional))
    return tuple(params)


def _type(schema: Schema, id_type: str | None = None, key_type: str | None = None) -> PyType:
    if "$ref" in schema:
        return Name(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        inner, null = schema["anyOf"]
        assert null == {"type": "null"}, schema
        return Nullable(_type(inner, id_type, key_type))
    if isinstance(schema["type"], list):
        inner_type, null_type = schema["type"]
        assert null_type == "null", schema
        return Nullable(_type({**schema, "type": inner_type}, id_type, key_type))
    return _plain_type(schema, id_type, key_type)


def _plain_type(schema: Schema, id_type: str | None, key_type: str | None) -> PyType:
    match schema["type"]:
        case "array" if isinstance(schema["items"], list):
            return TupleOf(tuple(_type(item, id_type) for item in schema["items"]))
        case "array":
            return ListOf(_type(schema["items"], id_type))
        case "object":
            return MapOf(Name(key_type or "str"), _type(schema["additionalProperties"], id_type))
        case "integer" if id_type and schema.get("format") == "uint32":
            return Name(id_type)
        case scalar:
            return Name(_SCALARS[scalar])

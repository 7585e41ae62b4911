"""The core's specification, and answers made from it: whole ones, random ones and odd ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SPEC: dict[str, Any] = json.loads(
    (ROOT / "schema/deltachat-rpc-server-2.65.0.openrpc.json").read_text(encoding="utf-8")
)
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
METHOD_SPECS: dict[str, Any] = {method["name"]: method for method in SPEC["methods"]}
EVENT_SPECS: dict[str, Any] = {
    variant["properties"]["kind"]["enum"][0]: variant for variant in SCHEMAS["EventType"]["oneOf"]
}

Schema = dict[str, Any]


def resolve(schema: Schema) -> Schema:
    """Follow a reference; otherwise give the schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMAS[name] if name else schema


def is_union(schema: Schema) -> bool:
    return "oneOf" in schema and all("properties" in variant for variant in schema["oneOf"])


def variants(schema: Schema) -> Iterator[Schema]:
    """Give each variant of a union, and any other schema as it is."""
    yield from schema["oneOf"] if is_union(schema) else [schema]


def sample(schema: Schema, number: int = 11) -> Any:
    """Make a value with every field of the schema in it."""
    schema = resolve(schema)
    if ways := schema.get("anyOf") or schema.get("oneOf"):
        return sample(ways[0], number)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    return _sample_of(kind, schema, number)


def _sample_of(kind: str, schema: Schema, number: int) -> Any:
    match kind:
        case "object" if "properties" in schema:
            return {name: sample(part, number) for name, part in schema["properties"].items()}
        case "object":
            return {str(number): sample(schema["additionalProperties"], number)}
        case "array" if isinstance(schema["items"], list):
            return [sample(item, number) for item in schema["items"]]
        case "array":
            return [sample(schema["items"], number)]
        case _:
            plain = {"boolean": True, "integer": number, "number": 0.5, "string": "x", "null": None}
            return plain[kind]


# Random answers, as this core or a newer one might give them.

_WORDS = st.text(min_size=1, max_size=8)
_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(0, 2**32 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "string": st.text(),
    "null": st.none(),
}
JSON = st.recursive(
    st.one_of(*_PLAIN.values(), st.integers()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def answers(schema: Schema) -> st.SearchStrategy[Any]:
    """Make answers of a newer core: right, but with fields, kinds and values not known here."""
    schema = resolve(schema)
    for way in ("anyOf", "oneOf"):
        if way in schema:
            known = st.one_of([answers(part) for part in schema[way]])
            return known | _alien_objects() if is_union(schema) else known
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | _WORDS
    if isinstance(schema["type"], list):
        return st.one_of([answers({**schema, "type": kind}) for kind in schema["type"]])
    return _answers_of(schema)


def _answers_of(schema: Schema) -> st.SearchStrategy[Any]:
    match schema["type"]:
        case "object" if "properties" in schema:
            return _objects(schema)
        case "object":
            keys = st.integers(0, 2**32 - 1).map(str)
            return st.dictionaries(keys, answers(schema["additionalProperties"]), max_size=2)
        case "array" if isinstance(schema["items"], list):
            return st.tuples(*map(answers, schema["items"])).map(list)
        case "array":
            return st.lists(answers(schema["items"]), max_size=2)
        case kind:
            return _PLAIN[kind]


def _objects(schema: Schema) -> st.SearchStrategy[Any]:
    parts = {name: answers(part) for name, part in schema["properties"].items()}
    if "kind" in parts:
        parts["kind"] = st.just(schema["properties"]["kind"]["enum"][0])
    needed = {name: parts.pop(name) for name in schema.get("required", ())}
    known = st.fixed_dictionaries(needed, optional=parts)
    # The names of new fields begin as no name of the specification does.
    new = st.dictionaries(_WORDS.map("+".__add__), JSON, max_size=2)
    return st.tuples(known, new).map(lambda both: {**both[1], **both[0]})


def _alien_objects() -> st.SearchStrategy[Any]:
    fields = st.dictionaries(st.text(), JSON, max_size=2)
    return st.tuples(fields, _WORDS).map(lambda both: {**both[0], "kind": f"+{both[1]}"})

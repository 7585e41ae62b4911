"""Whether a value fits a schema of the core's specification, and in words what does not; pure.

The core checks what it gets, too, but says of what does not fit only that it cannot read the line.
Here a person hears which parameter it is; and what is nested deeper than any schema never gets to
the core's reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

__all__ = ["Schema", "fault", "may_be_null", "reference"]

Schema: TypeAlias = Mapping[str, object]
"""One schema, as JSON has it."""

_RANGES = {
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "uint": (0, 2**64 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
_WORDS = {
    "null": "null",
    "boolean": "true or false",
    "string": "a text",
    "number": "a number",
    "array": "a list",
    "object": "an object",
}
_REFERENCE = "#/components/schemas/"


def fault(value: object, schema: Schema, schemas: Mapping[str, Schema], where: str) -> str | None:
    """Say in a sentence what about a value does not fit; ``None`` if it fits.

    Args:
        value: What was given.
        schema: What it should be.
        schemas: Those that a schema refers to.
        where: What the value is called in the sentence.
    """
    if name := reference(schema):
        return fault(value, schemas[name], schemas, where)
    if options := _options(schema):
        return _fault_of_options(value, options, schemas, where)
    if "enum" in schema:
        return _fault_of_choice(value, [schema], where)
    wanted = _wanted(value, schema)
    if wanted is None:
        return f"{where} must be {_described(schema)}."
    return _fault_inside(value, schema, schemas, where)


def may_be_null(schema: Schema) -> bool:
    """Tell whether a schema takes null, so that the value may be left out."""
    return "null" in _types(schema) or any(may_be_null(option) for option in _options(schema))


def reference(schema: Schema) -> str | None:
    """Return the name of the schema that one refers to."""
    found = schema.get("$ref")
    return found.removeprefix(_REFERENCE) if isinstance(found, str) else None


def _options(schema: Schema) -> Sequence[Schema]:
    found = schema.get("anyOf") or schema.get("oneOf")
    return found if isinstance(found, list) else ()


def _types(schema: Schema) -> Sequence[str]:
    found = schema.get("type", ())
    return [found] if isinstance(found, str) else list(found) if isinstance(found, list) else []


def _fault_of_options(
    value: object, options: Sequence[Schema], schemas: Mapping[str, Schema], where: str
) -> str | None:
    faults = [fault(value, option, schemas, where) for option in options]
    if None in faults:
        return None
    if all("enum" in option for option in options):
        return _fault_of_choice(value, options, where)
    # That of the first is what a person most likely meant: the second is null.
    return faults[0] if len(faults) == 2 else f"{where} is nothing that the method knows."


def _fault_of_choice(value: object, schemas: Sequence[Schema], where: str) -> str | None:
    choices = [one for schema in schemas for one in _enum(schema)]
    if isinstance(value, str) and value in choices:
        return None
    return f"{where} must be one of {', '.join(choices)}."


def _enum(schema: Schema) -> list[str]:
    found = schema.get("enum")
    return [str(one) for one in found] if isinstance(found, list) else []


def _wanted(value: object, schema: Schema) -> str | None:
    """Return which of a schema's types a value is."""
    return next((one for one in _types(schema) if _is(value, one, schema)), None)


def _is(value: object, wanted: str, schema: Schema) -> bool:
    match wanted:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            least, most = _range(schema)
            return isinstance(value, int) and type(value) is int and least <= value <= most


def _range(schema: Schema) -> tuple[int, int]:
    return _RANGES.get(str(schema.get("format")), _RANGES["int64"])


def _described(schema: Schema) -> str:
    return " or ".join(_words(one, schema) for one in _types(schema))


def _words(wanted: str, schema: Schema) -> str:
    if wanted in _WORDS:
        return _WORDS[wanted]
    least, most = _range(schema)
    return f"a whole number from {least} to {most}"


def _fault_inside(
    value: object, schema: Schema, schemas: Mapping[str, Schema], where: str
) -> str | None:
    if isinstance(value, list):
        return _fault_of_items(value, schema, schemas, where)
    if isinstance(value, dict):
        return _fault_of_members(value, schema, schemas, where)
    return None


def _fault_of_items(
    value: list[object], schema: Schema, schemas: Mapping[str, Schema], where: str
) -> str | None:
    items = schema.get("items")
    if isinstance(items, list):
        if len(items) != len(value):
            return f"{where} must be a list of {len(items)}."
        pairs = list(zip(value, items, strict=True))
    else:
        assert isinstance(items, dict)
        pairs = [(one, items) for one in value]
    faults = (
        fault(one, inner, schemas, f"{where}[{number}]")
        for number, (one, inner) in enumerate(pairs)
    )
    return next((found for found in faults if found), None)


def _fault_of_members(
    value: dict[str, object], schema: Schema, schemas: Mapping[str, Schema], where: str
) -> str | None:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties")
    assert isinstance(known, dict)
    for name in _required(schema):
        if name not in value:
            return f"{where} lacks {name}."
    for name, one in value.items():
        inner = known.get(name, others)
        if not isinstance(inner, dict):
            return f"{where} has no member {name[:50]!r}."
        if found := fault(one, inner, schemas, f"{where}.{name[:50]}"):
            return found
    return None


def _required(schema: Schema) -> Sequence[str]:
    found = schema.get("required")
    return found if isinstance(found, list) else ()

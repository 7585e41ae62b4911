"""The shapes of bodies and answers, as tables of their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast

__all__ = ["Json", "all_within", "link_to", "shape_sections"]

Json: TypeAlias = "dict[str, object]"

_MOST_WORTH_SAYING = 2**31
"""Larger bounds are those of the machine, and of no use to a reader."""

_MEANINGS: Mapping[str, str] = {
    "Accepted.accepted": "Stored; those whose owner is told.",
    "Accepted.muted": "Taken, but their resource has its notifications switched off.",
    "Accepted.repeat": "The `Idempotency-Key` was known: nothing was stored now.",
    "Attempt.number": "1 for the first one for this notification and webhook.",
    "ErrorDetail.code": "For programs.",
    "ErrorDetail.message": "For people.",
    "IssuedTokenView.secret": "The token itself.",
    "IssuedWebhookView.signing_secret": "For Standard Webhooks; null if it is not new.",
    "IssuedWebhookView.token": "What requests carry as `X-Boticord-Token`; null if it is not new.",
    "NewNotification.type": "A number, or a word of the [table of types](notify-types.md).",
    "NewNotification.resource": "The bot, by id.",
    "Resource.notify": "Whether its owner is told.",
    "TokenView.owner": "Null is the operator.",
    "WebhookView.resource": "Null is all of the owner's.",
    "created": "Milliseconds since 1970 (UTC).",
    "due": "Not before this moment; 0 is at once.",
    "next": "Ask with it for more; null at the end.",
    "owner": "By id.",
}
"""What the docstrings leave to their readers, of one shape or of all."""


def shape_sections(names: Iterable[str], schemas: Mapping[str, Json]) -> Iterator[str]:
    """Give a section for each shape that has fields, in the order of the alphabet."""
    for name in sorted(names):
        if "properties" in schemas[name]:
            yield _section(name, schemas)


def all_within(names: Iterable[str], schemas: Mapping[str, Json]) -> set[str]:
    """Name the shapes and all that they are made of."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r"#/components/schemas/(\w+)", str(schemas[name]))
    return found


def link_to(name: str) -> str:
    """Point to the section of a shape."""
    return f"[{name}](#{name.lower()})"


def _section(name: str, schemas: Mapping[str, Json]) -> str:
    shape = schemas[name]
    summary, meanings = _read(str(shape.get("description", "")))
    rows = [
        f"| `{field}` | {_kind(schema, schemas)} | {_said(name, field, schema, meanings)} |"
        for field, schema in cast("dict[str, Json]", shape["properties"]).items()
    ]
    parts = [f"### {name}", "", summary, *_needed(shape), "", "| field | is | |", "|---|---|---|"]
    return "\n".join([*parts, *rows])


def _needed(shape: Json) -> list[str]:
    """Say what a body has to have; what takes no other fields is one."""
    required = cast("list[str]", shape["required"])
    if "additionalProperties" not in shape or not required:
        return []
    return ["", f"Needed: {', '.join(f'`{field}`' for field in required)}."]


def _read(description: str) -> tuple[str, dict[str, str]]:
    """Take a docstring apart: its first sentence, and what it says about each field."""
    summary, _, fields = description.partition("Attributes:")
    found = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", fields, re.MULTILINE)
    return _flat(summary), {name: _flat(meaning) for name, meaning in found}


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("``None``", "null").replace("|", "\\|")


def _said(name: str, field: str, schema: Json, meanings: Mapping[str, str]) -> str:
    own = meanings.get(field) or _MEANINGS.get(f"{name}.{field}")
    meaning = own or str(schema.get("description", "")) or _MEANINGS.get(field, "")
    default = schema.get("default")
    if name.startswith("New") and default not in (None, "", {}):
        spelled = str(default).lower() if isinstance(default, bool) else str(default)
        meaning += f" `{spelled}` if left out."
    return meaning.strip()


def _kind(schema: Json, schemas: Mapping[str, Json]) -> str:
    if "$ref" in schema:
        return _reference(str(schema["$ref"]).rpartition("/")[2], schemas)
    if "anyOf" in schema:
        kinds = [_kind(one, schemas) for one in cast("list[Json]", schema["anyOf"])]
        return " or ".join(kinds)
    if schema.get("type") == "array":
        return f"list of {_kind(cast('Json', schema['items']), schemas)}{_count(schema)}"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return "object" if values is None else f"object of {_plural(cast('Json', values))}"
    return _plain(schema)


def _reference(name: str, schemas: Mapping[str, Json]) -> str:
    if "enum" in schemas[name]:
        return ", ".join(f"`{value}`" for value in cast("list[str]", schemas[name]["enum"]))
    return link_to(name)


def _plural(schema: Json) -> str:
    return "texts" if schema.get("type") == "string" else "anything"


def _plain(schema: Json) -> str:
    names = {"integer": "whole number", "string": "text", "boolean": "true or false"}
    kind = str(schema.get("type", "anything"))
    most = schema.get("maxLength")
    if most is not None:
        return f"text, at most {most} characters"
    if isinstance(top := schema.get("maximum"), int) and top < _MOST_WORTH_SAYING - 1:
        return f"whole number, {schema.get('minimum', 0)} to {top:,}"
    return names.get(kind, kind)


def _count(schema: Json) -> str:
    most = schema.get("maxItems")
    return f", at most {most:,}" if isinstance(most, int) else ""

"""Renders the specification as the package carries it: whole, but without the white space."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["render_specification"]


def render_specification(specification: Path) -> str:
    """Render a specification with one line for each method and schema, so that diffs tell."""
    document = json.loads(specification.read_bytes())
    methods = ",\n".join(map(_compact, document["methods"]))
    schemas = ",\n".join(_members(document["components"]["schemas"].items()))
    others = ",".join(_members((name, document[name]) for name in ("openrpc", "info")))
    return f'{{{others},"methods":[\n{methods}\n],"components":{{"schemas":{{\n{schemas}\n}}}}}}\n'


def _members(items: Iterable[tuple[str, Mapping[str, object]]]) -> Iterable[str]:
    return (f"{_compact(name)}:{_compact(value)}" for name, value in items)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Writes the types that the core's methods take and return."""

from __future__ import annotations

from core_generator.ids import ID_TYPES
from core_generator.model import Core
from core_generator.struct_source import (
    HEADER,
    all_source,
    enum_source,
    struct_source,
    union_source,
)

__all__ = ["render_types"]

_IMPORTS = f"""
from __future__ import annotations

from typing import ClassVar

import msgspec

from vestnik.chatmail._open import OpenEnum, UnknownVariant
from vestnik.ids import {", ".join(ID_TYPES)}
"""


def render_types(core: Core, source: str) -> str:
    """Write the module: enums, structs, unions, each in the order of the specification."""
    head = HEADER.format(title="The types of the core's methods.", source=source) + _IMPORTS
    parts = [
        head + all_source(_public_names(core)),
        *map(enum_source, core.enums),
        *map(struct_source, core.structs),
        *map(union_source, core.unions),
    ]
    return "\n\n\n".join(parts) + "\n"


def _public_names(core: Core) -> list[str]:
    names = list(core.schema_names)
    names += [variant.name for union in core.unions for variant in union.variants]
    names += [union.unknown for union in core.unions]
    assert len(names) == len(set(names)), "two schemas would become one class"
    return names

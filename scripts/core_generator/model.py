"""What the specification says, as Python sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core_generator.names import constant_case, snake_case

__all__ = [
    "Core",
    "Enum",
    "EnumValue",
    "Field",
    "ListOf",
    "MapOf",
    "Method",
    "Name",
    "Nullable",
    "Param",
    "PyType",
    "Struct",
    "TupleOf",
    "Union",
    "names_in",
]


@dataclass(frozen=True)
class Name:
    """A type with a name: a builtin, an id or a schema."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ListOf:
    """A JSON array of one type."""

    item: PyType

    def __str__(self) -> str:
        return f"list[{self.item}]"


@dataclass(frozen=True)
class MapOf:
    """A JSON object whose names are data."""

    key: Name
    value: PyType

    def __str__(self) -> str:
        return f"dict[{self.key}, {self.value}]"


@dataclass(frozen=True)
class TupleOf:
    """A JSON array of fixed length."""

    items: tuple[PyType, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class Nullable:
    """A type or null."""

    inner: PyType

    def __str__(self) -> str:
        return f"{self.inner} | None"


PyType = Name | ListOf | MapOf | TupleOf | Nullable


def names_in(type_: PyType) -> Iterator[str]:
    """Give every name that a type mentions."""
    match type_:
        case Name(text):
            yield text
        case ListOf(inner) | Nullable(inner):
            yield from names_in(inner)
        case MapOf(key, value):
            yield from (key.text, *names_in(value))
        case TupleOf(items):
            for item in items:
                yield from names_in(item)


@dataclass(frozen=True)
class Field:
    """One field of a struct."""

    json_name: str
    type: PyType
    doc: str = ""

    @property
    def name(self) -> str:
        return snake_case(self.json_name)


@dataclass(frozen=True)
class Struct:
    """A JSON object with known fields; with a `kind` it is a variant of a tagged union."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    kind: str | None = None


@dataclass(frozen=True)
class EnumValue:
    """One value of an enum."""

    value: str
    doc: str = ""

    @property
    def name(self) -> str:
        return constant_case(self.value)


@dataclass(frozen=True)
class Enum:
    """A set of strings with meanings."""

    name: str
    values: tuple[EnumValue, ...]
    doc: str = ""


@dataclass(frozen=True)
class Union:
    """Objects of several kinds, told apart by their field ``kind``."""

    name: str
    variants: tuple[Struct, ...]
    doc: str = ""

    @property
    def unknown(self) -> str:
        return f"Unknown{self.name}"


@dataclass(frozen=True)
class Param:
    """One positional parameter of a method; `optional` when it may be left out at the end."""

    name: str
    type: PyType
    optional: bool


@dataclass(frozen=True)
class Method:
    """One RPC method."""

    name: str
    params: tuple[Param, ...]
    result: PyType
    doc: str
    deprecated: str = ""
    seconds: float | None = 60.0

    @property
    def constant(self) -> str:
        return constant_case(self.name)


@dataclass(frozen=True)
class Core:
    """The whole specification."""

    enums: tuple[Enum, ...]
    structs: tuple[Struct, ...]
    unions: tuple[Union, ...]
    events: tuple[Struct, ...]
    methods: tuple[Method, ...]

    @property
    def schema_names(self) -> set[str]:
        return {
            *(enum.name for enum in self.enums),
            *(struct.name for struct in self.structs),
            *(union.name for union in self.unions),
        }

"""What the core's methods take and give, by the specification that is part of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from vestnik.bridge.calls.conforming import Schema, may_be_null
from vestnik.chatmail import core_specification

__all__ = ["Parameter", "Signature", "core_schemas", "core_signatures"]


class Parameter(NamedTuple):
    """One parameter of a method."""

    name: str
    schema: Schema
    description: str = ""

    @property
    def is_optional(self) -> bool:
        """Whether it may be left out, which is the same as null."""
        return may_be_null(self.schema)


class Signature(NamedTuple):
    """What one method takes and gives.

    Attributes:
        parameters: In the order in which the core takes them, the account among them.
        result: The schema of the answer.
    """

    name: str
    parameters: Sequence[Parameter]
    result: Schema
    description: str = ""

    @property
    def has_account(self) -> bool:
        """Whether its first parameter is an account."""
        return bool(self.parameters) and self.parameters[0].name == "accountId"


class _Value(msgspec.Struct):
    schema: dict[str, object]
    name: str = ""


class _Method(msgspec.Struct):
    name: str
    params: list[_Value]
    result: _Value
    description: str = ""


class _Components(msgspec.Struct):
    schemas: dict[str, dict[str, object]]


class _Document(msgspec.Struct):
    methods: list[_Method]
    components: _Components


@cache
def _document() -> _Document:
    return msgspec.json.decode(core_specification(), type=_Document)


@cache
def core_signatures() -> Mapping[str, Signature]:
    """Return what each of the core's methods takes and gives."""
    return MappingProxyType({one.name: _signature(one) for one in _document().methods})


def core_schemas() -> Mapping[str, Schema]:
    """Return the schemas that parameters and results refer to."""
    return MappingProxyType(_document().components.schemas)


def _signature(method: _Method) -> Signature:
    parameters = tuple(Parameter(one.name, one.schema) for one in method.params)
    return Signature(method.name, parameters, method.result.schema, method.description.strip())

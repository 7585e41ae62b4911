"""Many rows in one statement, and back in one row, by way of JSON.

`sqlite3` drops and takes back the interpreter's lock at every step: for every row of
`executemany`, and for every row that is fetched. Beside a busy event loop each time may cost
milliseconds. So rows go in as one parameter and come out as one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)

__all__ = ["GIVEN", "encoded", "execute_rows", "fetch", "given"]

PART_BYTES = 4 * 1024 * 1024
"""About how much goes into one statement; SQLite's own bound is far away."""

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


GIVEN = func.json_each(bindparam("rows", type_=Text)).table_valued("value", name="given")
"""Stands for the rows, or values, that a statement is given as ``rows``."""


def given(place: int) -> ColumnElement[Any]:
    """Stand for the value at a place in each row that a statement is given."""
    return func.json_extract(GIVEN.c.value, literal_column(f"'$[{place}]'"))


def encoded(rows: object) -> str:
    """Write rows as the parameter of a statement."""
    return _encoder.encode(rows).decode()


def execute_rows(
    connection: Connection,
    statement: Executable,
    rows: Iterable[Sequence[object]],
    **others: object,
) -> None:
    """Execute a statement about `GIVEN`, in parts if they are very many."""
    for part in _parts(rows):
        connection.execute(statement, {"rows": part, **others})


def _parts(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    part: list[bytes] = []
    size = 0
    for row in rows:
        part.append(_encoder.encode(row))
        size += len(part[-1])
        if size >= PART_BYTES:
            yield _array(part)
            part, size = [], 0
    if part:
        yield _array(part)


def _array(encoded_rows: list[bytes]) -> str:
    return (b"[%b]" % b",".join(encoded_rows)).decode()


def fetch(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    decoder: msgspec.json.Decoder[list[T]],
    **parameters: object,
) -> list[T]:
    """Return all rows of a query in its order."""
    return decoder.decode(connection.execute(_in_one_row(query), parameters).scalar_one())


@cache
def _in_one_row(query: Select[*tuple[Any, ...]]) -> Select[str]:
    """Turn a query into one that returns an array of arrays; there are but a few of them."""
    inner = query.subquery("found")
    return select(func.json_group_array(func.json_array(*inner.c), type_=Text))

"""Works that arrive together share one commit; each is done wholly or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeAlias

from vestnik.bot.store._failures import is_of_the_file

__all__ = ["Done", "Failed", "Outcome", "Work", "do_together"]


class Work(NamedTuple):
    """What is to be done through the connection."""

    function: Callable[[sqlite3.Connection], object]
    is_single: bool
    """Whether it is one statement, which SQLite undoes by itself when it fails."""


class Done(NamedTuple):
    """It is committed, and this is what it returned."""

    value: object


class Failed(NamedTuple):
    """Nothing of it is there, and this is why."""

    error: BaseException


Outcome: TypeAlias = Done | Failed


def do_together(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Outcome]:
    """Do works in one transaction; one that raises is undone alone."""
    if len(works) == 1:
        return [_do_alone(connection, works[0])]
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [_attempt(connection, work) for work in works]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        return [Failed(error)] * len(works)
    return outcomes


def _do_alone(connection: sqlite3.Connection, work: Work) -> Outcome:
    """Do the only work of a transaction, which needs no savepoint to be undone."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        value = work.function(connection)
        connection.execute("COMMIT")
    except BaseException as error:
        _roll_back(connection)
        return Failed(error)
    return Done(value)


def _attempt(connection: sqlite3.Connection, work: Work) -> Outcome:
    if not work.is_single:
        connection.execute("SAVEPOINT work")
    try:
        value = work.function(connection)
    except BaseException as error:
        if is_of_the_file(error):
            # SQLite may have taken back everything by itself: nobody's work is there.
            raise
        if not work.is_single:
            connection.execute("ROLLBACK TO work")
            connection.execute("RELEASE work")
        return Failed(error)
    if not work.is_single:
        connection.execute("RELEASE work")
    return Done(value)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")

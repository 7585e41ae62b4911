"""What a session wants done, as values; whoever drives it does them and sends the results back.

A handler is a generator: it yields effects and has no idea of sockets, threads or time. The
functions here give each effect the type of its result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar, cast

import msgspec

from vestnik.relay.board import Change
from vestnik.relay.store import MailboxId, Store, User

__all__ = [
    "Claim",
    "Commit",
    "Effect",
    "LogIn",
    "Publish",
    "Read",
    "Send",
    "Steps",
    "Watch",
    "claim",
    "commit",
    "log_in",
    "read",
]

T = TypeVar("T")


class Send(msgspec.Struct, frozen=True):
    """Give bytes to the client."""

    data: bytes


class Read(msgspec.Struct, frozen=True):
    """Ask the store."""

    query: Callable[[Store], object]


class Commit(msgspec.Struct, frozen=True):
    """Change the store; the result comes when it is committed."""

    change: Callable[[Store], object]


class LogIn(msgspec.Struct, frozen=True):
    """Find out who that is; the result is the user, or why not."""

    address: str
    password: str


class Watch(msgspec.Struct, frozen=True):
    """Be told of changes to this mailbox, and to no other; ``None`` for none."""

    mailbox: MailboxId | None


class Claim(msgspec.Struct, frozen=True):
    """Take messages up to a UID as recent; the result is up to where others did."""

    mailbox: MailboxId
    upto: int


class Publish(msgspec.Struct, frozen=True):
    """Tell the other sessions."""

    mailbox: MailboxId
    change: Change


Effect = Send | Read | Commit | LogIn | Watch | Claim | Publish

Steps = Generator[Effect, object, T]
"""A handler at work: its effects, and its result at the end."""


def read(query: Callable[[Store], T]) -> Steps[T]:
    """Return what the store answers."""
    return cast("T", (yield Read(query)))


def commit(change: Callable[[Store], T]) -> Steps[T]:
    """Return the result of a change that has been committed."""
    return cast("T", (yield Commit(change)))


def log_in(address: str, password: str) -> Steps[User | str]:
    """Return the user, or the reason why there is none."""
    return cast("User | str", (yield LogIn(address, password)))


def claim(mailbox: MailboxId, upto: int) -> Steps[int]:
    """Return the UID up to which messages are not recent here."""
    return cast("int", (yield Claim(mailbox, upto)))

"""What all checks of a store use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from vestnik.gateway.model import (
    Addressed,
    Appended,
    Batch,
    Owner,
    Record,
    Resource,
    Retention,
    Scope,
    Stored,
    Token,
    Webhook,
)
from vestnik.gateway.ports import Store
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId
from vestnik.testing.clock import FakeClock
from vestnik.wire import Notification

__all__ = [
    "ANN",
    "BEN",
    "DAY",
    "FOREVER",
    "HOOK",
    "OTHER_HOOK",
    "RECORDS",
    "SEALED",
    "StoreBench",
    "append",
    "batch",
    "expect",
    "expect_places",
    "expect_records",
    "note",
    "now",
    "places",
]

ANN, BEN = OwnerId("ann"), OwnerId("ben")
HOOK, OTHER_HOOK = WebhookId("hook"), WebhookId("other hook")
SEALED = "sealed"
DAY = 24 * 60 * 60.0
FOREVER = Retention(log_since=0, attempts_since=0)


class StoreBench(Protocol):
    """How to get an implementation into the states that the checks need."""

    @property
    def clock(self) -> FakeClock:
        """The clock of all stores that are made here."""

    @property
    def is_persistent(self) -> bool:
        """Whether what is stored outlives the process."""

    @property
    def is_shared(self) -> bool:
        """Whether several may have it open."""

    def store(self) -> Store:
        """Make a store, not yet open: the same place at every call, empty at first."""

    def after_crash(self, store: Store) -> Store:
        """Make a store of what would be left if the process of an open one died now."""

    def backup_path(self) -> Path:
        """Return a place for a backup where there is nothing yet."""

    def of_backup(self, path: Path) -> Store:
        """Make a store, not yet open, of a backup."""


def expect(condition: bool, sentence: str) -> None:
    """Raise the sentence unless it is so."""
    if not condition:
        raise AssertionError(sentence)


def note(number: int, payload: bytes = b"null") -> Notification:
    """Make a notification."""
    return Notification(number, ResourceId("bot"), f"a{number}", "кто", 2**41, msgspec.Raw(payload))


def batch(
    owner: OwnerId, numbers: Iterable[int], key: str | None = None, *hooks: WebhookId
) -> Batch:
    """Make a batch of one owner's."""
    return Batch(tuple(Addressed(owner, note(number), hooks) for number in numbers), key)


def places(stored: Iterable[Stored]) -> list[tuple[OwnerId, int, int]]:
    """Say in short what was stored."""
    return [(one.owner, one.offset, one.notification.type) for one in stored]


def expect_places(stored: Iterable[Stored], *wanted: tuple[OwnerId, int, int]) -> None:
    """Compare what was stored."""
    found = places(stored)
    expect(found == [*wanted], f"(owner, offset, type) are {found}, not {list(wanted)}")


async def append(store: Store, *batches: Batch) -> list[Appended]:
    """Append batches."""
    return list(await store.log.append(batches))


def now(bench: StoreBench) -> int:
    """Return the milliseconds on the clock of the bench."""
    return int(bench.clock.now() * 1000)


RECORDS: tuple[Record, ...] = (
    Owner(id=ANN, name="Анна", created=1),
    Owner(id=BEN, name="Ben", created=2),
    Resource(id=ResourceId("bot"), owner=ANN, name="Bot", notify=False, created=3),
    Token(
        id=TokenId("t"), owner=ANN, scopes=frozenset({Scope.NOTIFY}), digest="ab" * 32, created=4
    ),
    Token(
        id=TokenId("b"),
        owner=ANN,
        resource=ResourceId("bot"),
        scopes=frozenset({Scope.NOTIFY, Scope.BOT}),
        digest="ef" * 32,
        created=5,
    ),
    Token(id=TokenId("u"), owner=None, scopes=frozenset(Scope), digest="cd" * 32, created=5),
    Webhook(
        id=HOOK,
        owner=ANN,
        url="https://example.org/",
        token=SEALED,
        headers=(("X-A", "b"),),
        created=6,
    ),
)


def expect_records(found: Iterable[Record]) -> None:
    """Compare with `RECORDS`."""
    by_place = {(type(record), record.id): record for record in found}
    wanted = {(type(record), record.id): record for record in RECORDS}
    expect(by_place == wanted, f"settings are {list(by_place.values())}")

"""Who looks at which mailbox, so that a change is seen at once by all who do. No I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

import msgspec

from vestnik.relay.store.model import Flags, MailboxId, Uid

__all__ = ["Board", "Change", "Watcher"]


class Change(msgspec.Struct, frozen=True):
    """What happened to a mailbox."""

    arrived: bool = False
    expunged: tuple[Uid, ...] = ()
    flags: Mapping[Uid, Flags] = {}


class Watcher(Protocol):
    """Someone who has a mailbox open."""

    def notice(self, change: Change) -> None:
        """Take note of a change; must not fail and must not block."""


class Board:
    """The watchers of all mailboxes."""

    def __init__(self) -> None:
        self._watchers: dict[MailboxId, set[Watcher]] = defaultdict(set)
        self._claimed: dict[MailboxId, int] = {}

    def watch(self, mailbox: MailboxId, watcher: Watcher) -> None:
        """Tell the watcher of every change from now on."""
        self._watchers[mailbox].add(watcher)

    def unwatch(self, mailbox: MailboxId, watcher: Watcher) -> None:
        """Tell the watcher nothing more."""
        self._watchers[mailbox].discard(watcher)
        if not self._watchers[mailbox]:
            del self._watchers[mailbox]

    def publish(self, mailbox: MailboxId, change: Change, by: Watcher | None = None) -> None:
        """Tell all watchers but the one who did it."""
        for watcher in tuple(self._watchers.get(mailbox, ())):
            if watcher is not by:
                watcher.notice(change)

    def claim_recent(self, mailbox: MailboxId, upto: int) -> int:
        """Return the UID up to which messages are not recent to whoever asks.

        The first session that is told of a message has it as recent (RFC 3501 2.3.2). This is
        not kept over a restart: when it is unknown who was first, recent is the right answer.
        """
        before = self._claimed.get(mailbox, 0)
        self._claimed[mailbox] = max(before, upto)
        return before

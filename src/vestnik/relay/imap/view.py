"""The selected mailbox as one client knows it. Pure.

Sequence numbers mean what the client was last told (RFC 3501 7.4.1): what others change waits
here until a moment when the client may be told of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from vestnik.relay.board import Change
from vestnik.relay.imap.commands import SequenceSet
from vestnik.relay.store.model import Flags, Mailbox, Uid

__all__ = ["View"]


class View:
    """The UIDs that the client knows, in order, and what it does not know yet."""

    def __init__(self, mailbox: Mailbox, readonly: bool) -> None:
        self.mailbox = mailbox
        self.readonly = readonly
        self.uids: list[Uid] = []
        self.recent: set[Uid] = set()
        self.arrived = False
        self._expunged: set[Uid] = set()
        self._flags: dict[Uid, Flags] = {}
        self.last = 0
        """The greatest UID the client ever knew here."""

    def notice(self, change: Change) -> None:
        """Remember what another session did, or what came in."""
        self.arrived |= change.arrived
        self._expunged.update(change.expunged)
        self._flags.update(change.flags)

    def add(self, uids: Iterable[Uid], recent_from: int) -> None:
        """Add messages that came in; those above a UID are recent."""
        self.arrived = False
        for uid in uids:
            self.uids.append(uid)
            self.last = uid
            if uid > recent_from:
                self.recent.add(uid)

    def number(self, uid: Uid) -> int | None:
        """Return the sequence number of a message."""
        index = bisect_left(self.uids, uid)
        return index + 1 if index < len(self.uids) and self.uids[index] == uid else None

    def remove(self, uids: Iterable[Uid]) -> Iterator[int]:
        """Forget messages; yields for each the number to tell, which counts those before it."""
        for uid in sorted(uids):
            number = self.number(uid)
            self._flags.pop(uid, None)
            if number is not None:
                del self.uids[number - 1]
                self.recent.discard(uid)
                yield number

    def take_expunged(self) -> Iterator[int]:
        """Forget what others removed; yields the numbers to tell."""
        gone, self._expunged = self._expunged, set()
        return self.remove(gone)

    def take_flags(self) -> Iterator[tuple[int, Uid, Flags]]:
        """Yield the messages whose flags others changed, by number and UID."""
        changed, self._flags = self._flags, {}
        for uid, flags in sorted(changed.items()):
            number = self.number(uid)
            if number is not None:
                yield number, uid, flags

    def resolve(self, messages: SequenceSet, by_uid: bool) -> Sequence[Uid]:
        """Return the UIDs of the messages meant, ascending; numbers of no message mean none."""
        if not self.uids:
            return []
        if len(messages) == 1:
            return self._range(*messages[0], by_uid)
        found = {uid for first, last in messages for uid in self._range(first, last, by_uid)}
        return sorted(found)

    def has_numbers(self, messages: SequenceSet) -> bool:
        """Whether each sequence number names a message."""
        return all(number <= len(self.uids) for limits in messages for number in limits)

    def _range(self, first: int, last: int, by_uid: bool) -> list[Uid]:
        largest = self.uids[-1] if by_uid else len(self.uids)
        first, last = sorted((first or largest, last or largest))
        if not by_uid:
            return self.uids[first - 1 : last]
        return self.uids[bisect_left(self.uids, first) : bisect_right(self.uids, last)]

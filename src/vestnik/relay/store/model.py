"""What the store keeps: users, their mailboxes, and what is known of each message."""

from __future__ import annotations

from typing import NewType

import msgspec

__all__ = ["Entry", "Flags", "Mailbox", "MailboxId", "Moved", "Uid", "User", "UserId"]

UserId = NewType("UserId", int)
MailboxId = NewType("MailboxId", int)
Uid = NewType("Uid", int)

Flags = frozenset[str]
"""System flags as RFC 3501 writes them (``\\Seen``), keywords as the client wrote them."""


class User(msgspec.Struct, frozen=True):
    """Someone who has logged in at least once."""

    id: UserId
    address: str
    salt: bytes
    digest: bytes
    used: int
    """Bytes of all mail in all mailboxes of this user."""


class Mailbox(msgspec.Struct, frozen=True):
    """A mailbox as it was when it was read."""

    id: MailboxId
    user: UserId
    name: str
    uid_validity: int
    uid_next: Uid
    opened: bool
    """Whether anyone ever selected it."""


class Entry(msgspec.Struct, frozen=True):
    """All that is known of a message without reading it."""

    uid: Uid
    flags: Flags
    size: int
    received: int
    """Seconds since 1970 (UTC)."""


class Moved(msgspec.Struct, frozen=True):
    """What a copy did: the messages that existed, and the numbers they have at the target."""

    target: Mailbox
    sources: tuple[Uid, ...] = ()
    copies: tuple[Uid, ...] = ()

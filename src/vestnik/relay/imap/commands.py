"""What a client can ask for, as values."""

from __future__ import annotations

from enum import Enum

import msgspec

from vestnik.relay.store.model import Flags

__all__ = [
    "Append",
    "Attribute",
    "Authenticate",
    "Command",
    "Copy",
    "Create",
    "Delete",
    "Expunge",
    "Fetch",
    "GetMetadata",
    "GetQuota",
    "GetQuotaRoot",
    "Identify",
    "List",
    "Login",
    "Rename",
    "Search",
    "SearchKey",
    "Section",
    "Select",
    "SequenceSet",
    "SetMetadata",
    "Simple",
    "Status",
    "Store",
    "Subscribe",
]

SequenceSet = tuple[tuple[int, int], ...]
"""Ranges of numbers; 0 stands for ``*``, the largest number in use."""


class Command(msgspec.Struct, frozen=True):
    """Any command; the answer to it bears its tag."""

    tag: bytes


class Simple(Command, frozen=True):
    """A command without arguments, by its name."""

    name: str


class Identify(Command, frozen=True):
    """ID (RFC 2971)."""


class Login(Command, frozen=True):
    """LOGIN."""

    user: str
    password: str


class Authenticate(Command, frozen=True):
    """AUTHENTICATE, with an initial response if there was one (RFC 4959)."""

    mechanism: str
    initial: bytes | None


class Select(Command, frozen=True):
    """SELECT or EXAMINE."""

    mailbox: str
    readonly: bool


class Create(Command, frozen=True):
    """CREATE."""

    mailbox: str


class Delete(Command, frozen=True):
    """DELETE."""

    mailbox: str


class Rename(Command, frozen=True):
    """RENAME."""

    mailbox: str
    name: str


class Subscribe(Command, frozen=True):
    """SUBSCRIBE or UNSUBSCRIBE."""

    mailbox: str


class List(Command, frozen=True):
    """LIST or LSUB."""

    name: str
    reference: str
    pattern: str


class Status(Command, frozen=True):
    """STATUS."""

    mailbox: str
    items: tuple[str, ...]


class Append(Command, frozen=True):
    """APPEND; the date is in seconds since 1970."""

    mailbox: str
    flags: Flags
    date: int | None
    message: bytes


class Attribute(Enum):
    """What can be fetched of a message without reading it."""

    FLAGS = b"FLAGS"
    UID = b"UID"
    SIZE = b"RFC822.SIZE"
    DATE = b"INTERNALDATE"


class Section(msgspec.Struct, frozen=True):
    """A piece of a message's text."""

    label: bytes
    """How the answer names it."""

    kind: str = ""
    """Empty for all of it, or HEADER, TEXT, HEADER.FIELDS, HEADER.FIELDS.NOT."""

    fields: tuple[str, ...] = ()
    partial: tuple[int, int] | None = None
    peek: bool = True
    """Whether the message stays as unread as it is."""


class Fetch(Command, frozen=True):
    """FETCH or UID FETCH."""

    messages: SequenceSet
    by_uid: bool
    items: tuple[Attribute | Section, ...]


class Store(Command, frozen=True):
    """STORE or UID STORE; the mode is ``+``, ``-`` or empty for "exactly these"."""

    messages: SequenceSet
    by_uid: bool
    mode: str
    silent: bool
    flags: Flags


class Copy(Command, frozen=True):
    """COPY, MOVE and their UID forms."""

    messages: SequenceSet
    by_uid: bool
    mailbox: str
    move: bool


class Expunge(Command, frozen=True):
    """EXPUNGE, or UID EXPUNGE with its messages (RFC 4315)."""

    messages: SequenceSet | None


class SearchKey(msgspec.Struct, frozen=True):
    """One condition, with what belongs to it."""

    name: str
    keys: tuple[SearchKey, ...] = ()
    text: tuple[str, ...] = ()
    number: int = 0
    messages: SequenceSet = ()


class Search(Command, frozen=True):
    """SEARCH or UID SEARCH."""

    by_uid: bool
    key: SearchKey


class GetQuota(Command, frozen=True):
    """GETQUOTA (RFC 9208)."""

    root: str


class GetQuotaRoot(Command, frozen=True):
    """GETQUOTAROOT (RFC 9208)."""

    mailbox: str


class GetMetadata(Command, frozen=True):
    """GETMETADATA (RFC 5464)."""

    mailbox: str
    entries: tuple[str, ...]


class SetMetadata(Command, frozen=True):
    """SETMETADATA (RFC 5464); ``None`` removes an entry."""

    mailbox: str
    entries: tuple[tuple[str, bytes | None], ...]

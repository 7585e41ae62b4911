"""How a message is written into a FETCH answer (RFC 3501 7.4.2). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vestnik.relay.imap.answers import date, flag_list
from vestnik.relay.imap.commands import Attribute, Section
from vestnik.relay.store.model import Entry

__all__ = ["attribute", "fields_of", "piece"]

_FIELD = re.compile(rb"([^\r\n:]+?)[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n?")


def attribute(item: Attribute, entry: Entry, recent: bool) -> bytes:
    """Write what is known without reading the message."""
    if item is Attribute.UID:
        return b"UID %d" % entry.uid
    if item is Attribute.SIZE:
        return b"RFC822.SIZE %d" % entry.size
    if item is Attribute.DATE:
        return b"INTERNALDATE %s" % date(entry.received)
    return b"FLAGS %s" % flag_list(entry.flags | {"\\Recent"} if recent else entry.flags)


def piece(section: Section, header: bytes, body: bytes) -> Iterator[bytes]:
    """Write a piece of the message as a literal, without putting large parts together."""
    parts = _chosen(section, header, body)
    if section.partial is not None:
        start, length = section.partial
        parts = [b"".join(parts)[start : start + length]]
    yield b"%s {%d}\r\n" % (section.label, sum(map(len, parts)))
    yield from parts


def _chosen(section: Section, header: bytes, body: bytes) -> list[bytes]:
    if section.kind == "HEADER":
        return [header]
    if section.kind == "TEXT":
        return [body]
    if section.kind:
        return [fields_of(header, section.fields, section.kind == "HEADER.FIELDS")]
    return [header, body]


def fields_of(header: bytes, names: tuple[str, ...], wanted: bool) -> bytes:
    """Return the fields that have one of the names, or those that have none, and an empty line."""
    known = {name.encode("ascii", "replace") for name in names}
    chosen = [
        match[0] for match in _FIELD.finditer(header) if (match[1].upper() in known) is wanted
    ]
    return b"".join(chosen) + b"\r\n"

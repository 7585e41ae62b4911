"""What a FETCH asks for (RFC 3501 6.4.5). Pure."""

from __future__ import annotations

from vestnik.relay.imap.commands import Attribute, Section
from vestnik.relay.imap.cursor import BadCommand, Cursor

__all__ = ["fetch_items"]

Items = tuple[Attribute | Section, ...]

_FAST: Items = (Attribute.FLAGS, Attribute.DATE, Attribute.SIZE)
_ATTRIBUTES = {attribute.value.decode(): attribute for attribute in Attribute}
_OLD_SECTIONS = {
    "RFC822": Section(b"RFC822", "", peek=False),
    "RFC822.HEADER": Section(b"RFC822.HEADER", "HEADER", peek=True),
    "RFC822.TEXT": Section(b"RFC822.TEXT", "TEXT", peek=False),
}


def fetch_items(cursor: Cursor, by_uid: bool) -> Items:
    """Read the items; a UID FETCH answers with the UID even if it was not asked for."""
    if cursor.take(b"("):
        items = [_item(cursor)]
        while not cursor.take(b")"):
            cursor.space()
            items.append(_item(cursor))
    else:
        items = list(_FAST) if cursor.take(b"FAST") else [_item(cursor)]
    if by_uid and Attribute.UID not in items:
        items.insert(0, Attribute.UID)
    return tuple(dict.fromkeys(items))


def _item(cursor: Cursor) -> Attribute | Section:
    name = cursor.fetch_word()
    if name in _ATTRIBUTES:
        return _ATTRIBUTES[name]
    if name in _OLD_SECTIONS:
        return _OLD_SECTIONS[name]
    if name in ("BODY", "BODY.PEEK") and cursor.take(b"["):
        return _section(cursor, name == "BODY.PEEK")
    raise BadCommand(f"{name} cannot be fetched from this server")


def _section(cursor: Cursor, peek: bool) -> Section:
    """Read what stands in the brackets, and behind them."""
    kind, inside = "", ""
    fields: tuple[str, ...] = ()
    if not cursor.take(b"]"):
        kind = inside = cursor.fetch_word()
        if kind in ("HEADER.FIELDS", "HEADER.FIELDS.NOT"):
            cursor.space()
            fields = tuple(name.upper() for name in cursor.listed(cursor.field_name))
            inside = f"{kind} ({' '.join(fields)})"
        elif kind not in ("HEADER", "TEXT"):
            raise BadCommand(f"Section {kind} cannot be fetched from this server")
        cursor.expect(b"]")
    partial, start = _partial(cursor)
    return Section(f"BODY[{inside}]{start}".encode(), kind, fields, partial, peek)


def _partial(cursor: Cursor) -> tuple[tuple[int, int] | None, str]:
    """Read ``<start.length>``; the answer repeats only the start."""
    if not cursor.take(b"<"):
        return None, ""
    start = cursor.number()
    cursor.expect(b".")
    length = cursor.number()
    cursor.expect(b">")
    return (start, length), f"<{start}>"

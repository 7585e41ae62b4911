"""What a SEARCH asks for (RFC 3501 6.4.4). Pure."""

from __future__ import annotations

from vestnik.relay.imap.commands import SearchKey
from vestnik.relay.imap.cursor import BadCommand, Cursor

__all__ = ["search_key"]

_DEPTH_MAX = 20
_ALONE = frozenset(
    (
        *("ALL", "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN", "RECENT", "NEW", "OLD"),
        *("UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN"),
    )
)
_IN_HEADER = frozenset(("FROM", "TO", "CC", "BCC", "SUBJECT"))
_WITH_NUMBER = frozenset(("LARGER", "SMALLER"))
_WITH_KEYWORD = frozenset(("KEYWORD", "UNKEYWORD"))


def search_key(cursor: Cursor) -> SearchKey:
    """Read all conditions; a message must meet every one of them."""
    if cursor.take(b"CHARSET "):
        if cursor.astring().upper() not in ("US-ASCII", "UTF-8"):
            raise BadCommand("Only US-ASCII and UTF-8 are known")
        cursor.space()
    keys = [_key(cursor, 0)]
    while cursor.take(b" "):
        keys.append(_key(cursor, 0))
    return SearchKey("AND", tuple(keys))


def _key(cursor: Cursor, depth: int) -> SearchKey:
    if depth > _DEPTH_MAX:
        raise BadCommand("The conditions are nested too deeply")
    if cursor.take(b"("):
        return _all_of(cursor, depth + 1)
    if cursor.at_number:
        return SearchKey("SEQUENCE", messages=cursor.sequence_set())
    name = cursor.word()
    if name in _ALONE:
        return SearchKey(name)
    cursor.space()
    return _with_argument(cursor, name, depth + 1)


def _all_of(cursor: Cursor, depth: int) -> SearchKey:
    keys = [_key(cursor, depth)]
    while not cursor.take(b")"):
        cursor.space()
        keys.append(_key(cursor, depth))
    return SearchKey("AND", tuple(keys))


def _with_argument(cursor: Cursor, name: str, depth: int) -> SearchKey:
    if name == "UID":
        return SearchKey("UID", messages=cursor.sequence_set())
    if name == "NOT":
        return SearchKey("NOT", (_key(cursor, depth),))
    if name == "OR":
        first = _key(cursor, depth)
        cursor.space()
        return SearchKey("OR", (first, _key(cursor, depth)))
    return _with_value(cursor, name)


def _with_value(cursor: Cursor, name: str) -> SearchKey:
    if name in _WITH_NUMBER:
        return SearchKey(name, number=cursor.number())
    if name in _WITH_KEYWORD:
        return SearchKey(name, text=(cursor.flag(),))
    if name in _IN_HEADER:
        return SearchKey("HEADER", text=(name, cursor.astring()))
    if name == "HEADER":
        field = cursor.astring()
        cursor.space()
        return SearchKey("HEADER", text=(field, cursor.astring()))
    raise BadCommand(f"{name} cannot be searched for on this server")

"""Which messages meet the conditions of a SEARCH (RFC 3501 6.4.4). Pure."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.relay.imap.commands import SearchKey
from vestnik.relay.imap.fetch import fields_of
from vestnik.relay.imap.view import View
from vestnik.relay.store.model import Entry, Uid

__all__ = ["Searcher", "needs_header"]

_FLAGS = {name.upper(): f"\\{name}" for name in ("Answered", "Deleted", "Draft", "Flagged", "Seen")}


def needs_header(key: SearchKey) -> bool:
    """Say whether a condition is about what stands in the message."""
    return key.name == "HEADER" or any(map(needs_header, key.keys))


class Searcher:
    """The conditions, made ready for one mailbox."""

    def __init__(self, key: SearchKey, view: View) -> None:
        self._key = key
        self._view = view
        self._sets: dict[SearchKey, frozenset[Uid]] = {}

    def meets(self, entry: Entry, header: bytes) -> bool:
        """Say whether the message meets all conditions."""
        return self._meets(self._key, entry, header)

    def _meets(self, key: SearchKey, entry: Entry, header: bytes) -> bool:
        def inner(part: SearchKey) -> bool:
            return self._meets(part, entry, header)

        if key.name == "AND":
            return all(map(inner, key.keys))
        if key.name == "OR":
            return any(map(inner, key.keys))
        if key.name == "NOT":
            return not inner(key.keys[0])
        if key.name in ("SEQUENCE", "UID"):
            return entry.uid in self._meant(key)
        if key.name == "HEADER":
            return _in_header(key.text, header)
        return self._meets_simple(key, entry)

    def _meets_simple(self, key: SearchKey, entry: Entry) -> bool:
        if key.name in _FLAGS:
            return _FLAGS[key.name] in entry.flags
        if key.name.removeprefix("UN") in _FLAGS:
            return _FLAGS[key.name[2:]] not in entry.flags
        return _SIMPLE[key.name](key, entry, entry.uid in self._view.recent)

    def _meant(self, key: SearchKey) -> frozenset[Uid]:
        if key not in self._sets:
            uids = self._view.resolve(key.messages, key.name == "UID")
            self._sets[key] = frozenset(uids)
        return self._sets[key]


_SIMPLE: dict[str, Callable[[SearchKey, Entry, bool], bool]] = {
    "ALL": lambda key, entry, recent: True,
    "RECENT": lambda key, entry, recent: recent,
    "OLD": lambda key, entry, recent: not recent,
    "NEW": lambda key, entry, recent: recent and "\\Seen" not in entry.flags,
    "KEYWORD": lambda key, entry, recent: key.text[0] in entry.flags,
    "UNKEYWORD": lambda key, entry, recent: key.text[0] not in entry.flags,
    "LARGER": lambda key, entry, recent: entry.size > key.number,
    "SMALLER": lambda key, entry, recent: entry.size < key.number,
}


def _in_header(text: tuple[str, ...], header: bytes) -> bool:
    """Search for a text in one field; the empty text finds every message with that field."""
    name, wanted = text
    for line in fields_of(header, (name.upper(),), True).split(b"\r\n"):
        _, colon, value = line.partition(b":")
        if colon and wanted.upper().encode() in value.upper():
            return True
    return False

"""The words that IMAP commands are made of (RFC 3501 9), read one after the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

__all__ = ["BadCommand", "Cursor"]

T = TypeVar("T")

_ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_ASTRING = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
_LIST_MAILBOX = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"\\]+")
_TAG = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\+]+")
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00]|\\["\\])*)"')
_ESCAPED = re.compile(rb"\\(.)")
_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}\r?\n")
_NUMBER = re.compile(rb"\d{1,10}(?!\d)")
_RANGE = re.compile(rb"(\d{1,10}|\*)(?::(\d{1,10}|\*))?")
_FETCH_WORD = re.compile(rb"[A-Za-z0-9.]+")
_FIELD_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SET_STARTS = tuple(b"%c" % start for start in b"0123456789*")
_FLAG = re.compile(rb"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")

_MAX_NUMBER = 2**32 - 1
_SYSTEM_FLAGS = {
    name.lower(): name for name in ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft")
}


class BadCommand(Exception):
    """The bytes are no command that this server knows.

    Attributes:
        tag: The command's tag, empty if it had none.
    """

    def __init__(self, reason: str, tag: bytes = b"") -> None:
        super().__init__(reason)
        self.tag = tag


class Cursor:
    """A place in a frame. What is read moves it; all that can go wrong is `BadCommand`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether all has been read."""
        return self._at == len(self._data)

    def end(self) -> None:
        """Demand that all has been read."""
        if not self.at_end:
            raise BadCommand("There is more than the command takes")

    def take(self, text: bytes) -> bool:
        """Move over `text` if it comes next, and say whether it did."""
        found = self._data.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def expect(self, text: bytes) -> None:
        """Move over `text`, which must come next."""
        if not self.take(text):
            raise BadCommand(f"Expected {text.decode()!r}")

    def space(self) -> None:
        """Move over the space that must come next."""
        self.expect(b" ")

    def rest(self) -> bytes:
        """Return all that has not been read yet."""
        rest, self._at = self._data[self._at :], len(self._data)
        return rest

    def until(self, text: bytes) -> bytes:
        """Read up to `text`, and move over it."""
        end = self._data.find(text, self._at)
        if end < 0:
            raise BadCommand(f"Expected {text.decode()!r}")
        found, self._at = self._data[self._at : end], end + len(text)
        return found

    @property
    def at_list(self) -> bool:
        """Whether a list in parentheses comes next."""
        return self._data.startswith(b"(", self._at)

    @property
    def at_number(self) -> bool:
        """Whether a set of messages comes next."""
        return self._data[self._at : self._at + 1] in _SET_STARTS

    def tag(self) -> bytes:
        """Read the tag of a command."""
        return self._match(_TAG, "a tag")[0]

    def word(self) -> str:
        """Read an atom as a keyword of the protocol, in upper case."""
        return self._match(_ATOM, "a word")[0].decode("ascii").upper()

    def fetch_word(self) -> str:
        """Read a keyword of FETCH, which ends before a bracket; in upper case."""
        return self._match(_FETCH_WORD, "an item")[0].decode("ascii").upper()

    def field_name(self) -> str:
        """Read the name of a header field, which no answer may break out of."""
        name = self.astring()
        if not _FIELD_NAME.fullmatch(name):
            raise BadCommand("Expected the name of a header field")
        return name

    def number(self) -> int:
        """Read a number of 32 bits."""
        number = int(self._match(_NUMBER, "a number")[0])
        if number > _MAX_NUMBER:
            raise BadCommand("The number is too large")
        return number

    def string(self) -> bytes:
        """Read a quoted string or a literal."""
        if self._data.startswith(b"{", self._at):
            return self.literal()
        return _ESCAPED.sub(rb"\1", self._match(_QUOTED, "a string")[1])

    def literal(self) -> bytes:
        """Read a literal."""
        size = int(self._match(_LITERAL, "a literal")[1])
        if size > len(self._data) - self._at:
            raise BadCommand("The literal is incomplete")
        self._at += size
        return self._data[self._at - size : self._at]

    def nstring(self) -> bytes | None:
        """Read a string, or NIL."""
        if self._data[self._at : self._at + 3].upper() == b"NIL":
            self._at += 3
            return None
        return self.string()

    def astring(self) -> str:
        """Read a string that may also stand without quotes."""
        return self._text(self._string_or(_ASTRING))

    def mailbox(self) -> str:
        """Read the name of a mailbox; INBOX is the same in any case (RFC 3501 5.1)."""
        name = self.astring()
        return "INBOX" if name.upper() == "INBOX" else name

    def list_mailbox(self) -> str:
        """Read the name of a mailbox in which ``*`` and ``%`` may stand."""
        return self._text(self._string_or(_LIST_MAILBOX))

    def sequence_set(self) -> tuple[tuple[int, int], ...]:
        """Read ranges of numbers; 0 stands for ``*``."""
        ranges = [self._range()]
        while self.take(b","):
            ranges.append(self._range())
        return tuple(ranges)

    def flag(self) -> str:
        """Read a flag: one of the system's in its usual case, or a keyword."""
        flag = self._match(_FLAG, "a flag")[0].decode("ascii")
        if not flag.startswith("\\"):
            return flag
        if flag.lower() not in _SYSTEM_FLAGS:
            raise BadCommand(f"There is no flag {flag}")
        return _SYSTEM_FLAGS[flag.lower()]

    def flag_list(self) -> list[str]:
        """Read flags with or without parentheses, as STORE allows both."""
        if self.at_list:
            return self.listed(self.flag)
        flags = [self.flag()]
        while self.take(b" "):
            flags.append(self.flag())
        return flags

    def listed(self, item: Callable[[], T]) -> list[T]:
        """Read items in parentheses, with a space between them; none is allowed."""
        self.expect(b"(")
        if self.take(b")"):
            return []
        items = [item()]
        while not self.take(b")"):
            self.space()
            items.append(item())
        return items

    def one_or_listed(self, item: Callable[[], T]) -> list[T]:
        """Read one item, or several in parentheses."""
        return self.listed(item) if self.at_list else [item()]

    def _range(self) -> tuple[int, int]:
        match = self._match(_RANGE, "a set of messages")
        first, last = (self._message(match[1]), self._message(match[2] or match[1]))
        return first, last

    def _message(self, text: bytes) -> int:
        if text == b"*":
            return 0
        number = int(text)
        if not 0 < number <= _MAX_NUMBER:
            raise BadCommand("No message can have that number")
        return number

    def _string_or(self, bare: re.Pattern[bytes]) -> bytes:
        if self._data[self._at : self._at + 1] in (b'"', b"{"):
            return self.string()
        return self._match(bare, "a string")[0]

    def _text(self, data: bytes) -> str:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadCommand("The text is not UTF-8") from error
        if "\0" in text or "\n" in text or "\r" in text:
            raise BadCommand("The text has more than one line")
        return text

    def _match(self, pattern: re.Pattern[bytes], what: str) -> re.Match[bytes]:
        match = pattern.match(self._data, self._at)
        if match is None:
            raise BadCommand(f"Expected {what}")
        self._at = match.end()
        return match

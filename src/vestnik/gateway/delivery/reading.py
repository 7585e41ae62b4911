"""Reading the answer to a POST, whatever bytes the other side sends."""

from __future__ import annotations

import math
import re
import time
from email.utils import parsedate_to_datetime

import httptools
import msgspec

__all__ = ["MOST_BODY", "MOST_EXCERPT", "MOST_HEAD", "Answer", "AnswerReader"]

MOST_HEAD = 16 * 1024
"""Bytes of the longest head of an answer, interim answers (1xx) included."""

MOST_EXCERPT = 1024
"""How many bytes of an answer's body are kept."""

MOST_BODY = 16 * 1024
"""How many bytes of an answer's body are read to keep a connection; above it is dropped."""

_LONGEST_WAIT = 7 * 86400.0
_SECONDS = re.compile(rb"[0-9]{1,9}")
_SWITCHING = 101


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What came back, or why nothing did.

    Attributes:
        is_reusable: Whether the connection can carry another request.
    """

    status: int | None = None
    excerpt: bytes = b""
    retry_after: float | None = None
    error: str = ""
    is_reusable: bool = False


class AnswerReader:
    """Takes the bytes of one answer after the other and says when each is complete.

    The head decides: who has said a status in time has answered, even if the body breaks off.
    `begin` makes it ready for the next answer, if the one before was reusable.
    """

    __slots__ = (
        "_body",
        "_has_extra",
        "_head_bytes",
        "_is_whole",
        "_keeps_alive",
        "_parser",
        "_read",
        "_retry_after",
        "_status",
    )

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.begin()

    def begin(self) -> None:
        """Forget the answer before."""
        self._status: int | None = None
        self._retry_after: float | None = None
        self._body: list[bytes] = []
        self._read = self._head_bytes = 0
        self._is_whole = self._has_extra = self._keeps_alive = False

    def feed(self, data: bytes) -> Answer | None:
        """Take bytes and return the answer once nothing more is wanted."""
        if self._status is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return self._broken("The answer wants another protocol (status 101).")
        except httptools.HttpParserError:
            return self._broken(self._too_long() or "What came back is no HTTP answer.")
        return self._verdict()

    def end(self, why: str) -> Answer:
        """Return what there is, as nothing more will come."""
        return self._broken(why)

    def _verdict(self) -> Answer | None:
        if self._is_whole:
            return self._answer(self._keeps_alive and not self._has_extra)
        if self._status is not None:
            return self._answer(False) if self._read > MOST_BODY else None
        too_long = self._too_long()
        return Answer(error=too_long) if too_long else None

    def _too_long(self) -> str:
        if self._status is None and self._head_bytes > MOST_HEAD:
            return f"The head of the answer is longer than {MOST_HEAD} bytes."
        return ""

    def _broken(self, why: str) -> Answer:
        return Answer(error=why) if self._status is None else self._answer(False)

    def _answer(self, is_reusable: bool) -> Answer:
        excerpt = b"".join(self._body)[:MOST_EXCERPT]
        return Answer(self._status, excerpt, self._retry_after, "", is_reusable)

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Notice what comes after the answer: nobody asked for it."""
        self._has_extra = self._is_whole

    def on_header(self, name: bytes, value: bytes) -> None:
        """Look for the one header that matters."""
        is_of_length = len(name) == len(b"retry-after")
        if is_of_length and not self._is_whole and name.lower() == b"retry-after":
            self._retry_after = _read_wait(value)

    def on_headers_complete(self) -> None:
        """Take the status, unless it is an interim one."""
        status = self._parser.get_status_code()
        if not self._is_whole and (status >= 200 or status == _SWITCHING):
            self._status = status if status != _SWITCHING else None
            self._keeps_alive = self._parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        """Keep the first bytes."""
        if self._is_whole:
            return
        if self._read < MOST_EXCERPT:
            self._body.append(data[:MOST_EXCERPT])
        self._read += len(data)

    def on_message_complete(self) -> None:
        """Know that the body is whole; after an interim answer another one follows."""
        self._is_whole = self._status is not None


def _read_wait(value: bytes) -> float | None:
    """Read ``Retry-After``, which is a number of seconds or a date."""
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), _LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(text.decode("ascii")).timestamp() - time.time()
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if math.isfinite(seconds) else None

"""The arguments of a command, one word after the other, as people type them on a phone.

Quotes hold words together. They are read forgivingly: a quote that does not begin a word or
that is never closed is an ordinary character, so that "don't" and "5'" need no care.
"""

from __future__ import annotations

import re

__all__ = ["Line"]

_CLOSING = {'"': '"', "'": "'", "“": "”", "„": "“”", "«": "»", "‘": "’"}
_WORD = re.compile(r"\S+")
_ESCAPED = re.compile(r"\\([\"'“”„«»‘’\\])")


class Line:
    """Reads words from the beginning of a text, each when it is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0
        self._never_closed: set[str] = set()

    def is_at_end(self) -> bool:
        """Tell whether every word was read."""
        return self._at >= len(self._text)

    def next_word(self) -> str | None:
        """Read one word, or several between quotes; ``None`` at the end."""
        if self.is_at_end():
            return None
        quoted = self._read_quoted()
        if quoted is not None:
            return quoted
        word = _WORD.match(self._text, self._at)
        assert word is not None
        self._move_to(word.end())
        return word.group()

    def rest(self) -> str | None:
        """Read everything that is left as it stands; quotes around the whole are taken off."""
        if self.is_at_end():
            return None
        left = self._text[self._at :]
        quoted = self._read_quoted()
        if quoted is not None and self.is_at_end():
            return quoted
        self._move_to(len(self._text))
        return left

    def _read_quoted(self) -> str | None:
        opening = self._text[self._at]
        if opening not in _CLOSING or opening in self._never_closed:
            return None
        # A closing quote ends a word; within one it is an apostrophe or an inch.
        closing = re.compile(rf"(?<!\\)[{_CLOSING[opening]}](?=\s|$)")
        end = closing.search(self._text, self._at + 1)
        if end is None:
            self._never_closed.add(opening)
            return None
        inner = self._text[self._at + 1 : end.start()]
        self._move_to(end.end())
        return _ESCAPED.sub(r"\1", inner)

    def _move_to(self, position: int) -> None:
        """Go on behind the spaces that follow a position."""
        while position < len(self._text) and self._text[position].isspace():
            position += 1
        self._at = position

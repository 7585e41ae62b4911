"""Filters that read what is written in a message."""

from __future__ import annotations

import re

from vestnik.bot.filters.base import Filter
from vestnik.bot.filters.readable import Written
from vestnik.errors import BadBot

__all__ = ["Regex", "Text"]


class Text(Filter[str, Written]):
    """The text is, begins with, ends with or contains something; what is found is the text.

    Several conditions must all hold, and of several words in one condition any will do:
    ``Text("yes", "да")``, ``Text(startswith="re:", contains=("urgent", "asap"))``. Without any
    condition a message matches that has some text. Letters match in either case unless
    `ignore_case` is off; spaces around the text do not count.
    """

    def __init__(
        self,
        *equals: str,
        startswith: str | tuple[str, ...] = (),
        endswith: str | tuple[str, ...] = (),
        contains: str | tuple[str, ...] = (),
        ignore_case: bool = True,
    ) -> None:
        self._ignore_case = ignore_case
        self._equals = tuple(self._comparable(word).strip() for word in equals)
        self._startswith = self._words(startswith)
        self._endswith = self._words(endswith)
        self._contains = self._words(contains)

    async def __call__(self, context: Written, /) -> str | None:
        """Compare the text."""
        text = self._comparable(context.text.strip())
        return context.text if text and self._fits(text) else None

    def _fits(self, text: str) -> bool:
        return (
            (not self._equals or text in self._equals)
            and (not self._startswith or text.startswith(self._startswith))
            and (not self._endswith or text.endswith(self._endswith))
            and (not self._contains or any(part in text for part in self._contains))
        )

    def _words(self, given: str | tuple[str, ...]) -> tuple[str, ...]:
        words = (given,) if isinstance(given, str) else given
        return tuple(self._comparable(word) for word in words)

    def _comparable(self, text: str) -> str:
        return text.casefold() if self._ignore_case else text


class Regex(Filter[re.Match[str], Written]):
    """A regular expression is found anywhere in the text; what is found is the match.

    Args:
        pattern: The expression, as text or compiled; anchor it with ``^`` and ``$`` if it is to
            cover the text.
        flags: As for `re.compile`; only for an expression given as text.
    """

    def __init__(self, pattern: str | re.Pattern[str], flags: int = 0) -> None:
        try:
            self.pattern = re.compile(pattern, flags)
        except re.error as error:
            raise BadBot(f"{pattern!r} is no regular expression: {error}.") from None
        except ValueError:
            raise BadBot(
                "Flags of a compiled regular expression belong into re.compile()."
            ) from None

    async def __call__(self, context: Written, /) -> re.Match[str] | None:
        """Search the text."""
        return self.pattern.search(context.text)

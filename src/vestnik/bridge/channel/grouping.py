"""What waits together becomes one message, which stays readable however much it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["MOST_CHARACTERS", "MOST_LINES", "MOST_PARAGRAPHS", "Gathering", "fitting", "lines_of"]

MOST_PARAGRAPHS = 20
MOST_CHARACTERS = 4_000
MOST_LINES = 35
"""The core shows its people 38 lines of a message, and hides the rest behind a button."""

_LINE = 100
"""Characters that the core takes for one line when it counts them."""

_FOR_THE_REST = 90
"""Characters that are kept for the line which says how many more there are."""

_BETWEEN = "\n\n"


class Gathering:
    """The paragraphs of one message; those that do not fit are counted."""

    def __init__(self) -> None:
        self._paragraphs: list[str] = []
        self._characters = MOST_CHARACTERS - _FOR_THE_REST
        self._lines = MOST_LINES
        self.left_out = 0

    @property
    def count(self) -> int:
        """How many there are, those that did not fit included."""
        return len(self._paragraphs) + self.left_out

    def add(self, write: Callable[[], str]) -> None:
        """Add a paragraph; one that cannot fit is not even written."""
        if self.left_out or len(self._paragraphs) >= MOST_PARAGRAPHS:
            self.left_out += 1
            return
        paragraph = fitting(write())
        if len(paragraph) > self._characters or lines_of(paragraph) > self._lines:
            self.left_out += 1
            return
        self._paragraphs.append(paragraph)
        self._characters -= len(paragraph) + len(_BETWEEN)
        self._lines -= lines_of(paragraph) + 1

    def text(self, rest: Callable[[int], str]) -> str:
        """Return the message; empty if there is nothing to tell.

        Args:
            rest: Writes the line for so many that did not fit.
        """
        more = [rest(self.left_out)[:_FOR_THE_REST]] if self.left_out else []
        return _BETWEEN.join((*self._paragraphs, *more))


def lines_of(text: str) -> int:
    """Count lines as the core does, for which a long one is several."""
    return sum(1 + len(line) // _LINE for line in text.split("\n"))


def fitting(paragraph: str) -> str:
    """Return as much of a paragraph as a message of its own has room for."""
    kept: list[str] = []
    room = MOST_LINES
    for line in paragraph.split("\n"):
        part = line[: room * _LINE - 1]
        kept.append(part)
        room -= lines_of(part)
        if room <= 0:
            break
    return "\n".join(kept)

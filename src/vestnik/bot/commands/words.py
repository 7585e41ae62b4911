"""Where the sentences that a bot says come from: a seam, so that they can be in any language."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Words"]


class Words(Protocol):
    """Says the framework's own words in one language."""

    def say(self, key: str, **values: object) -> str:
        """Return the words under a key, with the values put in; `count` also chooses the plural."""

    def translated(self, text: str) -> str:
        """Return the words under a text that may be a key, or the text as it is."""

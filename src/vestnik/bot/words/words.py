"""The words of one language."""

from __future__ import annotations

import logging
from collections.abc import Callable

__all__ = ["Words"]

log = logging.getLogger("vestnik.bot")


class Words:
    """What a bot says, in one language. Words never fail: a text that lacks something shows it.

    Args:
        language: The code of the language.
        find: Gives the text for a language, a key and a count.
    """

    def __init__(self, language: str, find: Callable[[str, str, int | None], str | None]) -> None:
        self.language = language
        self._find = find

    def say(self, key: str, **values: object) -> str:
        """Return the text under a key with its placeholders filled in; the key, if there is none.

        Args:
            key: Such as ``command.unknown``.
            values: What the placeholders stand for; `count` also chooses the plural form.
        """
        found = self.find(key, **values)
        if found is None:
            log.warning("There are no words under the key %r.", key)
            return key
        return found

    def find(self, key: str, **values: object) -> str | None:
        """Return what `say` would, or ``None`` when there is nothing under the key."""
        count = values.get("count")
        template = self._find(self.language, key, count if isinstance(count, int) else None)
        return None if template is None else _fill(template, values)

    def translated(self, text: str) -> str:
        """Return what stands under a text that may be a key, such as an author's description."""
        return self.find(text) or text


class _Gaps(dict[str, object]):
    """Placeholders; one that is missing stays as it is."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _fill(template: str, values: dict[str, object]) -> str:
    try:
        return template.format_map(_Gaps(values))
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        log.warning("The placeholders of %r cannot be filled in: %s", template, error)
        return template

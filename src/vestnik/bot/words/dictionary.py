"""All languages that a bot speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from vestnik.bot.words.catalogue import (
    Catalogue,
    compiled_catalogues,
    mapped_catalogue,
    own_catalogue,
)
from vestnik.bot.words.words import Words
from vestnik.errors import BadBot

__all__ = ["Dictionary"]

_OWN = ("en", "ru")


class Dictionary:
    """The words of a bot in every language it speaks.

    What an author adds goes before the framework's own words of that language, and what was added
    last goes first. A key that a language lacks is looked up in the bot's default language, and
    then in English.

    Args:
        default: The language of chats that have chosen none.
    """

    def __init__(self, default: str = "en") -> None:
        self._catalogues = {language: [own_catalogue(language)] for language in _OWN}
        self._default = _normal(default)

    @property
    def default(self) -> str:
        """The language of chats that have chosen none."""
        return self._default

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages, in alphabetical order."""
        return tuple(sorted(self._catalogues))

    def add(self, folder: Path, domain: str = "messages") -> None:
        """Add compiled gettext catalogues: ``<folder>/<language>/LC_MESSAGES/<domain>.mo``.

        Raises:
            BadBot: There is none, or one cannot be read.
        """
        for language, catalogue in compiled_catalogues(folder, domain):
            self._put(language, catalogue)

    def add_texts(self, language: str, texts: Mapping[str, str]) -> None:
        """Add a few texts by their keys, where plural forms are not needed."""
        self._put(language, mapped_catalogue(texts))

    def check(self) -> None:
        """Make sure that the default language is one of those there are.

        Raises:
            BadBot: It is not.
        """
        if self._default not in self._catalogues:
            raise BadBot(
                f"There are no words in the bot's language {self._default!r}: choose one of "
                f"{', '.join(self.languages)}, or add a catalogue for it."
            )

    def words(self, language: str | None = None) -> Words:
        """Return the words of a language; by default, and if unknown, the bot's own one."""
        wanted = _normal(language) if language else self._default
        known = next((tag for tag in _ever_wider(wanted) if tag in self._catalogues), None)
        return Words(known or self._default, self._find)

    def _find(self, language: str, key: str, count: int | None) -> str | None:
        for catalogue in self._in_order(language):
            if (found := catalogue.find(key, count)) is not None:
                return found
        return None

    def _in_order(self, language: str) -> Iterator[Catalogue]:
        for tag in dict.fromkeys((*_ever_wider(language), *_ever_wider(self._default), "en")):
            yield from self._catalogues.get(tag, ())

    def _put(self, language: str, catalogue: Catalogue) -> None:
        self._catalogues.setdefault(_normal(language), []).insert(0, catalogue)


def _normal(language: str) -> str:
    return language.replace("_", "-").lower()


def _ever_wider(language: str) -> Iterator[str]:
    """Give ``pt-br``, then ``pt``."""
    while language:
        yield language
        language = language.rpartition("-")[0]

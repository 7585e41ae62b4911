"""Where words come from: compiled gettext catalogues, and plain mappings of an author's."""

from __future__ import annotations

import gettext
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from vestnik.errors import BadBot

__all__ = ["Catalogue", "compiled_catalogues", "mapped_catalogue", "own_catalogue"]

_MESSAGES = "LC_MESSAGES"


class Catalogue:
    """The words of one language, each under its key."""

    def __init__(self, translations: gettext.NullTranslations) -> None:
        self._translations = translations

    def find(self, key: str, count: int | None = None) -> str | None:
        """Return what stands under a key, in the plural form for `count`; ``None`` if nothing."""
        if not key:
            return None  # where gettext keeps the header
        if count is not None:
            found = self._translations.ngettext(key, key, abs(count))
            if found != key:
                return found
        found = self._translations.gettext(key)
        # gettext answers with the key itself when it has nothing under it.
        return None if found == key else found


class _Mapped(gettext.NullTranslations):
    """A catalogue from a mapping, without plural forms."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = dict(texts)

    def gettext(self, message: str) -> str:
        return self._texts.get(message, message)


def mapped_catalogue(texts: Mapping[str, str]) -> Catalogue:
    """Make a catalogue of an author's few texts."""
    return Catalogue(_Mapped(texts))


@cache
def own_catalogue(language: str) -> Catalogue:
    """Load the framework's own words of a language."""
    compiled = files(__package__) / "locale" / language / _MESSAGES / "vestnik.mo"
    with compiled.open("rb") as stream:
        return Catalogue(gettext.GNUTranslations(stream))


def compiled_catalogues(folder: Path, domain: str) -> Iterator[tuple[str, Catalogue]]:
    """Load ``<folder>/<language>/LC_MESSAGES/<domain>.mo`` of every language there is.

    Raises:
        BadBot: There is none, or one cannot be read.
    """
    compiled = sorted(folder.glob(f"*/{_MESSAGES}/{domain}.mo"))
    if not compiled:
        raise BadBot(
            f"There is no compiled catalogue {domain}.mo in {folder}: "
            f"`pybabel compile -d {folder} -D {domain}` makes it."
        )
    for path in compiled:
        yield path.parent.parent.name, _load(path)


def _load(path: Path) -> Catalogue:
    try:
        with path.open("rb") as stream:
            return Catalogue(gettext.GNUTranslations(stream))
    except (OSError, ValueError, LookupError, struct.error) as error:
        raise BadBot(f"The catalogue {path} cannot be read ({error}): compile it again.") from error

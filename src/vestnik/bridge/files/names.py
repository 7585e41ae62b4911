"""Names of files from outside, made into such as hurt nobody."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MOST_NAME_BYTES", "clean_name", "ending_of"]

MOST_NAME_BYTES = 200
"""How long a name is at most, in UTF-8: file systems take 255, and somebody may add to it."""

NAMELESS = "file"
"""What a file is called when nothing is left of its name."""

_MOST_ENDING = 16
# Separators, and what Windows refuses in a name; the recipient may well have it.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,16}")
_HIDDEN = ("C", "Zl", "Zp")
"""Categories of what nobody sees: controls, marks that turn the direction, halves of letters."""


def clean_name(name: str) -> str:
    """Return the base name without all that a system could take for something else.

    The ending stays, as the core tells by it what kind of file it is.
    """
    base = re.split(r"[/\\]", name)[-1]
    seen = "".join(" " if letter.isspace() else letter for letter in base if _is_seen(letter))
    bare = _bare(_FORBIDDEN.sub("_", unicodedata.normalize("NFC", seen)))
    if _RESERVED.fullmatch(bare.partition(".")[0].strip()):
        bare = f"_{bare}"
    return _bare(_shortened(bare)) or NAMELESS


def ending_of(name: str) -> str:
    """Return the ending with its dot, as far as it is a plain one; else nothing."""
    _, dot, ending = name.rpartition(".")
    return (dot + ending).lower() if _ENDING.fullmatch(dot + ending) else ""


def _is_seen(letter: str) -> bool:
    return letter in "\t\n\r" or not unicodedata.category(letter).startswith(_HIDDEN)


def _bare(name: str) -> str:
    """Take away what hides a file or gets lost on its way, at both ends."""
    return name.strip(" .")


def _shortened(name: str) -> str:
    if len(name.encode()) <= MOST_NAME_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _MOST_ENDING:
        return _cut(name, MOST_NAME_BYTES)
    rest = dot + ending
    return _cut(stem, MOST_NAME_BYTES - len(rest.encode())) + rest


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")

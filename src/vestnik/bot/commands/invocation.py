"""What is a command and what are its arguments, before anybody knows which commands there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Invocation", "is_mentioned", "is_name", "parse_invocation"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A message that calls a command: ``/add@calculator 1 2``.

    Attributes:
        prefix: What it begins with: ``/``.
        name: Which command is meant: ``add``.
        mention: Which of several bots is meant: ``calculator``; empty if none is named.
        arguments: The rest, without spaces around it: ``1 2``.
    """

    prefix: str
    name: str
    mention: str
    arguments: str


def parse_invocation(text: str, prefixes: tuple[str, ...] = ("/",)) -> Invocation | None:
    """Take a text apart that calls a command; ``None`` if it does not."""
    text = text.strip()
    if not text.startswith(prefixes):
        return None
    prefix = max((one for one in prefixes if text.startswith(one)), key=len)
    head, arguments = _split_head(text[len(prefix) :])
    name, _, mention = head.partition("@")
    if not is_name(name):
        return None
    return Invocation(prefix, name, mention, arguments)


def is_name(text: str) -> bool:
    """Tell whether a command can be called that: letters, digits and ``_``, a letter first."""
    return text.isidentifier() and text[0] != "_"


def is_mentioned(mention: str, names: Iterable[str]) -> bool:
    """Tell whether the name behind ``@`` is one of these, spaces and capitals aside."""
    wanted = _plain(mention)
    return any(wanted == _plain(name) for name in names)


def _plain(name: str) -> str:
    """Reduce a name to what people type of it after ``@``, where a space would end it."""
    return name.casefold().replace(" ", "").replace("_", "")


def _split_head(text: str) -> tuple[str, str]:
    parts = text.split(maxsplit=1)
    if not parts or text[0].isspace():
        return "", ""
    return parts[0], parts[1] if len(parts) > 1 else ""

"""How the things of the specification are called in Python."""

from __future__ import annotations

import re

__all__ = ["camel_case", "constant_case", "pascal_case", "snake_case", "spoken"]

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Give the attribute name of a JSON name: ``summaryText1`` becomes ``summary_text1``."""
    return _WORD_STARTS.sub("_", name).lower()


def camel_case(name: str) -> str:
    """Give the JSON name that msgspec's ``rename="camel"`` makes of an attribute name."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def constant_case(name: str) -> str:
    """Give the constant or enum member name: ``OutBroadcast`` becomes ``OUT_BROADCAST``."""
    return snake_case(name).upper()


def pascal_case(name: str) -> str:
    """Give the class name of a variant: ``askVerifyContact`` becomes ``AskVerifyContact``."""
    return name[:1].upper() + name[1:]


def spoken(name: str) -> str:
    """Give a name as words, for want of a better description: ``QrFprOk`` becomes ``Qr fpr ok.``"""
    return f"{snake_case(name).replace('_', ' ').capitalize()}."

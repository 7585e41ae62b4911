"""Packages that bring in their parts when they are asked for (PEP 562).

A command then pays only for what it uses, while everybody writes ``from vestnik.gateway import …``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["brought_in"]


def brought_in(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package.

    Args:
        homes: The module of each public name, from within the package.
    """

    def bring(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{home}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return bring

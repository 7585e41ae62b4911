"""Events of ours, which travel among those of the core."""

from __future__ import annotations

from typing import ClassVar

import msgspec

__all__ = ["CoreRestarted"]


class CoreRestarted(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    tag_field="kind",
    tag="CoreRestarted",
):
    """An event of ours, of account 0: the core died and another has taken its place.

    It comes before all events of the new life. What happened between the two is in no event:
    who must not miss a message asks for the fresh ones now.

    Attributes:
        cause: How the old one ended.
        failures: How many deaths in a row this was.
    """

    kind: ClassVar[str] = "CoreRestarted"

    cause: str
    failures: int

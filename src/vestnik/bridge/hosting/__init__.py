"""Hosted bots: one supervised core beside the gateway, and all that stands between the two.

- `hosting`: what others use; light, so that a gateway without bots does not pay for a core.
- `engine_room`, `lifeline`: start the engine when it is first needed, and again when it has failed.
- `engine`: everything that runs together with a core. `messages`: the way of messages in and out.
- `directory`, `making`, `invites`: which accounts are bots, how one becomes a bot, and how people
  get to it.
- `python_bots`: bots in Python that run in this process.
"""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

if TYPE_CHECKING:
    from vestnik.bridge.hosting.counts import HostingCounts
    from vestnik.bridge.hosting.hosting import Hosting
    from vestnik.bridge.hosting.options import HostingOptions, PythonBot

__all__ = ["Hosting", "HostingCounts", "HostingOptions", "PythonBot"]

_HOMES = {
    "Hosting": "hosting",
    "HostingCounts": "counts",
    "HostingOptions": "options",
    "PythonBot": "options",
}

__getattr__ = brought_in(__name__, _HOMES)

"""The keys under which things are put in once: each publisher has his own.

No id has a space or a line's end, so that no key of one can be mistaken for that of another.
"""

from __future__ import annotations

from vestnik.gateway.model import Token
from vestnik.ids import OwnerId

__all__ = ["announced_key", "published_key"]


def published_key(publisher: Token, key: str | None) -> str | None:
    """Return the key with whose it is."""
    if key is None:
        return None
    if publisher.resource is None:
        return f"{publisher.owner or ''} {key}"
    # Several bots of one owner count each for themselves.
    return f"{publisher.owner or ''}\n{publisher.resource} {key}"


def announced_key(owner: OwnerId, key: str | None) -> str | None:
    """Return the key of something that the gateway says: nobody who publishes has one like it."""
    return None if key is None else f"\n\n{owner} {key}"

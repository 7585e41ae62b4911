"""A webhook's request and its answer, whatever framework carries them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["IncomingRequest", "Reply"]


class IncomingRequest(msgspec.Struct, frozen=True):
    """What came in.

    Attributes:
        headers: Their names in any case.
        peer: The address of who sent it, as text; behind a proxy the one that the proxy vouches
            for. Only needed to allow some networks.
    """

    method: str
    headers: Mapping[str, str]
    body: bytes
    peer: str | None = None

    def header(self, name: str) -> str | None:
        """Return a header, whatever the case of its name."""
        for known, value in self.headers.items():
            if known.lower() == name:
                return value
        return None


class Reply(msgspec.Struct, frozen=True):
    """What to answer.

    Attributes:
        reason: One sentence, which is also the body.
    """

    status: int
    reason: str
    headers: Mapping[str, str] = {}

    @property
    def body(self) -> bytes:
        """The text of the answer."""
        return f"{self.reason}\n".encode()

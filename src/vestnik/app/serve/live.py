"""The gateway's WebSocket protocol, counted among the connections of its address."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.gateway.live import Hub, LiveProtocol

__all__ = ["CountedLive"]


class CountedLive(LiveProtocol):
    """A WebSocket that gives its place back when it is gone."""

    __slots__ = ("_leave",)

    def __init__(self, hub: Hub, leave: Callable[[], None]) -> None:
        super().__init__(hub)
        self._leave = leave

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._leave()
        super().connection_lost(exc)

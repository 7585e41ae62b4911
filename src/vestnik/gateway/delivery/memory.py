"""The in-memory twin of the sender: answers by script and remembers what was asked of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vestnik.errors import TargetRefused
from vestnik.gateway.delivery.guard import Guard
from vestnik.gateway.delivery.headers import header_lines
from vestnik.gateway.delivery.target import check_url
from vestnik.gateway.ports import WebhookRequest, WebhookResponse

__all__ = ["MemorySender"]


class MemorySender:
    """A sender without a network.

    Args:
        answer: Gives the answer to a request; 200 to all by default.
        guard: Judges the addresses that stand in URLs; names are not looked up.

    Attributes:
        requests: All that was sent, in order.
    """

    def __init__(
        self,
        answer: Callable[[WebhookRequest], Awaitable[WebhookResponse]] | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.requests: list[WebhookRequest] = []
        self._answer = answer
        self._guard = guard or Guard()

    async def __aenter__(self) -> MemorySender:
        """Get ready, which takes nothing."""
        return self

    async def __aexit__(self, *exc: object) -> None:
        """End, which takes nothing."""

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        """Remember the request and answer it."""
        try:
            check_url(request.url, self._guard)
        except TargetRefused as problem:
            return WebhookResponse(error=str(problem))
        if header_lines(request.headers) is None:
            return WebhookResponse(error="A header of the webhook cannot be sent as it is.")
        self.requests.append(request)
        if self._answer is None:
            return WebhookResponse(status=200)
        return await self._answer(request)

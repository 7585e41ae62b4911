"""Two programs of the bot's owner, side by side: one listens, the other receives webhooks."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

import msgspec

from vestnik.app.demo.background import in_background
from vestnik.app.demo.house import House
from vestnik.app.receiving import serve
from vestnik.app.serve.addresses import Address
from vestnik.sdk import Notification, Notifications, WebhookReceiver, connect

__all__ = ["Channel", "NotificationCounts", "Witnesses", "witnessing"]

Channel: TypeAlias = Literal["websocket", "webhook"]
OnTold: TypeAlias = Callable[[Channel, Notification], None]

SECONDS = 5.0
"""How long one channel may be behind the other at the end."""


class NotificationCounts(msgspec.Struct, frozen=True):
    """How many notifications came by each channel; the two are to be the same."""

    websocket: int
    webhook: int


class Witnesses:
    """Counts what each channel tells, and passes it on to who watches."""

    def __init__(self, on_told: OnTold) -> None:
        self._on_told = on_told
        self._told: Counter[Channel] = Counter()
        self._has_changed = asyncio.Event()

    @property
    def counts(self) -> NotificationCounts:
        """How many have come."""
        return NotificationCounts(self._told["websocket"], self._told["webhook"])

    def hear(self, channel: Channel, notification: Notification) -> None:
        """Take note of a notification."""
        self._told[channel] += 1
        self._on_told(channel, notification)
        self._has_changed.set()

    async def listen(self, stream: Notifications) -> None:
        """Hear all that the WebSocket tells."""
        async for notification in stream:
            self.hear("websocket", notification)

    async def agree_on(self, least: int = 0) -> bool:
        """Wait until both have heard the same, and so many; gives up after `SECONDS`."""
        try:
            async with asyncio.timeout(SECONDS):
                while not self._agree(least):
                    self._has_changed.clear()
                    await self._has_changed.wait()
        except TimeoutError:
            return False
        return True

    def _agree(self, least: int) -> bool:
        return least <= self._told["websocket"] == self._told["webhook"]


@asynccontextmanager
async def witnessing(house: House, on_told: OnTold) -> AsyncIterator[Witnesses]:
    """Have both channels listened to as long as the block lasts."""
    witnesses = Witnesses(on_told)
    token = secrets.token_urlsafe()
    receiver = WebhookReceiver(token)

    @receiver.on()
    def by_webhook(notification: Notification) -> None:
        witnesses.hear("webhook", notification)

    async with (
        serve(receiver, Address("127.0.0.1", 0), token) as door,
        connect(await house.owner_token(), house.url) as stream,
        in_background(witnesses.listen(stream)),
    ):
        await house.tell_by_webhook(door.url, token)
        yield witnesses

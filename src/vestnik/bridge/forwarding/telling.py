"""Tells the owners of bots, and does not give up at once."""

from __future__ import annotations

import logging

from vestnik.errors import NotFound, Overloaded, StoreFailed
from vestnik.gateway import Gateway
from vestnik.ids import OwnerId
from vestnik.wire import Notification

__all__ = ["Telling"]

log = logging.getLogger("vestnik.bridge")

_PAUSES_SECONDS = (0.2, 1.0, 5.0)
"""After which pauses an event is told again that could not be stored."""


class Telling:
    """Puts notifications in at a gateway; an owner who is gone meanwhile is no error."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def tell(self, owner: OwnerId, notification: Notification, key: str) -> None:
        """Store what is told once under its key.

        Raises:
            Overloaded: Too much waits to be stored.
            StoreFailed: It was not stored.
        """
        await self._announce(owner, notification, key)

    async def tell_patiently(self, owner: OwnerId, notification: Notification) -> None:
        """Store what nobody will bring again; what follows it in its chat waits with it.

        Raises:
            Overloaded: Too much has waited to be stored for seconds.
            StoreFailed: It could not be stored for seconds.
        """
        for pause in _PAUSES_SECONDS:
            try:
                await self._announce(owner, notification, None)
            except (Overloaded, StoreFailed) as problem:
                log.info("an event of %s is told again soon: %s", notification.resource, problem)
                await self._gateway.clock.sleep(pause)
            else:
                return
        await self._announce(owner, notification, None)

    async def _announce(self, owner: OwnerId, notification: Notification, key: str | None) -> None:
        try:
            await self._gateway.publishing.announce(owner, notification, key)
        except NotFound:
            log.debug("the owner of %s is gone: nobody is told", notification.resource)

"""The gateway of the demonstration: on any free port, in a folder of its own, with one owner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec

from vestnik.app.serve import Config, Serving, serving
from vestnik.app.serve.config import Hosting, Server, Webhooks
from vestnik.bridge.model import HostedBot
from vestnik.chatmail import Core, Login, Progress
from vestnik.errors import StreamError
from vestnik.gateway.administration.webhooks import WebhookChange
from vestnik.gateway.model import Scope
from vestnik.ids import OwnerId, ResourceId

__all__ = ["House", "open_house"]

OWNER, BOT = OwnerId("anna"), ResourceId("echo")
CONFIG = Config(
    server=Server(listen="127.0.0.1:0", drain_seconds=3.0),
    webhooks=Webhooks(allow_networks=("127.0.0.0/8",)),
    hosting=Hosting(messages_per_minute=0),
)
ACCEPTED = 202


class House:
    """A gateway that serves, and what the demonstration asks of it."""

    def __init__(self, served: Serving) -> None:
        self._served = served
        self._desk = served.gateway.administration

    @property
    def url(self) -> str:
        """Where it is, for HTTP and WebSocket alike."""
        return self._served.url

    @property
    def port(self) -> int:
        """On which port it listens."""
        return self._served.address.port

    async def host(
        self, login: Login, on_progress: Callable[[Progress], None]
    ) -> tuple[Core, HostedBot]:
        """Add the bot; gives the core that it lives in, too."""
        hosting = self._served.hosting
        assert hosting is not None
        hosted = await hosting.add(OWNER, BOT, "Echo", login, on_progress=on_progress)
        core = hosting.core
        assert core is not None
        return core, hosted

    async def bot_token(self) -> str:
        """Make a token for the bot's program, as ``vestnik bot host add`` does."""
        issued = await self._desk.tokens.create(OWNER, (Scope.NOTIFY, Scope.BOT), resource=BOT)
        return issued.secret

    async def owner_token(self) -> str:
        """Make a token for who wants to hear all that happens to the owner's bots."""
        issued = await self._desk.tokens.create(OWNER, (Scope.NOTIFY,))
        return issued.secret

    async def tell_by_webhook(self, url: str, token: str) -> None:
        """Let the same go to a receiver of webhooks."""
        await self._desk.webhooks.create(OWNER, WebhookChange(url=url), token=token)

    async def publish(self, type_: str, user: str, payload: object) -> None:
        """Put a notification in from outside, as a directory of bots would.

        Raises:
            StreamError: The gateway does not take it.
        """
        issued = await self._desk.tokens.create(OWNER, (Scope.PUBLISH,))
        body = {"type": type_, "resource": BOT, "user": user, "payload": payload}
        headers = {"Authorization": f"Bearer {issued.secret}", "Content-Type": "application/json"}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.post(f"{self.url}/api/v1/notifications", data=msgspec.json.encode(body)) as answer,
        ):
            if answer.status != ACCEPTED:
                raise StreamError(f"The gateway does not take a notification ({answer.status}).")


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Serve until the block ends.

    Args:
        folder: Where everything is kept.
    """
    async with serving(CONFIG, folder) as served:
        await served.gateway.administration.owners.create("Anna", id=OWNER)
        yield House(served)

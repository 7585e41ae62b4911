"""What the REST API needs of those who host bots; `vestnik.bridge.hosting` is that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from vestnik.gateway import Token
from vestnik.gateway.ports import Orders
from vestnik.web.file_desk import FileDesk

if TYPE_CHECKING:
    from vestnik.bridge.channel.model import ChatView, Invitation, ServiceBot
    from vestnik.bridge.model import BotCommand, HostedBot
    from vestnik.chatmail.logins import Login
    from vestnik.ids import ChatId, OwnerId, ResourceId

__all__ = ["Channels", "DescribedOrders", "Hosting"]


class DescribedOrders(Orders, Protocol):
    """Takes orders, and says which."""

    async def openrpc(self, token: Token) -> bytes:
        """Return the OpenRPC document of exactly what a token may call.

        Raises:
            NotFound: There is no bot here.
        """


class Channels(Protocol):
    """Tells owners in chats with a service bot; `vestnik.bridge.channel` is that."""

    async def set_up(self, login: Login, name: str) -> ServiceBot:
        """Make the service bot.

        Raises:
            ConfigureFailed: The core could not log in.
            Taken: There is one.
        """

    async def show(self) -> ServiceBot:
        """Return the service bot.

        Raises:
            NotFound: There is none.
        """

    async def tear_down(self) -> None:
        """Remove the service bot.

        Raises:
            NotFound: There is none.
        """

    async def invite(self, owner: OwnerId) -> Invitation:
        """Make a chat for an owner, and the code by which one comes to it.

        Raises:
            BadRequest: The owner has as many chats as one may have.
            NotFound: There is no service bot.
        """

    async def chats(self, owner: OwnerId) -> Sequence[ChatView]:
        """Return an owner's chats."""

    async def remove(self, owner: OwnerId, chat: ChatId) -> None:
        """End a chat of an owner.

        Raises:
            NotFound: The owner has no such chat.
        """


class Hosting(FileDesk, Protocol):
    """Hosts bots."""

    @property
    def calls(self) -> DescribedOrders:
        """Who takes orders for the bots."""

    async def add(
        self,
        owner: OwnerId,
        bot: ResourceId,
        name: str,
        login: Login,
        events: Iterable[str] | None = None,
    ) -> HostedBot:
        """Make an account, log it in, and make it a bot of an owner's.

        Raises:
            BadRequest: The id, the name or the events cannot be such.
            CoreError: The core cannot be started, or could not log in; nothing is left behind.
            Overloaded: Too many bots are being added.
            Taken: There is such a bot, or a resource of that id is another owner's.
        """

    async def list(self, owner: OwnerId | None, *, after: str, most: int) -> Sequence[HostedBot]:
        """Return so many bots of an owner, or of all, whose ids come after one."""

    async def show(self, bot: ResourceId) -> HostedBot:
        """Return one bot.

        Raises:
            NotFound: None of that id is hosted here.
        """

    async def change(
        self,
        bot: ResourceId,
        name: str | None = None,
        events: Iterable[str] | None = None,
        commands: Iterable[BotCommand] | None = None,
    ) -> HostedBot:
        """Change what is given.

        Raises:
            NotFound: None of that id is hosted here.
        """

    async def remove(self, bot: ResourceId) -> None:
        """Remove a bot with its account, its messages and its resource.

        Raises:
            NotFound: None of that id is hosted here.
        """

    async def channel(self) -> Channels | None:
        """Return who tells owners in chats; ``None`` if there can be nobody yet.

        Raises:
            CoreError: The core cannot be started.
        """

    async def started_channel(self) -> Channels:
        """Return who tells owners in chats; a core is started for it if need be.

        Raises:
            CoreError: The core cannot be started.
        """

"""Which chats are concerned when the broker tells something."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vestnik.bridge.channel.model import ChannelChat
from vestnik.gateway.ports import SETTINGS_TOPIC, Broker, BrokerMessage, Subscription, owner_topic
from vestnik.ids import ChatId, OwnerId

__all__ = ["News"]


class News:
    """Hears of the owners who have chats.

    Args:
        look_at: Told of every chat of an owner whose stream or settings have news.
    """

    def __init__(self, broker: Broker, look_at: Callable[[ChatId], None]) -> None:
        self._broker = broker
        self._look_at = look_at
        self._chats: dict[OwnerId, set[ChatId]] = {}
        self._heard: dict[OwnerId, Subscription] = {}
        self._settings: Subscription | None = None

    async def open(self) -> None:
        """Begin to hear of changed settings."""
        self._settings = await self._broker.subscribe(SETTINGS_TOPIC, self._hear)

    async def follow(self, chat: ChannelChat) -> None:
        """Hear of a chat's owner from now on, and look at the chat for what came before."""
        self._chats.setdefault(chat.owner, set()).add(chat.chat)
        if chat.owner not in self._heard:
            topic = owner_topic(chat.owner)
            self._heard[chat.owner] = await self._broker.subscribe(topic, self._hear)
        self._look_at(chat.chat)

    async def follow_only(self, chats: Iterable[ChannelChat]) -> None:
        """Hear of these chats' owners, and no longer of others."""
        self._chats.clear()
        for chat in chats:
            await self.follow(chat)
        for owner in self._heard.keys() - self._chats.keys():
            await self._heard.pop(owner).close()

    async def close(self) -> None:
        """Hear nothing more."""
        subscriptions = [*self._heard.values(), *([self._settings] if self._settings else [])]
        self._heard.clear()
        for subscription in subscriptions:
            await subscription.close()

    def _hear(self, told: BrokerMessage) -> None:
        owner = getattr(told, "owner", None)
        for chat in self._chats.get(owner, ()) if owner is not None else ():
            self._look_at(chat)

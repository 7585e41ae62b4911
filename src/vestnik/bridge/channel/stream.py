"""A part of an owner's stream as one chat is to read it."""

from __future__ import annotations

from functools import partial

import msgspec

from vestnik.bot.words import Words
from vestnik.bridge.channel.grouping import Gathering
from vestnik.bridge.channel.model import ChannelChat
from vestnik.bridge.channel.rendering import write_notification
from vestnik.clock import Clock
from vestnik.gateway import Gateway
from vestnik.wire import Notification

__all__ = ["StreamReader", "Told"]

PAGE = 200


class Told(msgspec.Struct, frozen=True):
    """What there is to tell.

    Attributes:
        text: The message; empty if nothing of it is wanted.
        count: How many notifications it is about.
    """

    text: str
    count: int


class StreamReader:
    """Reads the log for chats."""

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock

    async def read(self, chat: ChannelChat, up_to: int, words: Words) -> Told:
        """Write down what comes after a chat's position, up to and with an offset.

        Raises:
            StoreFailed: The log cannot be read.
        """
        gathering, after, gone = Gathering(), chat.position, 0
        while after < up_to:
            page = await self._gateway.log.read(chat.owner, after, PAGE, up_to)
            gone += max(0, min(page.floor, up_to) - after)
            for item in page.items:
                if chat.choice.wants(item.notification.type):
                    gathering.add(partial(self._write, item.notification, words))
            after = page.items[-1].offset if page.items else up_to
        lines = [words.say("channel.trimmed", number=gone)] if gone else []
        text = gathering.text(lambda number: words.say("channel.more", number=number))
        return Told("\n\n".join((*lines, text) if text else lines), gathering.count)

    def _write(self, told: Notification, words: Words) -> str:
        resource = self._gateway.roster.resource(told.resource)
        bot = resource.name if resource else told.resource
        return write_notification(told, bot, words, int(self._clock.now() * 1000))

"""The bot's program: it knows nothing of mail, keys or cores, only a WebSocket."""

from __future__ import annotations

import msgspec

from vestnik.sdk import Notification, Notifications

__all__ = ["echo"]


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    text: str
    is_bot: bool
    is_info: bool


class _Payload(msgspec.Struct, frozen=True):
    message: _Message | None = None


async def echo(stream: Notifications, *, answer_bots: bool) -> None:
    """Answer what people write with their own words, until cancelled.

    Args:
        answer_bots: Answer bots, too; two echo bots would then never stop.
    """
    async for notification in stream:
        message = _written(notification)
        if message is not None and (answer_bots or not message.is_bot):
            await stream.call("answer", messageId=message.id, text=message.text)


def _written(notification: Notification) -> _Message | None:
    """Return what somebody has written, if that is what happened."""
    if notification.name != "incoming_msg":
        return None
    message = msgspec.convert(notification.payload, _Payload).message
    return None if message is None or message.is_info else message

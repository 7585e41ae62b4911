"""Notifications as encrypted Delta Chat messages, by a service bot of the server's own.

- `model`, `choice`, `spans`: a chat, which types it is told, and for how long it is muted.
- `rendering`, `grouping`, `texts`: from notifications to one message, in the chat's language.
- `rows`: what is remembered of every chat.
- `desk`: what can be asked for, by commands and over REST. `bot`: the commands.
- `invitations`, `endings`: how a chat begins and ends. `delivering`, `readers`: how it is told.
- `accounts`, `channel`: the account of the bot, and all of it put together.
"""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

if TYPE_CHECKING:
    from vestnik.bridge.channel.bot import service_bot
    from vestnik.bridge.channel.channel import Channel
    from vestnik.bridge.channel.model import ChannelOptions, ChatView, Invitation, ServiceBot

__all__ = ["Channel", "ChannelOptions", "ChatView", "Invitation", "ServiceBot", "service_bot"]

_HOMES = {
    "Channel": "channel",
    "ChannelOptions": "model",
    "ChatView": "model",
    "Invitation": "model",
    "ServiceBot": "model",
    "service_bot": "bot",
}

# Whoever wants only the model pays for no core.
__getattr__ = brought_in(__name__, _HOMES)

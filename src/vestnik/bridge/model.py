"""The bots that a gateway hosts, as they are kept and shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from vestnik.ids import AccountId, OwnerId, ResourceId

__all__ = ["BotCommand", "BotRecord", "BotState", "Hosted", "HostedBot"]


class BotCommand(msgspec.Struct, frozen=True):
    """A command that a bot understands, as ``/help`` tells it."""

    command: str
    description: str


class BotRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What makes an account of the core a hosted bot; kept in the account's own configuration.

    An account is the only place that cannot disagree with itself: a folder of accounts that is
    moved, restored or cleared takes its bots along.

    Attributes:
        resource: The resource that stands for the bot at the gateway.
        since: When that resource was made: another one of the same id, perhaps of another owner,
            must not be taken for it.
        events: The kinds of core events that become notifications.
        commands: What ``/help`` is answered with; without any, the bot gets it like all else.
    """

    resource: ResourceId
    since: int = 0
    events: tuple[str, ...]
    commands: tuple[BotCommand, ...] = ()


class Hosted(msgspec.Struct, frozen=True, kw_only=True):
    """A hosted bot, as all parts of the bridge know it."""

    account: AccountId
    address: str
    record: BotRecord

    @property
    def bot(self) -> ResourceId:
        """The resource that stands for it."""
        return self.record.resource


class BotState(StrEnum):
    """How a bot's connection to its relay is."""

    ONLINE = "online"
    CONNECTING = "connecting"
    OFFLINE = "offline"
    """Its relay cannot be reached, or the core is about to start again."""
    PAUSED = "paused"
    """Its notifications are switched off: incoming messages wait in the core."""


class HostedBot(msgspec.Struct, frozen=True, kw_only=True):
    """A hosted bot, as people and programs see it.

    Attributes:
        id: Its resource.
        account: Its number in the core.
        name: What people see in Delta Chat.
        invite: The link that opens a chat with it; also the text of its QR code.
    """

    id: ResourceId
    owner: OwnerId
    account: AccountId
    address: str
    name: str
    state: BotState
    events: tuple[str, ...]
    commands: tuple[BotCommand, ...]
    invite: str

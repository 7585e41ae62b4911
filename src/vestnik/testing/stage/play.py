"""What is said and done between people and a tested bot, on any stage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

from vestnik.chatmail.types import Viewtype
from vestnik.ids import MessageId

__all__ = ["Actor", "Group", "Mark", "Reply"]

Mark = tuple[Hashable, ...]
"""Something that happened to the bot, by a name that both sides know."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message of the bot, as somebody got it.

    Attributes:
        text: What it says.
        quoted_text: What it quotes.
        file_name: What is attached to it, by its name.
        content: What is in the file.
        view_type: What sort of message it is.
        message_id: Its id, on the real core in the reader's account.
    """

    text: str
    quoted_text: str | None = None
    file_name: str | None = None
    content: bytes = field(default=b"", repr=False)
    view_type: Viewtype = Viewtype.TEXT
    message_id: MessageId


@dataclass(frozen=True)
class Group:
    """A group that somebody has made, with the bot in it."""

    name: str


class Actor(ABC):
    """What a person does on a stage; each returns by what the bot knows that it was done."""

    @property
    @abstractmethod
    def inbox(self) -> list[Reply]:
        """What the bot has said to this person so far."""

    @abstractmethod
    async def scan(self, link: str | None) -> Mark:
        """Join the bot, or the group or channel of a link."""

    @abstractmethod
    async def write(
        self, text: str, to: Group | None, file: Path | None, quote: Reply | None
    ) -> Mark:
        """Write to the bot, or to a group."""

    @abstractmethod
    async def react(self, reply: Reply, emoji: tuple[str, ...]) -> Mark:
        """React to a message of the bot."""

    @abstractmethod
    async def use(self, reply: Reply, payload: object) -> Mark:
        """Let the webxdc app that the bot has sent send an update."""

    @abstractmethod
    async def updates(self, reply: Reply) -> list[object]:
        """Return what a webxdc app knows: the payloads of all updates."""

    @abstractmethod
    async def make_group(self, name: str, others: list[Actor]) -> Group:
        """Make a group with the bot and others in it."""

    @abstractmethod
    async def add(self, group: Group, other: Actor) -> Mark:
        """Add somebody to a group."""

    @abstractmethod
    async def leave(self, group: Group) -> Mark:
        """Leave a group."""

    @abstractmethod
    async def catch_up(self) -> None:
        """Wait until everything that the bot has sent so far has come."""

    @abstractmethod
    async def look(self, reply: Reply) -> Reply:
        """Return a message of the bot as it is now."""

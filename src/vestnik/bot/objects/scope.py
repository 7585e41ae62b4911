"""Where an object belongs: its bot, its account, and the handling during which it was reached."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from vestnik.bot.states import MemoryStates, StateStore
from vestnik.bot.words import Dictionary
from vestnik.chatmail import Core
from vestnik.clock import Clock
from vestnik.ids import AccountId, ContactId, MessageId

if TYPE_CHECKING:
    from vestnik.bot.languages import Languages
    from vestnik.bot.outbox import Outbox
    from vestnik.bot.schedule import Schedule
    from vestnik.bot.settings import SettingsStore
    from vestnik.bot.store import Database

__all__ = ["Admins", "Keys", "Scope", "Services"]


class Admins(Protocol):
    """Knows who may administer the bot."""

    async def is_admin(self, account_id: AccountId, contact_id: ContactId) -> bool:
        """Tell whether a contact of an account may."""


@dataclass(frozen=True)
class Services:
    """What every context and object of a bot reaches: its core, its memory, its way out.

    Attributes:
        core: The typed client of the core.
        outbox: Takes every message that is sent.
        database: The bot's memory.
        clock: What tells the time.
        bot: The bot's name, for its log.
        files: Where bytes that are sent lie for the moment; by default the system's place for
            temporary files.
        dictionary: What the bot says of its own accord, in all its languages.
        states: Where the states of conversations are kept; by default until the process ends.
        admins: Who may administer it; by default nobody.
        schedule: What is done later, or again and again.
        settings: What people have set for their chats.
        languages: In which language each chat is answered.
    """

    core: Core
    outbox: Outbox
    database: Database
    clock: Clock
    bot: str = "bot"
    files: Path | None = None
    dictionary: Dictionary = field(default_factory=Dictionary)
    states: StateStore = field(default_factory=MemoryStates)
    admins: Admins | None = None
    schedule: Schedule | None = None
    settings: SettingsStore | None = None
    languages: Languages | None = None


class Keys:
    """Names what is sent during one handling, one after the other, the same in every run of it.

    Args:
        prefix: What tells this handling from all others; ``None`` for one that nobody repeats,
            whose sends need no names.
    """

    __slots__ = ("_numbers", "_prefix")

    def __init__(self, prefix: str | None = None) -> None:
        self._prefix = prefix
        self._numbers = itertools.count()

    @classmethod
    def of(cls, account_id: AccountId, cause: MessageId | None) -> Keys:
        """Make the names for the handling of a message, or for that of anything else."""
        return cls(None if cause is None else f"{account_id}:{cause}")

    def next(self) -> str | None:
        """Name the next thing that is sent; ``None`` if it may repeat."""
        return None if self._prefix is None else f"{self._prefix}:{next(self._numbers)}"


class Scope:
    """The account that an object belongs to, and the names for what is sent through it.

    Every object keeps one, so that what is sent by way of it during a handling counts as that
    handling's own: a second run after a crash recognises it.
    """

    __slots__ = ("account_id", "keys", "services")

    def __init__(self, services: Services, account_id: AccountId, keys: Keys | None = None) -> None:
        self.services = services
        self.account_id = account_id
        self.keys = keys or Keys()

    def __repr__(self) -> str:
        return f"<Scope of account {self.account_id}>"

    def __eq__(self, other: object) -> bool:
        """Tell whether both are of the same account, in whatever handling."""
        if not isinstance(other, Scope):
            return NotImplemented
        return self.services is other.services and self.account_id == other.account_id

    def __hash__(self) -> int:
        return hash(self.account_id)

    @property
    def core(self) -> Core:
        """The typed client of the core."""
        return self.services.core

    def next_key(self) -> str | None:
        """Name the next thing that is sent; ``None`` if it may repeat."""
        return self.keys.next()

    def note_mails(self, mails: int) -> None:
        """Count mails that go past the outbox against the pace of the account."""
        self.services.outbox.note_spent(self.account_id, mails)

"""What was set, in the bot's database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

from vestnik.bot.settings.setting import Setting, Settings
from vestnik.bot.store import Database
from vestnik.errors import BadBot, BadInput
from vestnik.ids import AccountId, ChatId

__all__ = ["SettingsStore"]

log = logging.getLogger("vestnik.bot")

T = TypeVar("T")

_READ = """
SELECT chat = 0, name, value FROM setting
WHERE account = ? AND chat IN (0, ?) AND name = ifnull(?, name)
"""
_Kept: TypeAlias = Mapping[tuple[bool, str], str]
_WRITE = "INSERT OR REPLACE INTO setting VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM setting WHERE account = ? AND chat = ? AND name = ?"


class SettingsStore:
    """Keeps what was set: for a chat, or for all chats of an account.

    What is kept of a setting that an author has changed since, and that it cannot be any more,
    counts as not set.

    Args:
        database: The bot's memory.
        declared: The classes of settings of the bot and its plugins.

    Raises:
        BadBot: Two settings have the same name.
    """

    def __init__(self, database: Database, *declared: type[Settings]) -> None:
        self._database = database
        self._settings: dict[str, Setting[Any]] = {}
        for settings in declared:
            self._add(settings)

    @property
    def settings(self) -> tuple[Setting[Any], ...]:
        """All settings, in the order of their declaration."""
        return tuple(self._settings.values())

    async def get(self, setting: Setting[T], account_id: AccountId, chat_id: ChatId) -> T:
        """Return what holds in a chat."""
        kept = await self._kept(account_id, chat_id, setting.name)
        return _value(setting, kept)

    async def values(self, account_id: AccountId, chat_id: ChatId) -> Mapping[str, object]:
        """Return what holds in a chat, of all settings by their names."""
        kept = await self._kept(account_id, chat_id, None)
        return {setting.name: _value(setting, kept) for setting in self.settings}

    async def set(
        self, setting: Setting[T], value: T, account_id: AccountId, chat_id: ChatId
    ) -> None:
        """Set it for a chat, or for the account if it is a setting of the whole bot.

        Raises:
            BadInput: It cannot be set to this.
        """
        if not setting.kind.allows(value):
            raise BadInput(f"The setting {setting.name!r} cannot be set to that.")
        where = (account_id, _place(setting, chat_id), setting.name)
        row = (*where, setting.pack(value))
        await self._database.transact(lambda connection: connection.execute(_WRITE, row))

    async def reset(self, setting: Setting[T], account_id: AccountId, chat_id: ChatId) -> None:
        """Go back to the default."""
        where = (account_id, _place(setting, chat_id), setting.name)
        await self._database.transact(lambda connection: connection.execute(_FORGET, where))

    async def _kept(self, account_id: AccountId, chat_id: ChatId, name: str | None) -> _Kept:
        values = (account_id, chat_id, name)
        rows = await self._database.transact(lambda link: link.execute(_READ, values).fetchall())
        return {(bool(whole_bot), name): value for whole_bot, name, value in rows}

    def _add(self, settings: type[Settings]) -> None:
        for setting in settings._declared:
            if setting.name in self._settings:
                raise BadBot(
                    f"Two settings have the name {setting.name!r}, one of them in "
                    f"{settings.__name__}: rename one."
                )
            self._settings[setting.name] = setting


def _place(setting: Setting[Any], chat_id: ChatId) -> ChatId:
    return ChatId(0) if setting.whole_bot else chat_id


def _value(setting: Setting[T], kept: _Kept) -> T:
    raw = kept.get((setting.whole_bot, setting.name))
    if raw is None:
        return setting.default
    try:
        return setting.unpack(raw)
    except ValueError:
        # msgspec's errors are ValueErrors, and quote what people wrote.
        log.warning("What was set for %r cannot be that any more: back to default.", setting.name)
        return setting.default

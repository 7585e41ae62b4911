"""The language of each chat, remembered for a moment."""

from __future__ import annotations

from vestnik.bot.settings import ChatLanguage, Settings, SettingsStore
from vestnik.bot.words import Dictionary
from vestnik.ids import AccountId, ChatId

__all__ = ["Languages"]

MOST_REMEMBERED = 10_000


class Languages:
    """Tells in which language a chat is to be answered."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Prepare to tell; `dictionary` is complete."""
        self.of_chats = ChatLanguage(dictionary)
        self.store: SettingsStore | None = None
        self._remembered: dict[tuple[AccountId, ChatId], str] = {}

    @property
    def settings(self) -> type[Settings]:
        """The setting by which a chat chooses."""
        return self.of_chats.settings

    async def of(self, account_id: AccountId, chat_id: ChatId) -> str | None:
        """Return the code of the chat's language."""
        if self.store is None:
            return None
        place = (account_id, chat_id)
        if place not in self._remembered:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            language = await self.store.get(self.of_chats.setting, account_id, chat_id)
            self._remembered[place] = language
        return self._remembered[place]

    def forget(self, account_id: AccountId, chat_id: ChatId) -> None:
        """Ask again for a chat that may have chosen another one."""
        self._remembered.pop((account_id, chat_id), None)

"""The language of a chat: what it has set, or else the bot's."""

from __future__ import annotations

from vestnik.bot.settings.setting import Setting, Settings
from vestnik.bot.settings.store import SettingsStore
from vestnik.bot.words import Dictionary, Words
from vestnik.ids import AccountId, ChatId

__all__ = ["ChatLanguage"]


class ChatLanguage:
    """Finds the words for a chat, by a setting named ``language``.

    Args:
        dictionary: The words of the bot, complete: what is added later cannot be chosen.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        class Language(Settings):
            language = Setting(
                dictionary.default, "settings.language", choices=dictionary.languages
            )

        self._dictionary = dictionary
        self.settings: type[Settings] = Language
        self.setting: Setting[str] = Language.language

    async def words(self, store: SettingsStore, account_id: AccountId, chat_id: ChatId) -> Words:
        """Return the words in the language of a chat."""
        language = await store.get(self.setting, account_id, chat_id)
        return self._dictionary.words(language)

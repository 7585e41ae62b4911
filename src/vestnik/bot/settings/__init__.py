"""What people may set for their chat, and admins for the whole bot.

::

    class Greetings(Settings):
        quiet = Setting(False, "Say nothing when somebody joins.")
        hour = Setting(9, "The hour of the digest.", least=0, most=23)
        tone: Setting[Literal["kind", "strict"]] = Setting("kind", "How I speak.")


    if await store.get(Greetings.quiet, account_id, chat_id): ...
"""

from vestnik.bot.settings.command import answer_settings
from vestnik.bot.settings.language import ChatLanguage
from vestnik.bot.settings.setting import Setting, Settings
from vestnik.bot.settings.store import SettingsStore
from vestnik.bot.settings.texts import Change, list_settings, read_change, say_changed

__all__ = [
    "Change",
    "ChatLanguage",
    "Setting",
    "Settings",
    "SettingsStore",
    "answer_settings",
    "list_settings",
    "read_change",
    "say_changed",
]

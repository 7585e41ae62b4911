"""`/settings` and `/settings name value`, from what was written to the answer."""

from __future__ import annotations

from vestnik.bot.settings.language import ChatLanguage
from vestnik.bot.settings.store import SettingsStore
from vestnik.bot.settings.texts import (
    Change,
    find_setting,
    list_settings,
    read_change,
    say_changed,
)
from vestnik.ids import AccountId, ChatId

__all__ = ["answer_settings"]


async def answer_settings(
    text: str,
    store: SettingsStore,
    language: ChatLanguage,
    account_id: AccountId,
    chat_id: ChatId,
    *,
    is_admin: bool,
    command: str = "/settings",
) -> str:
    """Do what somebody asks for, and return what to answer, in the language of the chat.

    Args:
        text: What stands behind the command: nothing, a name, or ``name value``.
        store: Where settings are kept.
        language: Finds the words.
        account_id: The account of the bot.
        chat_id: The chat.
        is_admin: Whether an admin of the bot asks.
        command: How the command is written here.
    """
    words = await language.words(store, account_id, chat_id)
    named = find_setting(text, store.settings)
    if named or not text.strip():
        listed = (named,) if named else store.settings
        values = await store.values(account_id, chat_id)
        return list_settings(listed, values, words, is_admin=is_admin, command=command)
    change = read_change(text, store.settings, words, is_admin=is_admin, command=command)
    if isinstance(change, str):
        return change
    await _apply(change, store, account_id, chat_id)
    # Asked again: it may be the language that has changed.
    return say_changed(change, await language.words(store, account_id, chat_id))


async def _apply(
    change: Change, store: SettingsStore, account_id: AccountId, chat_id: ChatId
) -> None:
    if change.to_default:
        await store.reset(change.setting, account_id, chat_id)
    else:
        await store.set(change.setting, change.value, account_id, chat_id)

"""Who may administer a bot: the members of a group that one joins by a code."""

from __future__ import annotations

from vestnik.chatmail import Core
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ChatId, ContactId

__all__ = ["AdminGroup"]

_CONFIG_KEY = "ui.vestnik.admin_group"
"""Kept with the account, so that a backup of it keeps its admins."""


class AdminGroup:
    """The group of admins that each account of a bot has once somebody asked for its code."""

    def __init__(self, core: Core, bot: str) -> None:
        self._core = core
        self._bot = bot

    async def is_admin(self, account_id: AccountId, contact_id: ContactId) -> bool:
        """Tell whether a contact is in the group of admins."""
        group = await self.group(account_id)
        if group is None:
            return False
        return contact_id in await self._core.get_chat_contacts(account_id, group)

    async def group(self, account_id: AccountId) -> ChatId | None:
        """Return the group; ``None`` if nobody has asked for its code yet, or it was deleted."""
        kept = await self._core.get_config(account_id, _CONFIG_KEY)
        if not kept or not kept.isdigit():
            return None
        try:
            await self._core.get_basic_chat_info(account_id, ChatId(int(kept)))
        except CallFailed:
            return None
        return ChatId(int(kept))

    async def invite_code(self, account_id: AccountId) -> str:
        """Return the code by which one becomes an admin, making the group first if need be."""
        group = await self.group(account_id) or await self._make(account_id)
        return await self._core.get_chat_securejoin_qr_code(account_id, group)

    async def reset(self, account_id: AccountId) -> str:
        """Begin anew without admins: make another group and return its code."""
        old = await self.group(account_id)
        group = await self._make(account_id)
        if old is not None:
            await self._core.leave_group(account_id, old)
        return await self._core.get_chat_securejoin_qr_code(account_id, group)

    async def _make(self, account_id: AccountId) -> ChatId:
        group = await self._core.create_group_chat(account_id, f"Admins of {self._bot}", False)
        await self._core.set_config(account_id, _CONFIG_KEY, str(group))
        return group

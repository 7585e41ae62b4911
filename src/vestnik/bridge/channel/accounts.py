"""Which account of the core is the service bot's."""

from __future__ import annotations

from vestnik.chatmail import Core, Login, add_account
from vestnik.chatmail.accounts import OnProgress
from vestnik.errors import Taken
from vestnik.ids import AccountId

__all__ = ["ServiceAccounts"]

_CONFIG_KEY = "ui.vestnik.service"
"""Kept with the account, so that a folder of accounts that is moved takes it along."""

_YES = "1"


class ServiceAccounts:
    """Makes, finds and removes the one account."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def find(self) -> AccountId | None:
        """Return the account, if it is there and can be used."""
        for account in await self._core.get_all_account_ids():
            mark = await self._core.get_config(account, _CONFIG_KEY)
            if mark == _YES and await self._core.is_configured(account):
                return account
        return None

    async def address(self, account: AccountId) -> str:
        """Return the address that others reach it at."""
        return await self._core.get_config(account, "configured_addr") or ""

    async def name(self, account: AccountId) -> str:
        """Return what people see."""
        return await self._core.get_config(account, "displayname") or ""

    async def make(
        self, login: Login, name: str, on_progress: OnProgress | None = None
    ) -> AccountId:
        """Make the account.

        Raises:
            Taken: There is one.
            ConfigureFailed: The core could not log in.
        """
        if await self.find() is not None:
            raise Taken("There is a service bot already: `vestnik service-bot remove` first.")
        account = await add_account(self._core, login, bot=True, name=name, on_progress=on_progress)
        await self._core.set_config(account, _CONFIG_KEY, _YES)
        return account

    async def remove(self, account: AccountId) -> None:
        """Remove the account with all of its chats."""
        await self._core.remove_account(account)

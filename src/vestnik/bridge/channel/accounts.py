"""Which account of the core is the service bot's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from vestnik.chatmail import Core, Login, configure_account
from vestnik.chatmail.accounts import OnProgress
from vestnik.errors import CoreError, Taken
from vestnik.ids import AccountId

__all__ = ["ServiceAccounts"]

_CONFIG_KEY = "ui.vestnik.service"
"""Kept with the account, so that a folder of accounts that is moved takes it along."""

_YES = "1"


class ServiceAccounts:
    """Makes, finds and removes the one account."""

    def __init__(self, core: Core) -> None:
        self._core = core
        # Looking for it among hundreds of bots would cost every question a question for each.
        self._found: AccountId | None = None

    async def find(self) -> AccountId | None:
        """Return the account, if it is there and can be used."""
        if self._found is None:
            self._found = await self._look()
        return self._found

    async def _look(self) -> AccountId | None:
        for account in await self._marked():
            if await self._core.is_configured(account):
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
        for half_made in await self._marked():
            await self._core.remove_account(half_made)
        account = await self._core.add_account()
        try:
            # The mark before the login: so it is known what a crash has left.
            settings: dict[str, str | None] = {
                "bot": "1",
                "displayname": name,
                _CONFIG_KEY: _YES,
            }
            await self._core.batch_set_config(account, settings)
            await configure_account(self._core, account, login, on_progress=on_progress)
        except BaseException:
            with contextlib.suppress(CoreError):
                await asyncio.shield(self._core.remove_account(account))
            raise
        return account

    async def remove(self, account: AccountId) -> None:
        """Remove the account with all of its chats."""
        self._found = None
        await self._core.remove_account(account)

    async def _marked(self) -> Sequence[AccountId]:
        """Return the service bot's account, and what a crash left of one that was being made."""
        return [
            account
            for account in await self._core.get_all_account_ids()
            if await self._core.get_config(account, _CONFIG_KEY) == _YES
        ]

"""The bridge's memory of accounts: which of them it knows, and which are gone."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from vestnik.bot.ledger import Ledger
from vestnik.bot.store import Database
from vestnik.chatmail import Core
from vestnik.ids import AccountId

__all__ = ["Memory"]

GONE = "gone"


class Memory:
    """Forgets what was remembered of an account whose id stands for another one now."""

    def __init__(self, database: Database, ledger: Ledger, core: Core) -> None:
        self._database = database
        self._ledger = ledger
        self._core = core

    async def forget_all_but(self, accounts: Collection[AccountId]) -> None:
        """Forget the accounts that the core no longer has; call it before the outbox runs."""
        rows = await self._database.transact(
            lambda db: db.execute("SELECT id FROM account").fetchall()
        )
        for (id,) in rows:
            if id not in accounts:
                await self.forget(AccountId(id))

    async def adopt(self, account: AccountId) -> None:
        """Get to know an account; what was remembered of another one of its id goes."""
        blobs = await self._core.get_blob_dir(account)
        await self._ledger.adopt(account, Path(blobs).parent.name if blobs else "")

    async def forget(self, account: AccountId) -> None:
        """Forget all about an account."""
        await self._ledger.adopt(account, GONE)

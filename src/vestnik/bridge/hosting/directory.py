"""Which accounts of the core are bots: read when a core starts, changed in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from vestnik.bridge.hosting.memory import Memory
from vestnik.bridge.hosting.records import RECORD_KEY, read_record, write_record
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core
from vestnik.errors import CallFailed, NotFound
from vestnik.gateway.model import Resource
from vestnik.gateway.roster import Roster
from vestnik.ids import AccountId

__all__ = ["Directory"]

AT_ONCE = 50
"""Accounts that are asked about side by side."""

ADDRESS_KEY = "configured_addr"

log = logging.getLogger("vestnik.bridge")


class Directory:
    """Fills the registry from the accounts, and keeps both the same."""

    def __init__(self, core: Core, registry: Registry, roster: Roster, memory: Memory) -> None:
        self._core = core
        self._registry = registry
        self._roster = roster
        self._memory = memory
        self._turn = asyncio.Lock()

    def resource(self, record: BotRecord) -> Resource | None:
        """Return the resource that stands for a bot, unless it is gone."""
        found = self._roster.resource(record.resource)
        return found if found is not None and found.created == record.since else None

    def is_paused(self, hosted: Hosted) -> bool:
        """Tell whether a bot's messages are to wait."""
        resource = self.resource(hosted.record)
        return resource is None or not resource.notify

    async def load(self) -> None:
        """Read from all accounts which of them are bots."""
        for hosted in self._registry.all():
            self._registry.remove(hosted.account)
        accounts = await self._core.get_all_account_ids()
        await self._memory.forget_all_but(accounts)
        for start in range(0, len(accounts), AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for account in accounts[start : start + AT_ONCE]:
                    group.create_task(self._load_one(account))

    async def _load_one(self, account: AccountId) -> None:
        try:
            kept = await self._core.batch_get_config(account, [RECORD_KEY, ADDRESS_KEY])
        except CallFailed as refusal:
            log.warning("Account %d cannot be read and is left alone: %s", account, refusal)
            return
        text, address = kept.get(RECORD_KEY), kept.get(ADDRESS_KEY)
        if not text:
            return
        await self._memory.adopt(account)
        record = read_record(text)
        if record is not None and address is None:
            log.warning("Account %d was never wholly made into a bot: it is removed", account)
            await self._core.remove_account(account)
        elif record is None or self.resource(record) is None:
            log.warning(_LEFT_ALONE, account, address or "without an address")
        else:
            # Between the look at the resource and this nothing is waited for.
            self._registry.put(Hosted(account=account, address=address or "", record=record))

    async def enter(self, account: AccountId, record: BotRecord) -> Hosted:
        """Take a configured account in as a bot.

        Raises:
            NotFound: Its resource was deleted meanwhile.
        """
        address = await self._core.get_config(account, ADDRESS_KEY)
        if self.resource(record) is None:
            raise NotFound(f"The resource {record.resource!r} was deleted in the meantime.")
        hosted = Hosted(account=account, address=address or "", record=record)
        self._registry.put(hosted)
        return hosted

    async def change(self, hosted: Hosted, change: Callable[[BotRecord], BotRecord]) -> None:
        """Change what is kept of a bot: one change after the other, so that none undoes another.

        Args:
            change: Makes the new record of the one that is kept now.

        Raises:
            CoreError: The core did not do it.
            NotFound: It is no longer there.
        """
        async with self._turn:
            kept = self._kept(hosted).record
            if (record := change(kept)) == kept:
                return
            await self._core.set_config(hosted.account, RECORD_KEY, write_record(record))
            # Its resource may have been deleted meanwhile.
            self._registry.put(msgspec.structs.replace(self._kept(hosted), record=record))

    def _kept(self, hosted: Hosted) -> Hosted:
        """Return a bot as it is now."""
        found = self._registry.of_account(hosted.account)
        if found is None:
            raise NotFound(f"There is no bot {hosted.bot!r}.")
        return found

    async def remove(self, hosted: Hosted) -> None:
        """Remove a bot's account; what it has not sent is never sent.

        Raises:
            CoreError: The core did not do it; the bot is there still.
        """
        async with self._turn:
            hosted = self._registry.of_account(hosted.account) or hosted
            self._registry.remove(hosted.account)
            try:
                if hosted.account in await self._core.get_all_account_ids():
                    await self._core.remove_account(hosted.account)
            except BaseException:
                if self.resource(hosted.record) is not None:
                    self._registry.put(hosted)
                raise
        await self._memory.forget(hosted.account)

    def let_go_of_orphans(self) -> Sequence[Hosted]:
        """Take the bots whose resource is gone out of the registry, and return them."""
        gone = [one for one in self._registry.all() if self.resource(one.record) is None]
        for orphan in gone:
            self._registry.remove(orphan.account)
        return gone

    def paused(self) -> frozenset[AccountId]:
        """Return the accounts whose messages are to wait."""
        return frozenset(one.account for one in self._registry.all() if self.is_paused(one))


_LEFT_ALONE = (
    "Account %d (%s) was a bot whose resource is gone, or whose record cannot be read: it is left "
    "alone, see docs/howto/host-bots.md"
)

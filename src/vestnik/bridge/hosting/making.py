"""How an account of the core becomes a bot; half of one is never left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec

from vestnik.bridge.hosting.directory import Directory
from vestnik.bridge.hosting.memory import Memory
from vestnik.bridge.hosting.records import RECORD_KEY, write_record
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.undertakings import Undertakings
from vestnik.chatmail import Core, Login, Progress, configure_account
from vestnik.errors import NotFound, Overloaded, Taken, VestnikError
from vestnik.gateway import Gateway, Resource
from vestnik.ids import AccountId, OwnerId, ResourceId

__all__ = ["Making", "NewBot"]

MOST_AT_ONCE = 8
"""Bots that are being added at the same time."""

RETRY_SECONDS = 10.0
CLEANING_SECONDS = 20.0

log = logging.getLogger("vestnik.bridge")


class NewBot(msgspec.Struct, frozen=True, kw_only=True):
    """What a new bot is to be."""

    owner: OwnerId
    id: ResourceId
    name: str
    login: Login
    events: tuple[str, ...]


class Making:
    """Adds bots.

    Args:
        undertakings: By which what is being added is taken back at the end.
        look_again: Told when there is one more.
    """

    def __init__(
        self,
        gateway: Gateway,
        core: Core,
        directory: Directory,
        memory: Memory,
        undertakings: Undertakings,
        look_again: Callable[[], None],
    ) -> None:
        self._gateway = gateway
        self._core = core
        self._directory = directory
        self._memory = memory
        self._undertakings = undertakings
        self._look_again = look_again
        self._under_way: set[ResourceId] = set()

    async def add(
        self, new: NewBot, on_progress: Callable[[Progress], None] | None = None
    ) -> Hosted:
        """Make a bot, with a resource if there is none yet.

        Raises:
            BadRequest: The id or the name cannot be one.
            ConfigureFailed: The core could not log in.
            CoreError: The core did not do it.
            NotFound: There is no such owner.
            Overloaded: Too many are being added.
            StoreFailed: The gateway is about to end.
            Taken: There is such a bot already, or the resource is another owner's.
        """
        if len(self._under_way) >= MOST_AT_ONCE:
            raise Overloaded(RETRY_SECONDS)
        if new.id in self._under_way:
            raise Taken(f"The bot {new.id!r} is being added already.")
        self._under_way.add(new.id)
        try:
            async with self._undertakings.one():
                hosted = await self._make(new, on_progress)
        finally:
            self._under_way.discard(new.id)
        self._look_again()
        return hosted

    async def _make(self, new: NewBot, on_progress: Callable[[Progress], None] | None) -> Hosted:
        async with self._resource(new) as resource, self._account(new, resource) as account:
            await configure_account(self._core, account, new.login, on_progress=on_progress)
            return await self._directory.enter(account, _record(new, resource))

    @asynccontextmanager
    async def _resource(self, new: NewBot) -> AsyncIterator[Resource]:
        """Give the bot's resource; one that is made here goes again if the block fails."""
        found = self._gateway.roster.resource(new.id)
        if found is not None and found.owner != new.owner:
            raise Taken(f"There is a resource {new.id!r} already.")
        if found is not None:
            yield found
            return
        resources = self._gateway.administration.resources
        made = await resources.create(new.owner, new.name, id=new.id)
        try:
            yield made
        except BaseException:
            await _cleaned(resources.delete(made.id))
            raise

    @asynccontextmanager
    async def _account(self, new: NewBot, resource: Resource) -> AsyncIterator[AccountId]:
        """Give a new account; it goes again if the block fails.

        That it is a bot stands in it before it has an address: one that was not finished because
        of a crash is known by that.
        """
        account = await self._core.add_account()
        try:
            await self._memory.adopt(account)
            await self._core.batch_set_config(account, _settings(new, resource))
            yield account
        except BaseException:
            await _cleaned(self._core.remove_account(account))
            raise


def _record(new: NewBot, resource: Resource) -> BotRecord:
    return BotRecord(resource=new.id, since=resource.created, events=new.events)


def _settings(new: NewBot, resource: Resource) -> dict[str, str | None]:
    # "bot" before the first login, because the core reads it while configuring.
    return {
        "bot": "1",
        "displayname": new.name,
        RECORD_KEY: write_record(_record(new, resource)),
    }


async def _cleaned(work: Awaitable[None]) -> None:
    """Take back what was begun, also for somebody who was cancelled; bounded, and best effort."""
    task = asyncio.ensure_future(_within_time(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _within_time(work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(CLEANING_SECONDS):
            await work
    except NotFound:
        return  # somebody else has removed it
    except (TimeoutError, VestnikError) as problem:
        log.warning("Something of a bot that was not made is left: %s", problem)

"""All about hosted bots for those who need not know how they run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.files.keys import LINKS, derive_key
from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.hosting.counts import HostingCounts, Tallies
from vestnik.bridge.hosting.engine_room import EngineRoom
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.hosting.orders import HostedOrders
from vestnik.bridge.hosting.surroundings import Surroundings
from vestnik.bridge.model import BotCommand, BotRecord, Hosted, HostedBot
from vestnik.bridge.registry import Registry
from vestnik.bridge.subscription import DEFAULT_EVENTS, check_events
from vestnik.clock import Clock, SystemClock
from vestnik.errors import NotFound, Taken
from vestnik.gateway import Gateway, Resource
from vestnik.gateway.administration import check_id, check_name
from vestnik.ids import OwnerId, ResourceId

if TYPE_CHECKING:
    from vestnik.bridge.channel import Channel
    from vestnik.bridge.hosting.engine import Engine
    from vestnik.chatmail import Core, CoreTransport, Login, Progress

__all__ = ["Hosting"]

UPLOADS_NAME = "uploads"


class Hosting:
    """The bots of a gateway, as an async context manager.

    A core runs once there is a bot, or somebody adds one; if it cannot be started, or all of it
    fails, that is tried again. The gateway itself goes on without.

    Args:
        gateway: Tells what happens; it must have been entered.
        folder: Of the gateway; the accounts are a folder in it.
        key: The key of the gateway, of which that for links is made.
        launch: Makes the transport to each life of the core; by default the real one.
    """

    def __init__(
        self,
        gateway: Gateway,
        folder: Path,
        key: bytes,
        *,
        options: HostingOptions | None = None,
        clock: Clock | None = None,
        launch: Callable[[], CoreTransport] | None = None,
    ) -> None:
        self._gateway = gateway
        self._options = options = options or HostingOptions()
        clock, tallies = clock or SystemClock(), Tallies()
        self.registry = Registry()
        self.uploads = Uploads(
            folder / UPLOADS_NAME,
            clock,
            most_bytes=options.most_upload_bytes,
            most_bytes_per_bot=options.most_bytes_per_bot,
            keep_seconds=options.upload_seconds,
        )
        self.links = Links(
            derive_key(key, LINKS), lambda: options.base_url, options.link_seconds, clock
        )
        self._around = Surroundings(
            gateway, self.registry, self.uploads, self.links, folder, options, clock, tallies
        )
        self._room = EngineRoom(self._around, launch)
        self.calls = HostedOrders(self._room.lifeline, tallies, options.base_url)

    @property
    def core(self) -> Core | None:
        """The core, if one runs now."""
        return self._room.current.core if self._room.current else None

    async def __aenter__(self) -> Hosting:
        await self._room.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._room.__aexit__(kind, error, traceback)

    async def drain(self, seconds: float) -> None:
        """Take no more orders and messages, let what has begun come to its end, end the core.

        Args:
            seconds: After so long what still goes on is left for the next time.
        """
        self.calls.close()
        await self._room.drain(seconds)

    async def add(
        self,
        owner: OwnerId,
        bot: ResourceId,
        name: str,
        login: Login,
        events: Iterable[str] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> HostedBot:
        """Make a bot: an account that is online, and a resource of its owner's if there is none.

        Args:
            events: What it is told of, as `check_events` takes it.

        Raises:
            BadRequest: The id, the name or the events cannot be such.
            CoreError: The core cannot be started, or could not log in.
            NotFound: There is no such owner.
            Overloaded: Too many bots are being added.
            Taken: There is such a bot already, or the resource is another owner's.
        """
        from vestnik.bridge.hosting.making import NewBot

        check_id(bot)
        if self._gateway.roster.owner(owner) is None:
            raise NotFound(f"There is no owner {owner!r}.")
        new = NewBot(
            owner=owner,
            id=bot,
            name=check_name(name),
            login=login,
            events=check_events(DEFAULT_EVENTS if events is None else events),
        )
        engine = await self._room.started()
        if self.registry.of_bot(bot) is not None:
            raise Taken(f"There is a bot {bot!r} already.")
        hosted = await engine.making.add(new, on_progress)
        if self._options.is_offline:
            await engine.core.stop_io(hosted.account)
        return await engine.describing.one(hosted, self._resource(hosted))

    async def list(
        self, owner: OwnerId | None = None, *, after: str = "", most: int | None = None
    ) -> Sequence[HostedBot]:
        """Return the bots by their ids, of one owner or of all.

        Args:
            after: Only those whose ids come after this one.
            most: No more than so many.

        Raises:
            CoreError: The core cannot be started.
        """
        engine = await self._room.if_needed()
        if engine is None:
            return ()
        found = [
            (one, resource)
            for one in sorted(self.registry.all(), key=lambda one: one.bot)
            if one.bot > after
            and (resource := engine.directory.resource(one.record)) is not None
            and owner in (None, resource.owner)
        ]
        return await engine.describing.all(found[:most])

    async def show(self, bot: ResourceId) -> HostedBot:
        """Return a bot.

        Raises:
            CoreError: The core cannot be started.
            NotFound: There is no such bot.
        """
        engine, hosted = await self._find(bot)
        return await engine.describing.one(hosted, self._resource(hosted))

    async def change(
        self,
        bot: ResourceId,
        name: str | None = None,
        events: Iterable[str] | None = None,
        commands: Iterable[BotCommand] | None = None,
    ) -> HostedBot:
        """Change what is given.

        Raises:
            BadRequest: The name, the events or the commands cannot be such.
            CoreError: The core did not do it.
            NotFound: There is no such bot.
        """
        new_name = None if name is None else check_name(name)
        change = _change_to(
            None if events is None else check_events(events),
            None if commands is None else tuple(commands),
        )
        engine, hosted = await self._find(bot)
        if new_name is not None:
            await engine.core.set_config(hosted.account, "displayname", new_name)
            # Notifications are told by this one.
            await self._gateway.administration.resources.change(bot, name=new_name)
        await engine.change(hosted, change)
        return await self.show(bot)

    async def remove(self, bot: ResourceId) -> None:
        """Remove a bot with its account, its files, its resource and the tokens of that.

        Raises:
            CoreError: The core did not do it; the bot is there still.
            NotFound: There is no such bot.
        """
        engine, hosted = await self._find(bot)
        await engine.forget(hosted)
        with contextlib.suppress(NotFound):
            await self._gateway.administration.resources.delete(bot)

    async def channel(self) -> Channel | None:
        """Return the service bot's desk; ``None`` if there is no account that could be its.

        Raises:
            CoreError: The core cannot be started.
        """
        engine = await self._room.if_needed()
        return None if engine is None else engine.channel

    async def started_channel(self) -> Channel:
        """Return the service bot's desk; a core is started for it if need be.

        Raises:
            CoreError: The core cannot be started.
        """
        return (await self._room.started()).channel

    def counts(self) -> HostingCounts:
        """Return the numbers of now."""
        engine = self._room.current
        return engine.counts() if engine else HostingCounts(happened=self._around.tallies)

    async def _find(self, bot: ResourceId) -> tuple[Engine, Hosted]:
        engine = await self._room.if_needed()
        hosted = self.registry.of_bot(bot)
        if engine is None or hosted is None:
            raise NotFound(f"There is no bot {bot!r}.")
        return engine, hosted

    def _resource(self, hosted: Hosted) -> Resource:
        found = self._gateway.roster.resource(hosted.bot)
        if found is None:
            raise NotFound(f"There is no bot {hosted.bot!r}.")
        return found


def _change_to(
    events: tuple[str, ...] | None, commands: tuple[BotCommand, ...] | None
) -> Callable[[BotRecord], BotRecord]:
    """Make what changes of a record what is given."""
    given = {"events": events, "commands": commands}
    changes = {name: value for name, value in given.items() if value is not None}
    return lambda kept: msgspec.structs.replace(kept, **changes)

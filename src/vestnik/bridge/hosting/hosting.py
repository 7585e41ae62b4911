"""All about hosted bots for those who need not know how they run."""

from __future__ import annotations

import asyncio
import contextlib
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.files.keys import LINKS, derive_key
from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.hosting.counts import HostingCounts, Tallies
from vestnik.bridge.hosting.lifeline import Lifeline
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.hosting.orders import HostedOrders
from vestnik.bridge.model import BotCommand, Hosted, HostedBot
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

__all__ = ["ACCOUNTS_NAME", "MEMORY_NAME", "Hosting", "has_accounts"]

ACCOUNTS_NAME = "accounts"
MEMORY_NAME = "bridge.sqlite"
CHANNEL_NAME = "channel.sqlite"
UPLOADS_NAME = "uploads"


HURRY_SECONDS = 0.2
"""After so long, what was cancelled and still goes on is told once more."""


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
        self.options = options = options or HostingOptions()
        self._gateway = gateway
        self._folder = folder
        self._clock = clock or SystemClock()
        self._launch = launch
        self.base_url = options.base_url
        self.registry = Registry()
        self.uploads = Uploads(
            folder / UPLOADS_NAME,
            self._clock,
            most_bytes=options.most_upload_bytes,
            most_bytes_per_bot=options.most_bytes_per_bot,
            keep_seconds=options.upload_seconds,
        )
        self.links = Links(
            derive_key(key, LINKS), lambda: self.base_url, options.link_seconds, self._clock
        )
        self._lifeline: Lifeline[Engine] = Lifeline(self._live, self._is_needed, self._clock)
        self._tallies = Tallies()
        self.calls = HostedOrders(self._lifeline, self._tallies)
        self._task: asyncio.Task[None] | None = None

    @property
    def core(self) -> Core | None:
        """The core, if one runs now."""
        return self._lifeline.current.core if self._lifeline.current else None

    async def __aenter__(self) -> Hosting:
        self._task = asyncio.create_task(self._lifeline.run(), name="hosting")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is None:
            return
        self._task.cancel()
        while not (await asyncio.wait([self._task], timeout=HURRY_SECONDS))[0]:
            if self._lifeline.current is not None:
                self._lifeline.current.hurry()
        self._task = None

    async def drain(self, seconds: float) -> None:
        """Take no more orders and messages, let what has begun come to its end, end the core.

        Args:
            seconds: After so long what still goes on is left for the next time.
        """
        self.calls.close()
        engine = self._lifeline.current
        try:
            if engine is not None:
                await engine.drain(seconds)
        finally:
            await self.__aexit__(None, None, None)

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
        engine = await self._lifeline.get()
        if self.registry.of_bot(bot) is not None:
            raise Taken(f"There is a bot {bot!r} already.")
        hosted = await engine.making.add(new, on_progress)
        if self.options.is_offline:
            await engine.core.stop_io(hosted.account)
        return await engine.describing.one(hosted, self._resource(hosted))

    async def list(self, owner: OwnerId | None = None) -> Sequence[HostedBot]:
        """Return the bots, of one owner or of all.

        Raises:
            CoreError: The core cannot be started.
        """
        engine = await self._engine()
        if engine is None:
            return ()
        bots = [(one, self._resource(one)) for one in self.registry.all()]
        mine = [one for one in bots if owner is None or one[1].owner == owner]
        return await engine.describing.all(mine)

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
        checked = None if name is None else check_name(name)
        engine, hosted = await self._find(bot)
        record = msgspec.structs.replace(
            hosted.record,
            events=hosted.record.events if events is None else check_events(events),
            commands=hosted.record.commands if commands is None else tuple(commands),
        )
        if checked is not None:
            await engine.core.set_config(hosted.account, "displayname", checked)
        if record != hosted.record:
            await engine.change(hosted, record)
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

    async def channel(self) -> Channel:
        """Return the service bot's desk; a core is started for it if need be.

        Raises:
            CoreError: The core cannot be started.
        """
        return (await self._lifeline.get()).channel

    def counts(self) -> HostingCounts:
        """Return the numbers of now."""
        engine = self._lifeline.current
        return engine.counts() if engine else HostingCounts(happened=self._tallies)

    def _is_needed(self) -> bool:
        return not self.options.is_offline and has_accounts(self._folder / ACCOUNTS_NAME)

    async def _engine(self) -> Engine | None:
        """Return what runs; ``None`` if there is no bot and so nothing that should run."""
        lifeline = self._lifeline
        is_empty = not has_accounts(self._folder / ACCOUNTS_NAME)
        if lifeline.current is None and is_empty and not lifeline.is_starting:
            return None
        return await lifeline.get()

    async def _find(self, bot: ResourceId) -> tuple[Engine, Hosted]:
        engine = await self._engine()
        hosted = self.registry.of_bot(bot)
        if engine is None or hosted is None:
            raise NotFound(f"There is no bot {bot!r}.")
        return engine, hosted

    def _resource(self, hosted: Hosted) -> Resource:
        found = self._gateway.roster.resource(hosted.bot)
        if found is None:
            raise NotFound(f"There is no bot {hosted.bot!r}.")
        return found

    async def _live(self, ready: Callable[[Engine], None]) -> None:
        """Run a core and all that goes with it, until it fails or is cancelled."""
        from vestnik.bridge.hosting.engine import Surroundings  # who has no bots pays for none
        from vestnik.bridge.hosting.life import live

        around = Surroundings(
            self._gateway,
            self.registry,
            self.uploads,
            self.links,
            self._folder,
            self.options,
            self._clock,
            self._tallies,
        )
        await live(
            around,
            self._folder / ACCOUNTS_NAME,
            self._folder / MEMORY_NAME,
            self._folder / CHANNEL_NAME,
            self._launch,
            ready,
        )


def has_accounts(folder: Path) -> bool:
    """Tell whether a core has accounts in a folder; a list that cannot be read counts as some."""
    try:
        listed = tomllib.loads((folder / "accounts.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return bool(listed.get("accounts"))

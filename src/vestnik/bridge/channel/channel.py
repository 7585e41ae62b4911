"""Delta Chat as a channel, put together: what a gateway runs, and what its API asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from vestnik.bot.store import Database
from vestnik.bridge.channel.accounts import ServiceAccounts
from vestnik.bridge.channel.desk import Desk
from vestnik.bridge.channel.invitations import Invitations
from vestnik.bridge.channel.model import (
    NO_SERVICE_BOT,
    ChannelOptions,
    ChatView,
    Ending,
    Invitation,
    ServiceBot,
)
from vestnik.bridge.channel.rows import ChannelRows
from vestnik.bridge.channel.serving import Serving
from vestnik.bridge.undertakings import Undertakings
from vestnik.chatmail import Core, Login
from vestnik.chatmail.accounts import OnProgress
from vestnik.clock import Clock
from vestnik.errors import NotFound
from vestnik.gateway import Gateway
from vestnik.ids import AccountId, ChatId, OwnerId

__all__ = ["Channel"]


class Channel:
    """Tells owners what happens by encrypted messages, if the server has a service bot.

    What is asked of it works also while it does not run; it is said when it runs.
    """

    def __init__(
        self,
        core: Core,
        gateway: Gateway,
        database: Database,
        *,
        undertakings: Undertakings | None = None,
        options: ChannelOptions | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Prepare to run.

        Args:
            core: A core that runs; one of its accounts may be the service bot's.
            gateway: A gateway that was entered.
            database: A memory of its own, open: a host of other bots must not share it.
            undertakings: By which an account that is being made is taken back at the end.
            options: How it works.
            clock: What tells the time; by default the gateway's.
        """
        self._core = core
        self._gateway = gateway
        self._database = database
        self._options = options or ChannelOptions()
        self._clock = clock or gateway.clock
        self._accounts = ServiceAccounts(core)
        self._rows = ChannelRows(database)
        self._invitations = Invitations(core, self._rows, self._clock, self._options)
        self._desk = Desk(gateway, self._rows, self._invitations, self._clock)
        self._undertakings = undertakings or Undertakings()
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    # Its life.

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Serve the service bot's account as soon as there is one, until cancelled.

        What was begun may arrive then, as long as the options allow.

        Args:
            ready: Set once it serves, or there is nothing to serve yet.

        Raises:
            CoreDied: The core died and nobody restarts it.
            LedgerFailed: The memory cannot be used.
        """
        while True:
            await self._serve_until_changed(ready)

    async def _serve_until_changed(self, ready: asyncio.Event | None) -> None:
        self._changed.clear()
        account = await self._accounts.find()
        if account is None:
            if ready is not None:
                ready.set()
            await self._changed.wait()
            return
        address = await self._accounts.address(account)
        serving = Serving(
            account,
            address,
            self._core,
            self._desk,
            self._database,
            self._clock,
            self._options,
        )
        await self._until_changed(asyncio.create_task(serving.run(ready), name="channel"))

    async def _until_changed(self, serving: asyncio.Task[None]) -> None:
        changed = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait((serving, changed), return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            changed.cancel()
            serving.cancel()
            # Whatever it says at its end was said before, or is about its being cancelled.
            await asyncio.gather(serving, changed, return_exceptions=True)

    # The service bot itself.

    async def set_up(
        self, login: Login, name: str, on_progress: OnProgress | None = None
    ) -> ServiceBot:
        """Make the account of the service bot.

        Args:
            login: What to log in with.
            name: What people see.
            on_progress: Told how far the login has come.

        Raises:
            Taken: There is one already.
            ConfigureFailed: The core could not log in.
            StoreFailed: The gateway is about to end.
        """
        async with self._undertakings.one(), self._turn:
            account = await self._accounts.make(login, name, on_progress)
            # Of another account that had this number, in a folder that is gone.
            await self._rows.forget_all(account)
        self._changed.set()
        return await self.show()

    async def show(self) -> ServiceBot:
        """Show the service bot.

        Raises:
            NotFound: There is none.
        """
        account = await self._account()
        return ServiceBot(
            account=account,
            address=await self._accounts.address(account),
            name=await self._accounts.name(account),
            chats=len(await self._rows.all(account)),
        )

    async def tear_down(self) -> None:
        """Remove the service bot with all of its chats; nobody is told anything there any more.

        Raises:
            NotFound: There is none.
        """
        async with self._turn:
            account = await self._account()
            await self._accounts.remove(account)
            await self._rows.forget_all(account)
        self._changed.set()

    # The chats of owners.

    async def invite(self, owner: OwnerId) -> Invitation:
        """Make a chat for an owner, and the code by which one comes to it, once.

        Raises:
            NotFound: There is no such owner, or no service bot.
            BadRequest: The owner has as many chats as one may have.
        """
        record = self._desk.owner(owner)
        return await self._invitations.make(await self._account(), record)

    async def chats(self, owner: OwnerId) -> Sequence[ChatView]:
        """Return an owner's chats.

        Raises:
            NotFound: There is no such owner.
        """
        self._desk.owner(owner)
        account = await self._accounts.find()
        return [] if account is None else await self._desk.chats(account, owner)

    async def remove(self, owner: OwnerId, chat: ChatId) -> None:
        """End a chat of an owner: it is said there, and the bot leaves.

        Raises:
            NotFound: The owner has no such chat.
        """
        found = await self._desk.find(await self._account(), owner, chat)
        await self._desk.end(found, Ending.REMOVED)

    async def _account(self) -> AccountId:
        account = await self._accounts.find()
        if account is None:
            raise NotFound(NO_SERVICE_BOT)
        return account

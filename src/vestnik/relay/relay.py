"""The relay as a whole: what it opens, in which order, and how all of it ends."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from types import TracebackType

from vestnik.errors import BadInput
from vestnik.listeners import open_listener
from vestnik.relay.accounts import Accounts
from vestnik.relay.addresses import (
    Credentials,
    Endpoints,
    credentials_problem,
    new_credentials,
)
from vestnik.relay.board import Board
from vestnik.relay.config import RelayConfig
from vestnik.relay.imap.server import Desk, ImapServer
from vestnik.relay.imap.session import Settings
from vestnik.relay.newaccount import HttpServer, new_account_app
from vestnik.relay.smtp.handler import Handler
from vestnik.relay.smtp.server import SmtpServer
from vestnik.relay.store import Database
from vestnik.relay.store.office import Office
from vestnik.relay.tls import Certificate, certificate_in

__all__ = ["Relay"]


class Relay:
    """A mail relay in this process: ``async with Relay(config) as relay``.

    It delivers among its own users only and opens no connection to anywhere. Whatever SMTP
    answered with 250 is stored: with a directory it outlives the process, however that ends.

    Args:
        config: How it listens, what it keeps, and what it takes.

    Raises:
        AddressInUse: On entering, if a port is taken.
        BadInput: On entering, if it cannot listen there.
        StorageFailed: On entering, if mail cannot be kept there.
    """

    def __init__(self, config: RelayConfig | None = None) -> None:
        self.config = config or RelayConfig()
        self._endpoints: Endpoints | None = None
        self._http_port = 0
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def smtp_port(self) -> int:
        """Where it takes mail."""
        return self._running().smtp_port

    @property
    def imap_port(self) -> int:
        """Where mail is read."""
        return self._running().imap_port

    @property
    def http_port(self) -> int:
        """Where ``POST /new`` is answered."""
        self._running()
        return self._http_port

    def new_account(self, name: str | None = None) -> Credentials:
        """Invent credentials; the account comes into being when someone logs in with them.

        Args:
            name: What stands before the ``@``; random if not given.

        Raises:
            BadInput: No account can have that name.
        """
        made = new_credentials(name, self.config.domain, self._running())
        problem = credentials_problem(made.address, made.password, self.config.domain)
        if problem is not None:
            raise BadInput(f"{made.address!r} cannot be an account: {problem}.")
        return made

    async def __aenter__(self) -> Relay:
        if self._task is not None:
            raise RuntimeError("a relay runs once: make another one")
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # One task owns everything that runs: whoever enters and leaves may be two other tasks.
        self._task = asyncio.create_task(self._run(started), name="vestnik-relay")
        try:
            await asyncio.wait([self._task, started], return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._task.cancel()
            await asyncio.wait([self._task])
            raise
        if self._task.done():
            await self._task
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        assert self._task is not None
        await _finish(self._task)

    def _running(self) -> Endpoints:
        if self._endpoints is None:
            raise RuntimeError("the relay is not running: enter it with `async with` first")
        return self._endpoints

    async def _run(self, started: asyncio.Future[None]) -> None:
        async with AsyncExitStack() as stack:
            certificate = self._certificate(stack)
            smtp, imap, http = [stack.enter_context(one) for one in self._bind()]
            office = await stack.enter_async_context(Office(Database(self.config.directory)))
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            await self._serve(stack, tasks, office, certificate, (smtp, imap, http))
            started.set_result(None)
            await self._stopping.wait()

    def _certificate(self, stack: AsyncExitStack) -> Certificate | None:
        if not self.config.tls:
            return None
        directory = self.config.directory
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory("-vestnik-relay")))
        return certificate_in(directory, self.config.domain, self.config.public_host)

    def _bind(self) -> list[socket.socket]:
        """Bind all ports, or none."""
        config = self.config
        with ExitStack() as undo:
            ports = (config.smtp_port, config.imap_port, config.http_port)
            bound = [undo.enter_context(open_listener(config.host, port)) for port in ports]
            undo.pop_all()
        smtp, imap, self._http_port = (listener.getsockname()[1] for listener in bound)
        self._endpoints = Endpoints(config.public_host, smtp, imap, config.tls)
        return bound

    async def _serve(
        self,
        stack: AsyncExitStack,
        tasks: asyncio.TaskGroup,
        office: Office,
        certificate: Certificate | None,
        listeners: tuple[socket.socket, socket.socket, socket.socket],
    ) -> None:
        """Open the three doors; the stack closes them, the last one first."""
        tls: ssl.SSLContext | None = certificate.context() if certificate else None
        accounts, board = Accounts(office, self.config.domain), Board()
        imap = ImapServer(Desk(self.config, self._settings(), office, accounts, board))
        stack.push_async_callback(imap.stop)
        await imap.start(listeners[1], tls, tasks)
        smtp = SmtpServer(self.config, Handler(self.config, office, accounts, board))
        stack.push_async_callback(smtp.stop)
        await smtp.start(listeners[0], tls)
        await self._serve_http(stack, tasks, certificate, listeners[2])

    async def _serve_http(
        self,
        stack: AsyncExitStack,
        tasks: asyncio.TaskGroup,
        certificate: Certificate | None,
        listener: socket.socket,
    ) -> None:
        files = (certificate.certificate, certificate.key) if certificate else (None, None)
        http = HttpServer(new_account_app(self.new_account), *files)
        tasks.create_task(http.serve(sockets=[listener]))
        stack.callback(http.stop)
        await http.ready.wait()

    def _settings(self) -> Settings:
        annotations = {
            "/shared/vendor/deltachat/maxsmtprecipients": b"%d" % self.config.max_recipients,
        }
        return Settings(self.config.quota_bytes, annotations, time.time)


async def _finish(task: asyncio.Task[None]) -> None:
    """Wait until the task has ended, also when cancelled meanwhile: its end is bounded."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()

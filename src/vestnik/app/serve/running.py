"""A whole gateway at work: what is opened, in which order, and how all of it ends.

The end, bounded by `drain_seconds`: no new connection, readiness says 503, what was accepted is
stored and told, webhooks on their way arrive, WebSockets are closed with 1012, requests are
answered, and the store is closed last. Cancelling it meanwhile ends all of it at once.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from vestnik.app.serve.access_log import AccessLog
from vestnik.app.serve.addresses import Address
from vestnik.app.serve.admission import Admission
from vestnik.app.serve.binding import bind
from vestnik.app.serve.config import Config, Server
from vestnik.app.serve.folder import BACKUP_PATH, DataFolder, LocalAccess
from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.live import CountedLive
from vestnik.app.serve.local import LocalBackup, let_in
from vestnik.app.serve.metrics import GatewayCollector, metrics_app, registry_of
from vestnik.app.serve.parts import opened, sender_options
from vestnik.app.serve.tls import Certificate
from vestnik.app.serve.web_server import WebServer
from vestnik.errors import BadConfig
from vestnik.gateway import Gateway
from vestnik.gateway.delivery import describe_source
from vestnik.terminal.logs import logger
from vestnik.web import build_app
from vestnik.wire.limits import PATHS

__all__ = ["Serving", "serving"]

log = logger("vestnik.gateway")

LAST_REQUESTS_SECONDS = 2.0
METRICS_CONNECTIONS = 100
ANYWHERE = Address("127.0.0.1", 0)


class Serving:
    """A gateway that serves.

    Attributes:
        address: Where it listens; never port 0.
        url: The base of its REST API, for this machine.
        websocket_url: Where its WebSocket is.
        metrics_url: Where its metrics are, if anywhere.
        token: Good for everything, as long as it serves.
        gateway: The gateway itself.
    """

    def __init__(self, address: Address, certificate: Certificate | None, gateway: Gateway) -> None:
        self.address = address
        self.gateway = gateway
        self.metrics_url: str | None = None
        self.token = let_in(gateway)
        self._certificate = certificate
        self._folder: DataFolder | None = None
        self._task: asyncio.Task[None] | None = None
        tls = "s" if certificate else ""
        self.url = f"http{tls}://{address.reachable}"
        self.websocket_url = f"ws{tls}://{address.reachable}{PATHS[0]}"

    @property
    def access(self) -> LocalAccess:
        """How a command of this machine reaches it."""
        fingerprint = self._certificate.fingerprint if self._certificate else None
        return LocalAccess(self.url, self.token, fingerprint)

    async def forever(self) -> None:
        """Wait until it ends by itself, which is a mistake, and raises."""
        assert self._task is not None
        await asyncio.shield(self._task)

    def read_certificate_again(self) -> None:
        """Take a renewed certificate for new connections; a broken one is only told in the log."""
        if self._certificate is None:
            log.info("there is no certificate to be read again")
            return
        try:
            self._certificate.read_again()
        except BadConfig as problem:
            log.error("the certificate stays as it was", problem=str(problem))
            return
        if self._folder is not None:
            self._folder.offer(self.access)
        log.info("the certificate was read again")


@asynccontextmanager
async def serving(
    config: Config | None = None, data: Path | None = None, *, offline: bool = False
) -> AsyncIterator[Serving]:
    """Serve a gateway.

    Args:
        config: How; everything is the default if not given, but on any free port.
        data: Where it keeps everything; in memory if not given.
        offline: Only for a command of this machine: on a loopback port that nobody is told,
            without deliveries.

    Raises:
        AddressInUse: Another program has the port.
        BadInput: It cannot listen there.
        BadConfig: A setting cannot work.
        StoreFailed: The folder cannot be used, or another process has it.
    """
    config = config or Config()
    folder = DataFolder(data) if data is not None else None
    async with AsyncExitStack() as stack:
        certificate = None if offline else _certificate(config)
        listener, address = bind(ANYWHERE if offline else config.server.address)
        stack.callback(listener.close)
        parts = await stack.enter_async_context(opened(config, folder, offline=offline))
        gateway = parts.gateway
        served = Serving(address, certificate, gateway)
        keeper = _doorkeeper(config, None if offline else gateway)
        app = _app(config, gateway, folder)
        if config.metrics.listen and not offline:
            collector = GatewayCollector(
                gateway, keeper, parts.measures, folder.store if folder else None
            )
            registry = registry_of(collector, parts.measures)
            address = Address.parse(config.metrics.listen)
            served.metrics_url = await _show_metrics(stack, registry, config.server, address)
        web = WebServer(
            app, protocol=keeper.protocol, tls=certificate.context if certificate else None
        )
        served._task = await stack.enter_async_context(_answering(web, listener, gateway))
        if folder is not None and not offline:
            served._folder = folder
            stack.enter_context(folder.offering(served.access))
        yield served


def _certificate(config: Config) -> Certificate | None:
    server = config.server
    if server.tls_certificate is None or server.tls_key is None:
        return None
    return Certificate(server.tls_certificate, server.tls_key)


def _doorkeeper(config: Config, gateway: Gateway | None) -> Doorkeeper:
    server = config.server
    return Doorkeeper(
        Admission(
            server.connections_per_address, (*server.unbounded_networks, *server.trusted_proxies)
        ),
        server.head_seconds,
        server.body_seconds,
        partial(CountedLive, gateway.hub) if gateway else None,
    )


def _app(config: Config, gateway: Gateway, folder: DataFolder | None) -> ASGIApp:
    app = build_app(
        gateway,
        source=describe_source(sender_options(config)),
        trusted_proxies=config.server.trusted_proxies,
        routes=[Route(BACKUP_PATH, LocalBackup(gateway, folder))],
    )

    def who(scope: Scope) -> str | None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        known = gateway.access.identify(given.removeprefix("Bearer ").strip())
        return known.id if known else None

    return AccessLog(app, who)


async def _show_metrics(
    stack: AsyncExitStack, registry: CollectorRegistry, server: Server, address: Address
) -> str:
    listener, address = bind(address)
    stack.callback(listener.close)
    guard = Doorkeeper(Admission(METRICS_CONNECTIONS), server.head_seconds, server.body_seconds)
    web = WebServer(metrics_app(registry), protocol=guard.protocol)
    await stack.enter_async_context(_answering(web, listener, None))
    return f"http://{address.reachable}/metrics"


@asynccontextmanager
async def _answering(
    web: WebServer, listener: socket.socket, gateway: Gateway | None
) -> AsyncIterator[asyncio.Task[None]]:
    """Answer requests until the block ends, and then those that are being answered."""
    task = asyncio.create_task(web.serve(sockets=[listener]), name="http")
    try:
        await web.begun(task)
        try:
            yield task
        finally:
            # A signal cancels the block, and this is its clean end; a second one cancels this.
            web.refuse_new()
            if gateway is not None:
                await gateway.drain()
            web.stop(LAST_REQUESTS_SECONDS)
            await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.wait([task])

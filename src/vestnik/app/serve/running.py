"""A whole gateway at work: what is opened, in which order, and how all of it ends.

The end, bounded by `drain_seconds`: no new connection, readiness says 503, bots take in no more and
their core ends, what was accepted is stored and told, webhooks on their way arrive, WebSockets are
closed with 1012, requests are answered, and the store is closed last. Cancelling it meanwhile ends
all of it at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from vestnik.app.serve.addresses import Address
from vestnik.app.serve.answering import answering, showing_metrics
from vestnik.app.serve.binding import bind
from vestnik.app.serve.config import Config, Server
from vestnik.app.serve.folder import DataFolder, LocalAccess
from vestnik.app.serve.front import doorkeeper, web_server
from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.local import let_in
from vestnik.app.serve.parts import Parts, opened
from vestnik.app.serve.tls import Certificate
from vestnik.bridge.hosting import Hosting
from vestnik.errors import BadConfig
from vestnik.gateway import Gateway
from vestnik.terminal.logs import logger
from vestnik.wire.limits import PATHS

__all__ = ["Serving", "serving"]

log = logger("vestnik.gateway")

ANYWHERE = Address("127.0.0.1", 0)


class Serving:
    """A gateway that serves.

    Attributes:
        address: Where it listens; never port 0.
        url: The base of its REST API, for this machine.
        websocket_url: Where its WebSocket is.
        public_url: The same base for the world, if the operator has said so.
        metrics_url: Where its metrics are, if anywhere.
        token: Good for everything, as long as it serves.
        gateway: The gateway itself.
        hosting: Its bots; none can be where nothing is kept.
    """

    def __init__(
        self,
        address: Address,
        certificate: Certificate | None,
        gateway: Gateway,
        public_url: str | None = None,
    ) -> None:
        self.address = address
        self.public_url = public_url
        self.gateway = gateway
        self.hosting: Hosting | None = None
        self.metrics_url: str | None = None
        self.token = let_in(gateway)
        self._certificate = certificate
        self._folder: DataFolder | None = None
        self._task: asyncio.Task[None] | None = None
        self.url = url_of(address, certificate)
        self.websocket_url = f"ws{self.url.removeprefix('http')}{PATHS[0]}"

    @property
    def public_websocket_url(self) -> str | None:
        """Where its WebSocket is for the world."""
        if self.public_url is None:
            return None
        # http becomes ws, and https wss.
        return f"ws{self.public_url.removeprefix('http').rstrip('/')}{PATHS[0]}"

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


def url_of(address: Address, certificate: Certificate | None) -> str:
    """Return the base of a gateway's addresses, for this machine."""
    tls = "s" if certificate else ""
    return f"http{tls}://{address.reachable}"


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
    config = config or Config(server=Server(listen=str(ANYWHERE)))
    folder = DataFolder(data) if data is not None else None
    async with AsyncExitStack() as stack:
        if offline:
            yield await _offline(stack, config, folder)
        else:
            yield await _public(stack, config, folder)


async def _public(stack: AsyncExitStack, config: Config, folder: DataFolder | None) -> Serving:
    """Open everything: the port first, because that is what most often cannot be had."""
    certificate = _certificate(config.server)
    listener, address = bind(config.server.address)
    stack.callback(listener.close)
    base = config.server.public_url or url_of(address, certificate)
    parts = await stack.enter_async_context(opened(config, folder, offline=False, base_url=base))
    gateway = parts.gateway
    gateway.hub.take_orders(parts.hosting.calls if parts.hosting else None)
    served = Serving(address, certificate, gateway, config.server.public_url)
    served.hosting = parts.hosting
    keeper = doorkeeper(config, gateway)
    served.metrics_url = await _show_metrics(stack, config, folder, parts, keeper)
    tls = certificate.context if certificate else None
    web = web_server(config, parts, folder, keeper, tls)
    served._task = await stack.enter_async_context(answering(web, listener, parts))
    if folder is not None:
        served._folder = folder
        stack.enter_context(folder.offering(served.access))
    return served


async def _offline(stack: AsyncExitStack, config: Config, folder: DataFolder | None) -> Serving:
    """Open what a command needs: no WebSocket, no metrics, and nobody is told where it is."""
    listener, address = bind(ANYWHERE)
    stack.callback(listener.close)
    parts = await stack.enter_async_context(opened(config, folder, offline=True))
    served = Serving(address, None, parts.gateway)
    served.hosting = parts.hosting
    web = web_server(config, parts, folder, doorkeeper(config, None), None)
    served._task = await stack.enter_async_context(answering(web, listener, parts))
    return served


async def _show_metrics(
    stack: AsyncExitStack,
    config: Config,
    folder: DataFolder | None,
    parts: Parts,
    keeper: Doorkeeper,
) -> str | None:
    if not config.metrics.listen:
        return None
    from vestnik.app.serve.metrics import GatewayCollector, registry_of  # for who wants metrics

    store = folder.store if folder else None
    collector = GatewayCollector(parts.gateway, keeper, parts.measures, store)
    registry = registry_of(collector, parts.measures)
    if parts.hosting is not None:
        from vestnik.app.serve.hosting_metrics import HostingCollector

        registry.register(HostingCollector(parts.hosting))
    address = Address.parse(config.metrics.listen)
    return await stack.enter_async_context(showing_metrics(registry, config.server, address))


def _certificate(server: Server) -> Certificate | None:
    if server.tls_certificate is None or server.tls_key is None:
        return None
    return Certificate(server.tls_certificate, server.tls_key)

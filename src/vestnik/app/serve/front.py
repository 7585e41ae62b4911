"""What stands between the port and a gateway: who may come in, what is served, what is noted."""

from __future__ import annotations

import ssl
from functools import partial

from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from vestnik.app.serve.access_log import AccessLog
from vestnik.app.serve.admission import Admission
from vestnik.app.serve.config import Config
from vestnik.app.serve.folder import BACKUP_PATH, DataFolder
from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.live import CountedLive, WantsUpgrade
from vestnik.app.serve.local import LocalBackup
from vestnik.app.serve.parts import Parts, source_of
from vestnik.app.serve.web_server import WebServer
from vestnik.gateway import Gateway
from vestnik.web import build_app
from vestnik.wire.limits import PATHS

__all__ = ["doorkeeper", "web_server"]


def doorkeeper(config: Config, gateway: Gateway | None) -> Doorkeeper:
    """Return who lets requests in, and WebSockets too if there is a gateway for them."""
    server = config.server
    return Doorkeeper(
        Admission(
            server.connections_per_address, (*server.unbounded_networks, *server.trusted_proxies)
        ),
        server.head_seconds,
        server.body_seconds,
        partial(CountedLive, gateway.hub) if gateway else None,
    )


def web_server(
    config: Config,
    parts: Parts,
    folder: DataFolder | None,
    keeper: Doorkeeper,
    tls: ssl.SSLContext | None,
) -> WebServer:
    """Return the server of a gateway's REST API, which begins when it is told to."""
    gateway = parts.gateway
    at_websocket = [Route(path, WantsUpgrade()) for path in PATHS] if keeper.live else []
    app = build_app(
        gateway,
        source=source_of(config),
        trusted_proxies=config.server.trusted_proxies,
        public_url=config.server.public_url,
        routes=[Route(BACKUP_PATH, LocalBackup(gateway, folder)), *at_websocket],
        hosting=parts.hosting,
    )
    return WebServer(_noting(app, gateway), protocol=keeper.protocol, tls=tls)


def _noting(app: ASGIApp, gateway: Gateway) -> ASGIApp:
    def who(scope: Scope) -> str | None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        known = gateway.access.identify(given.removeprefix("Bearer ").strip())
        return known.id if known else None

    return AccessLog(app, who)

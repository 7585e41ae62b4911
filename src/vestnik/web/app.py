"""The HTTP side of a gateway as one ASGI app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from vestnik.gateway import Gateway
from vestnik.gateway.delivery import SourceDescription
from vestnik.web.door import Door
from vestnik.web.endpoint import Endpoint, Fixed
from vestnik.web.http import Answer, send_answer
from vestnik.web.openapi import PREFIX, document
from vestnik.web.operations import Operation
from vestnik.web.outgoing import Outgoing
from vestnik.web.problems import problem_answer
from vestnik.web.table import OPERATIONS
from vestnik.wire.limits import PATHS

if TYPE_CHECKING:
    from vestnik.web.hosting import Hosting

__all__ = ["build_app"]


def build_app(
    gateway: Gateway,
    *,
    source: SourceDescription | None = None,
    trusted_proxies: Sequence[str] = (),
    public_url: str | None = None,
    routes: Sequence[BaseRoute] = (),
    hosting: Hosting | None = None,
) -> Starlette:
    """Make the app that answers for a gateway.

    Args:
        source: From where webhooks are sent, for receivers; see `describe_source`.
        trusted_proxies: Networks whose word about the address of a client is taken.
        public_url: The base under which the world reaches it; told to whoever asks where it is.
        routes: What is served beside the API; asked after it.
        hosting: The bots that are hosted beside the gateway, if any can be.
    """
    door = Door(gateway, trusted_proxies)
    app = Starlette(
        routes=[
            *_api(gateway, door, hosting),
            *_files(door, hosting),
            Route(f"{PREFIX}/openapi.json", Fixed(document(OPERATIONS, public_url))),
            Route("/.well-known/vestnik", Fixed(_well_known(source, public_url))),
            Route("/healthz", Fixed(b'{"status":"alive"}')),
            Route("/readyz", _Readiness(gateway)),
            *routes,
        ],
        exception_handlers={HTTPException: _refuse, Exception: _fail},
    )
    app.router.redirect_slashes = False
    return app


def _api(gateway: Gateway, door: Door, hosting: Hosting | None) -> list[Route]:
    outgoing = Outgoing()
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in (one for one in OPERATIONS if not one.takes_file):
        by_path.setdefault(operation.path, {})[operation.method] = operation
    return [
        Route(PREFIX + path, Endpoint(gateway, door, operations, hosting, outgoing))
        for path, operations in by_path.items()
    ]


def _files(door: Door, hosting: Hosting | None) -> list[Route]:
    if hosting is None:
        return []
    from vestnik.web.files import file_routes  # a gateway without bots does not pay for it

    return file_routes(door, hosting)


class _Readiness:
    """Says whether requests make sense here now."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await self._gateway.is_ready():
            await send_answer(send, Answer(200, b'{"status":"ready"}'), scope)
            return
        await send_answer(send, problem_answer(503, "The gateway is not ready."), scope)


class WellKnown(msgspec.Struct, frozen=True):
    """What programs need to know of a Vestnik.

    Attributes:
        websocket: Where the WebSocket is: paths, or whole addresses if the operator has said under
            which address the world reaches it; so are `api` and `openapi`.
        api: Where the REST API is.
        webhooks: From where webhooks are sent.
    """

    websocket: tuple[str, ...]
    api: str
    openapi: str
    webhooks: SourceDescription | None


def _well_known(source: SourceDescription | None, public_url: str | None) -> bytes:
    base = (public_url or "").rstrip("/")
    # http becomes ws, and https wss.
    paths = tuple(f"ws{base.removeprefix('http')}{path}" if base else path for path in PATHS)
    api = base + PREFIX
    return msgspec.json.encode(WellKnown(paths, api, f"{api}/openapi.json", source))


async def _refuse(request: Request, error: Exception) -> Response:
    """Tell what Starlette refuses in the same way as everything else."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return _AsResponse(problem_answer(404, "There is nothing at this address."))
    return _AsResponse(problem_answer(status, "This is not possible here."))


async def _fail(request: Request, error: Exception) -> Response:
    return _AsResponse(problem_answer(500, "A mistake in the gateway: its log says more."))


class _AsResponse(Response):
    """An answer of ours where Starlette wants one of its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._ours = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_answer(send, self._ours, scope)

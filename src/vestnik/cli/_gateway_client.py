"""How commands reach a gateway: the one that runs on a folder, the folder itself, or one far away.

All three are the same REST API; where nobody serves the folder, the command does so itself on a
loopback port for as long as it takes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
import typer

from vestnik.app.serve import DataFolder, LocalAccess
from vestnik.cli._gateway_options import Where
from vestnik.errors import (
    BadInput,
    BadRequest,
    GatewayError,
    GatewayUnreachable,
    NotAllowed,
    NotFound,
    StoreFailed,
    Taken,
    TargetRefused,
    VestnikError,
)
from vestnik.web.shown import ErrorBody

if TYPE_CHECKING:
    import aiohttp  # `--help` and mistakes do without it, and it takes its time to load

__all__ = ["GatewayClient", "gateway_client", "path_of"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MOST_AT_ONCE = 1000
"""How much of a list is asked for at a time."""

SECONDS = 60.0
CONNECT_SECONDS = 10.0
SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
ERRORS: Mapping[int, type[VestnikError]] = {
    400: BadRequest,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Taken,
    413: BadRequest,
    422: BadRequest,
    503: StoreFailed,
}


class Page(Protocol[T_co]):
    """A part of a list, and where the next one begins."""

    @property
    def items(self) -> Sequence[T_co]: ...

    @property
    def next(self) -> str | None: ...


class GatewayClient:
    """Speaks REST to a gateway, and turns its refusals into our errors.

    Args:
        is_running: Whether it goes on when the command has ended.
    """

    def __init__(
        self, session: aiohttp.ClientSession, access: LocalAccess, *, is_running: bool = True
    ) -> None:
        self.is_running = is_running
        self._session = session
        self._base = access.url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {access.token}"}
        self._tls: aiohttp.Fingerprint | bool = True
        if access.fingerprint is not None:
            import aiohttp

            # The certificate is for a name, and we come by the address; so it is known by itself.
            self._tls = aiohttp.Fingerprint(bytes.fromhex(access.fingerprint))

    async def get(self, path: str, kind: type[T], **query: object) -> T:
        """Ask for something."""
        return await self.ask("GET", path, kind, None, None, **query)

    async def post(
        self, path: str, body: object, kind: type[T], *, seconds: float | None = None
    ) -> T:
        """Make something, or have something done; what takes longer has more seconds for it."""
        return await self.ask("POST", path, kind, body, seconds)

    async def patch(self, path: str, body: object, kind: type[T]) -> T:
        """Change something."""
        return await self.ask("PATCH", path, kind, body)

    async def all_of(self, path: str, kind: type[Page[T]], **query: object) -> list[T]:
        """Ask for a whole list, page by page."""
        found: list[T] = []
        after: str | None = None
        while True:
            page = await self.get(path, kind, **query, after=after, limit=MOST_AT_ONCE)
            found += page.items
            after = page.next
            if after is None:
                return found

    async def delete(self, path: str) -> None:
        """Remove something."""
        await self.ask("DELETE", path, type(None), None)

    async def ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: object,
        seconds: float | None = None,
        **query: object,
    ) -> T:
        """Make one request.

        Raises:
            VestnikError: What the gateway answered, or that it did not.
        """
        status, content = await self._exchange(method, path, body, query, seconds or SECONDS)
        if status >= 400:
            raise _refusal(status, content)
        try:
            return msgspec.json.decode(content or b"null", type=kind)
        except msgspec.DecodeError as error:
            raise GatewayError(
                f"What answers at {self._base} is no gateway of this version ({error}): check the "
                "address, and update the older of the two."
            ) from error

    async def _exchange(
        self, method: str, path: str, body: object, query: Mapping[str, object], seconds: float
    ) -> tuple[int, bytes]:
        import aiohttp

        try:
            async with self._session.request(
                method,
                self._base + path,
                params={name: str(value) for name, value in query.items() if value is not None},
                data=None if body is None else msgspec.json.encode(body),
                headers=self._headers | {"Content-Type": "application/json"},
                ssl=self._tls,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS),
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GatewayUnreachable(
                f"The gateway at {self._base} cannot be reached ({_reason(error)}): check the "
                "address, and whether it runs."
            ) from error


@asynccontextmanager
async def gateway_client(where: Where, *, making: bool = False) -> AsyncIterator[GatewayClient]:
    """Open the way to the gateway that was meant.

    Args:
        making: Make one if there is none in the folder; else a mistyped folder would become one.

    Raises:
        VestnikError: There is none.
    """
    async with _session() as session:
        if where.url is not None:
            yield GatewayClient(session, _remote(where.url, where.token))
            return
        access = DataFolder(where.data).access()
        if access is not None and await _is_alive(session, access):
            yield GatewayClient(session, access)
            return
    is_new = _is_new(where, making=making)
    # Nobody else is there to be waited for at the end: no connection stays open between requests.
    async with _session(keeping_open=False) as session:
        from vestnik.app.serve import load_config, serving  # only who needs a store loads it

        config = load_config(where.data, where.config, where.environment)
        async with serving(config, where.data, offline=True) as server:
            if is_new:
                typer.echo(f"made a new gateway folder {where.data}", err=True)
            yield GatewayClient(session, server.access, is_running=False)


def path_of(*parts: str) -> str:
    """Put ids into a path, whatever characters they have."""
    return "/api/v1/" + "/".join(quote(part, safe="") for part in parts)


def _is_new(where: Where, *, making: bool) -> bool:
    is_new = not DataFolder(where.data).is_gateways
    if is_new and not making:
        raise BadInput(
            f"There is no gateway in the folder {where.data}: name another one by --data, or make "
            f"it with `vestnik serve{where.again}`."
        )
    return is_new


async def _is_alive(session: aiohttp.ClientSession, access: LocalAccess) -> bool:
    """Whether the gateway that left this still runs: a killed one could not take it back."""
    try:
        await GatewayClient(session, access).get("/api/v1/me", msgspec.Raw)
    except GatewayUnreachable:
        return False
    except (NotAllowed, NotFound, GatewayError):
        return False  # by now somebody else has the port
    return True


def _session(*, keeping_open: bool = True) -> aiohttp.ClientSession:
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=not keeping_open),
        auto_decompress=False,
    )


def _remote(url: str, token: str | None) -> LocalAccess:
    parts = urlsplit(url)
    scheme = SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise BadInput("--url (or VESTNIK_URL) is no address of a gateway: use https://HOST.")
    if not token:
        raise BadInput("A gateway that is reached by --url needs --token (or VESTNIK_TOKEN).")
    if not token.isascii() or not token.isprintable():
        raise BadInput("The token has characters that no token has: copy it once more.")
    path = parts.path.rstrip("/").removesuffix("/websocket")
    return LocalAccess(urlunsplit((scheme, parts.netloc, path, "", "")), token)


def _refusal(status: int, content: bytes) -> VestnikError:
    try:
        sentence = msgspec.json.decode(content, type=ErrorBody).error.message
    except msgspec.DecodeError:
        sentence = f"The gateway answered with status {status}: is the address right?"
    kind = ERRORS.get(status, GatewayError)
    if status == 422 and "target_refused" in content.decode("utf-8", "replace"):
        kind = TargetRefused
    return kind(sentence)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if type(error).__name__ == "ServerFingerprintMismatch":
        return "it has another certificate"
    return getattr(error, "strerror", None) or type(error).__name__

"""The sender of webhooks: a narrow HTTP/1.1 client that cannot be led astray."""

from __future__ import annotations

import asyncio
import ssl
from importlib.metadata import version

import msgspec

from vestnik.errors import TargetRefused
from vestnik.gateway.delivery.connecting import Connector, tls_context
from vestnik.gateway.delivery.connection import Connection
from vestnik.gateway.delivery.deadlines import Deadlines
from vestnik.gateway.delivery.guard import Address, Guard
from vestnik.gateway.delivery.headers import header_lines
from vestnik.gateway.delivery.pool import Pool
from vestnik.gateway.delivery.reading import Answer
from vestnik.gateway.delivery.resolving import Names, Resolver, ThreadResolver, of_family
from vestnik.gateway.delivery.source import SourceDescription, Sources
from vestnik.gateway.delivery.target import Target, parse_url
from vestnik.gateway.model import AddressFamily
from vestnik.gateway.ports import WebhookRequest, WebhookResponse
from vestnik.wire.limits import WEBHOOK_SECONDS

__all__ = ["GuardedSender", "SenderOptions", "describe_source", "user_agent"]

WRITTEN = ("Content-Type", "X-Boticord-Token", "X-Boticord-Affected")
"""The headers of every webhook, beside those of HTTP."""


class SenderOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How webhooks are sent.

    Attributes:
        allowed_networks: Private networks that may be sent to.
        sources: Addresses or subnets to send from; none leaves it to the system.
        seconds: The deadline of a whole attempt, from the name to the end of the answer.
        authorities: A PEM file with certificate authorities beside the system's.
        most_idle: How many connections are kept open without a request.
        most_idle_each: The same, to one place.
    """

    allowed_networks: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    seconds: float = WEBHOOK_SECONDS
    authorities: str | None = None
    most_idle: int = 1024
    most_idle_each: int = 512


def user_agent() -> str:
    """Return what stands in ``User-Agent``."""
    return f"Vestnik/{version('vestnik')}"


def describe_source(options: SenderOptions) -> SourceDescription:
    """Tell what receivers need to know, for ``/.well-known/vestnik``."""
    sources = Sources(options.sources)
    return SourceDescription(
        families=sources.families,
        networks=sources.networks,
        user_agent=user_agent(),
        headers=WRITTEN,
    )


class GuardedSender:
    """Sends webhooks by HTTP/1.1, each request once.

    A name is looked up, what the guard refuses is dropped, and the connection goes to one of the
    addresses that are left, while ``Host`` and the certificate are checked by name. Connections
    are used again within four seconds. Should the receiver close one at the very moment when a
    request goes out on it, the attempt has failed: whether it was read cannot be known, so it is
    not sent again; that is why connections are kept for so short a time.

    Args:
        resolver: Looks names up; the system's resolver by default.

    Raises:
        BadConfig: A network of the options is none.
    """

    def __init__(self, options: SenderOptions | None = None, resolver: Resolver | None = None):
        self._options = options or SenderOptions()
        self._guard = Guard(self._options.allowed_networks)
        self._sources = Sources(self._options.sources)
        self._threads = threads = ThreadResolver() if resolver is None else None
        found = resolver if resolver is not None else threads
        assert found is not None
        self._resolver: Resolver = found
        self._heads: bytes = (
            f"User-Agent: {user_agent()}\r\nAccept: */*\r\nContent-Length: "
        ).encode("ascii")

    async def __aenter__(self) -> GuardedSender:
        """Get ready to send."""
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self._loop, self._options.seconds)
        self._names = Names(self._resolver, self._guard, self._loop.time)
        context = await asyncio.to_thread(tls_context, self._options.authorities)
        self._connector = Connector(self._sources, context)
        self._pool = Pool(self._loop, self._options.most_idle, self._options.most_idle_each)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Drop the connections."""
        self._deadlines.close()
        self._pool.close()
        if self._threads is not None:
            self._threads.close()
        await asyncio.sleep(0)  # dropped transports tell their protocols in the next turn

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        """Make one POST; every ending but cancellation is an answer."""
        begun = self._loop.time()
        try:
            attempt = _Attempt(parse_url(request.url), request.family)
            written = self._spell(attempt.target, request)
            # Most requests go out on a connection that is there, and need none of the rest.
            attempt.connection = self._kept(attempt)
            if attempt.connection is not None:
                answer = await self._ask(attempt.connection, written)
            else:
                answer = await self._connect_and_ask(attempt, written)
            if answer.is_reusable and attempt.connection is not None:
                self._pool.put(attempt.place, attempt.connection)
            address = attempt.connection.where if attempt.connection else ""
        except TargetRefused as problem:
            answer, address = Answer(error=str(problem)), ""
        return WebhookResponse(
            status=answer.status,
            excerpt=answer.excerpt,
            error=answer.error,
            milliseconds=(self._loop.time() - begun) * 1000,
            retry_after=answer.retry_after,
            address=address,
        )

    def _kept(self, attempt: _Attempt) -> Connection | None:
        addresses = self._names.known(attempt.target)
        if addresses is None:
            return None
        return self._pool.take(attempt.place, _of_family(addresses, attempt))

    async def _ask(self, connection: Connection, written: bytes) -> Answer:
        self._deadlines.begin(connection)
        try:
            return await connection.exchange(written)
        except asyncio.CancelledError:
            connection.give_up("cancelled")
            raise
        finally:
            self._deadlines.end(connection)

    async def _connect_and_ask(self, attempt: _Attempt, written: bytes) -> Answer:
        try:
            async with asyncio.timeout(self._options.seconds):
                attempt.connection = await self._connected(attempt)
                return await attempt.connection.exchange(written)
        except TimeoutError:
            return attempt.give_up(f"There was no answer within {self._options.seconds:g} s.")
        except asyncio.CancelledError:
            attempt.give_up("cancelled")
            raise
        except (OSError, ssl.SSLError, UnicodeError) as problem:
            return Answer(error=_why(problem, attempt.target))

    async def _connected(self, attempt: _Attempt) -> Connection:
        addresses = self._names.known(attempt.target) or await self._names.find(attempt.target)
        addresses = _of_family(addresses, attempt)
        # While the name was looked up, somebody may have finished with a connection.
        kept = self._pool.take(attempt.place, addresses)
        return kept or await self._connector.connect(attempt.target, addresses)

    def _spell(self, target: Target, request: WebhookRequest) -> bytes:
        lines = header_lines(request.headers)
        if lines is None:
            raise TargetRefused(
                "A header of the webhook cannot be sent as it is: enter its headers anew."
            )
        first = f"POST {target.path} HTTP/1.1\r\nHost: {target.host_header}\r\n".encode("ascii")
        length = b"%d\r\n" % len(request.body)
        return b"".join((first, self._heads, length, lines, b"\r\n", request.body))


class _Attempt:
    """What one POST has got hold of so far."""

    __slots__ = ("connection", "family", "place", "target")

    def __init__(self, target: Target, family: AddressFamily) -> None:
        self.target = target
        self.family = family
        self.place = (target.is_tls, target.host, target.port, family)
        self.connection: Connection | None = None

    def give_up(self, why: str) -> Answer:
        return self.connection.give_up(why) if self.connection else Answer(error=why)


def _of_family(addresses: tuple[Address, ...], attempt: _Attempt) -> tuple[Address, ...]:
    if attempt.family is AddressFamily.ANY:
        return addresses
    fitting = of_family(addresses, attempt.family)
    if not fitting:
        name = "an IPv6" if attempt.family is AddressFamily.IPV6 else "an IPv4"
        raise TargetRefused(f"{attempt.target.host} does not have {name} address.")
    return tuple(fitting)


def _why(problem: Exception, target: Target) -> str:
    """Say in a sentence why no connection came about."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"The certificate of {target.host} is refused: {problem.verify_message}."
    if isinstance(problem, ssl.SSLError):
        return f"There is no TLS with {target.host}: {problem.reason or 'it broke off'}."
    if isinstance(problem, ConnectionRefusedError):
        return f"Nobody listens on port {target.port} of {target.host}."
    reason = getattr(problem, "strerror", None) or "the connection broke off"
    return f"{target.host} cannot be reached: {reason}."

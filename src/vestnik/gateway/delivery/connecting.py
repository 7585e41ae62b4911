"""Opening a connection to a checked address, and to nothing else."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from vestnik.errors import BadConfig, TargetRefused
from vestnik.gateway.delivery.connection import Connection
from vestnik.gateway.delivery.guard import Address
from vestnik.gateway.delivery.source import Sources
from vestnik.gateway.delivery.target import Target

__all__ = ["Connector", "tls_context"]

MOST_TRIES = 3
"""How many addresses of a name are tried; nothing has been sent while that goes on."""

FIRST_TRIES_SECONDS = 1.5
"""How long an address may take to accept when there is another one to try."""


def tls_context(extra_authorities: str | None = None) -> ssl.SSLContext:
    """Make the context that checks receivers by the system's authorities, and the operator's own.

    Args:
        extra_authorities: The path of a PEM file with more certificate authorities.

    Raises:
        BadConfig: The file cannot be read, or has no certificates.
    """
    context = ssl.create_default_context()
    if extra_authorities is not None:
        try:
            context.load_verify_locations(extra_authorities)
        except OSError:
            raise BadConfig(
                f"No certificate authorities can be read from {extra_authorities}: "
                "give a file with certificates in PEM form."
            ) from None
    context.set_alpn_protocols(["http/1.1"])
    return context


class Connector:
    """Opens connections from the configured source, with TLS that is checked by name."""

    def __init__(self, sources: Sources, context: ssl.SSLContext) -> None:
        self._sources = sources
        self._context = context

    async def connect(self, target: Target, addresses: Sequence[Address]) -> Connection:
        """Open a connection to the first address that accepts one.

        Raises:
            TargetRefused: There is no source for these addresses.
            OSError: None of them can be reached.
        """
        usable = [place for place in addresses if self._sources.can_reach(place)][:MOST_TRIES]
        if not usable:
            raise TargetRefused("The gateway sends from no address of the receiver's family.")
        for address in usable[:-1]:
            try:
                async with asyncio.timeout(FIRST_TRIES_SECONDS):
                    return await self._open(target, address)
            except (OSError, TimeoutError):
                continue
        return await self._open(target, usable[-1])

    async def _open(self, target: Target, address: Address) -> Connection:
        sock = await self._connected(target, address)
        loop = asyncio.get_running_loop()
        connection = Connection(address, loop)
        await loop.create_connection(
            lambda: connection,
            sock=sock,
            ssl=self._context if target.is_tls else None,
            server_hostname=target.host if target.is_tls else None,
        )
        return connection

    async def _connected(self, target: Target, address: Address) -> socket.socket:
        sock = socket.socket(_family(address), socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._bind(sock, address)
            await asyncio.get_running_loop().sock_connect(sock, (str(address), target.port))
            _check_peer(sock, address)
        except BaseException:
            sock.close()
            raise
        return sock

    def _bind(self, sock: socket.socket, address: Address) -> None:
        try:
            self._sources.bind(sock, address)
        except OSError as problem:
            raise TargetRefused(
                "The system refuses the configured source address for webhooks "
                f"({problem.strerror}): give the machine this address or subnet."
            ) from None


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET


def _check_peer(sock: socket.socket, address: Address) -> None:
    """Look once more where the connection went."""
    if ip_address(sock.getpeername()[0]) != address:
        raise TargetRefused("The connection went to another address than the checked one.")

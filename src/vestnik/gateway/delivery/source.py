"""From which address requests come, so that receivers can let exactly those in."""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import msgspec

from vestnik.gateway.delivery.guard import Address, Network, parse_network

__all__ = ["SourceDescription", "Sources"]

_IP_BIND_ADDRESS_NO_PORT = 24
_IP_FREEBIND, _IPV6_FREEBIND = 15, 78
"""Linux's numbers, which Python's socket module does not name in all versions."""


class SourceDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What receivers need to know of who sends to them.

    Attributes:
        families: By which kinds of address requests come, unless a webhook's owner chose one.
        networks: From which networks; none means that any address of the gateway's may be it.
        headers: The names of the headers that the gateway writes.
        signature: By which specification requests are signed, where the owner switched it on.
    """

    families: tuple[str, ...]
    networks: tuple[str, ...]
    user_agent: str
    headers: tuple[str, ...]
    signature: str = "Standard Webhooks v1"


class Sources:
    """Picks where a connection comes from: a fixed address, or a random one of a subnet.

    Args:
        networks: Addresses or subnets; none leaves the choice to the system. A family that is
            not among them is not used at all, as receivers would not know whom they see.

    Raises:
        BadConfig: One of them is no network.
    """

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._networks: tuple[Network, ...] = tuple(map(parse_network, networks))
        self._four = [net for net in self._networks if isinstance(net, IPv4Network)]
        self._six = [net for net in self._networks if isinstance(net, IPv6Network)]

    @property
    def networks(self) -> tuple[str, ...]:
        """The configured ones, as receivers may enter them."""
        return tuple(map(str, self._networks))

    @property
    def families(self) -> tuple[str, ...]:
        """The families that are in use."""
        used = (("ipv6", self._six), ("ipv4", self._four))
        return tuple(name for name, nets in used if nets or not self._networks)

    def can_reach(self, address: Address) -> bool:
        """Whether there is a source of the address's family."""
        return not self._networks or bool(self._for(address))

    def bind(self, sock: socket.socket, address: Address) -> Address | None:
        """Give a socket its source; return which, ``None`` if the system chooses.

        Raises:
            OSError: The system does not let us.
        """
        networks = self._for(address)
        if not networks:
            return None
        source = _random_address(secrets.choice(networks))
        _loosen(sock, source)
        sock.bind((str(source), 0))
        return source

    def _for(self, address: Address) -> Sequence[Network]:
        return self._six if isinstance(address, IPv6Address) else self._four


def _random_address(network: Network) -> Address:
    """Choose among all addresses but the first and last of an IPv4 subnet, the first of IPv6."""
    size = network.num_addresses
    low = 1 if size > 2 else 0
    high = size - low if isinstance(network, IPv4Network) else size
    chosen = int(network.network_address) + low + secrets.randbelow(high - low)
    return IPv4Address(chosen) if isinstance(network, IPv4Network) else ip_address(chosen)


def _loosen(sock: socket.socket, source: Address) -> None:
    """Allow addresses of a routed subnet, and let the port be chosen late, when it matters."""
    level, option = socket.IPPROTO_IP, _IP_FREEBIND
    if isinstance(source, IPv6Address):
        level, option = socket.IPPROTO_IPV6, _IPV6_FREEBIND
    with contextlib.suppress(OSError):
        sock.setsockopt(level, option, 1)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)

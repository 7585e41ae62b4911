"""Where a webhook goes: its URL, read so strictly that nobody can read it in another way."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import msgspec

from vestnik.errors import TargetRefused
from vestnik.gateway.delivery.guard import Address, Guard

__all__ = ["MOST_URL", "Target", "check_url", "parse_url"]

MOST_URL = 2048
"""Characters of the longest URL."""

_SHAPE = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?P<fragment>#.*)?",
    re.DOTALL,
)
_PLACE = re.compile(r"(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_QUAD = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_TEXT = re.compile(r"[\x21-\x7e]*")
_PORTS = {"http": 80, "https": 443}
_MOST_NAME = 253
_LOOPBACK = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


class Target(msgspec.Struct, frozen=True):
    """A URL in its parts.

    Attributes:
        host: The name in ASCII, or the address without brackets.
        address: The address if the host is one; then no name is looked up.
        path: Path and query, as it stands in the request line.
        host_header: What stands in ``Host``.
    """

    is_tls: bool
    host: str
    port: int
    path: str
    address: Address | None
    host_header: str


def check_url(url: str, guard: Guard | None = None) -> None:
    """Refuse a URL that can never be sent to, when it is entered.

    A name passes whatever it resolves to now: that is checked for each connection.

    Raises:
        TargetRefused: It is no plain http or https URL, or its host is an address that `guard`
            (the strictest one by default) refuses.
    """
    target = parse_url(url)
    guard = guard or Guard()
    if target.address is not None:
        refuse(guard, target.address)
    elif f".{target.host}".endswith(".localhost") and all(
        guard.refusal(address) for address in _LOOPBACK
    ):
        refuse(guard, _LOOPBACK[0])


def refuse(guard: Guard, address: Address) -> None:
    """Raise `TargetRefused` for an address that the guard refuses."""
    wrong = guard.refusal(address)
    if wrong is not None:
        raise TargetRefused(
            f"{address} is {_article(wrong)} address, to which no webhook is sent: "
            "give a public one, or let the operator allow its network "
            "(webhooks.allow_networks, or `vestnik serve --allow-network`)."
        )


def _article(wrong: str) -> str:
    if wrong.startswith(("a ", "this ")):
        return wrong.replace("this host", "this host's own")
    return f"{'an' if wrong[0] in 'IaeiouU' else 'a'} {wrong}"


@lru_cache(maxsize=4096)
def parse_url(url: str) -> Target:
    """Read a URL.

    Raises:
        TargetRefused: It is anything but a plain http or https URL.
    """
    if len(url) > MOST_URL:
        raise TargetRefused(f"The URL is longer than {MOST_URL} characters.")
    shape = _SHAPE.fullmatch(url)
    scheme = shape["scheme"].lower() if shape else ""
    if shape is None or scheme not in _PORTS:
        raise TargetRefused("The URL has to begin with https:// or http://.")
    if shape["fragment"] is not None:
        raise TargetRefused("The URL has a fragment (#…), which is never sent: leave it out.")
    host, port = _read_place(shape["authority"], _PORTS[scheme])
    address = _read_address(host)
    name = str(address) if address else _read_name(host)
    return Target(
        is_tls=scheme == "https",
        host=name,
        port=port,
        path=_read_path(shape["rest"]),
        address=address,
        host_header=_host_header(name, address, None if port == _PORTS[scheme] else port),
    )


def _read_place(authority: str, default: int) -> tuple[str, int]:
    if "@" in authority:
        raise TargetRefused("The URL has a user name or password: use a header of your own.")
    place = _PLACE.fullmatch(authority)
    if place is None or not place["host"]:
        raise TargetRefused("The URL has no host, or more than a host and a port.")
    port = int(place["port"]) if place["port"] is not None else default
    if not 1 <= port <= 65535:
        raise TargetRefused("The port has to be between 1 and 65535.")
    return place["host"], port


def _read_path(rest: str) -> str:
    if not _TEXT.fullmatch(rest) or "\\" in rest:
        raise TargetRefused(
            "The URL has spaces, control characters, backslashes or letters outside ASCII in its "
            "path: write them as %XX."
        )
    return rest if rest.startswith("/") else f"/{rest}"


def _read_address(host: str) -> Address | None:
    if host.startswith("["):
        return _read_ipv6(host[1:-1])
    if _QUAD.fullmatch(host):
        return _read_ipv4(host)
    return None


def _read_ipv6(text: str) -> IPv6Address:
    try:
        if "%" in text:
            raise AddressValueError
        return IPv6Address(text)
    except AddressValueError:
        raise TargetRefused("What stands in brackets is no IPv6 address.") from None


def _read_ipv4(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise TargetRefused(f"{text} is no IPv4 address.") from None


def _read_name(host: str) -> str:
    name = _in_ascii(host).lower().removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise TargetRefused("Write an IPv4 address as four decimal numbers, as in 192.0.2.1.")
    if len(name) > _MOST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise TargetRefused("The URL's host is no name and no address.")
    return name


def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        raise TargetRefused("The URL's host is no name that the DNS could have.") from None


def _host_header(name: str, address: Address | None, port: int | None) -> str:
    shown = f"[{name}]" if isinstance(address, IPv6Address) else name
    return shown if port is None else f"{shown}:{port}"

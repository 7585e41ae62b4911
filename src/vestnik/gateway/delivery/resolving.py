"""Names become addresses, and only those that the guard lets pass."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

import msgspec

from vestnik.errors import TargetRefused
from vestnik.gateway.delivery.guard import Address, Guard
from vestnik.gateway.delivery.target import Target, refuse
from vestnik.gateway.model import AddressFamily

__all__ = ["RECHECK_SECONDS", "Names", "Resolver", "ThreadResolver", "of_family"]

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a name and a port and returns addresses; raises `OSError` if there are none."""

RECHECK_SECONDS = 30.0
"""After so long a name is looked up again, also for connections that are open."""

FAILED_SECONDS = 2.0
"""A name that could not be found is not looked up again for so long."""

MOST_NAMES = 10_000
MOST_LOOKUPS = 32
"""How many names are looked up at once; a dead name server holds a thread for long."""

SLOW_SECONDS = 1.0
"""A name whose last lookup took so long waits among its like."""

SLOW_LOOKUPS = 8
"""How many of those are looked up at once."""


class ThreadResolver:
    """The system's own resolver in threads of its own, asked once for those who ask at once.

    Names that took long the last time share a few threads of their own: the dead name servers of
    one owner must not keep the others' names waiting.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_LOOKUPS, thread_name_prefix="webhook-names")
        self._patient = ThreadPoolExecutor(SLOW_LOOKUPS, thread_name_prefix="webhook-slow-names")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}
        self._slow: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._lock = threading.Lock()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Look a name up."""
        key = (host, port)
        if key not in self._asked:
            self._asked[key] = self._ask(key)
        return await asyncio.shield(self._asked[key])

    def close(self) -> None:
        """Look nothing up any more; who still waits is not waited for."""
        for asked in list(self._asked.values()):
            asked.cancel()  # a thread that comes back later must find nobody to tell
        for threads in (self._threads, self._patient):
            threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, key: tuple[str, int]) -> asyncio.Future[list[str]]:
        loop = asyncio.get_running_loop()
        threads = self._patient if key in self._slow else self._threads
        asked = loop.run_in_executor(threads, self._look_up_and_note, key)
        asked.add_done_callback(lambda done: self._forget(key, done))
        return asked

    def _look_up_and_note(self, key: tuple[str, int]) -> list[str]:
        begun = time.monotonic()
        try:
            return _look_up(*key)
        finally:
            self._note(key, time.monotonic() - begun)

    def _note(self, key: tuple[str, int], seconds: float) -> None:
        with self._lock:
            self._slow.pop(key, None)
            if seconds >= SLOW_SECONDS:
                self._slow[key] = None
            if len(self._slow) > MOST_NAMES:
                self._slow.popitem(last=False)

    def _forget(self, key: tuple[str, int], done: asyncio.Future[list[str]]) -> None:
        del self._asked[key]
        if not done.cancelled():
            done.exception()  # nobody may have waited till the end


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(place[4][0]) for place in found]


class _Known(msgspec.Struct, frozen=True):
    until: float
    addresses: tuple[Address, ...] = ()
    problem: str = ""


class Names:
    """Looks names up, drops what the guard refuses, and remembers the rest for half a minute.

    Whoever connects uses these very addresses, so that what was checked is what is connected to.
    """

    def __init__(self, resolver: Resolver, guard: Guard, now: Callable[[], float]) -> None:
        self._resolver = resolver
        self._guard = guard
        self._now = now
        self._known: OrderedDict[tuple[str, int], _Known] = OrderedDict()

    def known(self, target: Target) -> tuple[Address, ...] | None:
        """Return the checked addresses without waiting, if they were looked up lately."""
        known = self._known.get((target.host, target.port))
        if known is None or known.until <= self._now() or known.problem:
            return None
        return known.addresses

    async def find(self, target: Target) -> tuple[Address, ...]:
        """Return the checked addresses of a target, at least one.

        Raises:
            TargetRefused: The name is not known, or all its addresses are refused.
        """
        key = (target.host, target.port)
        known = self._known.get(key)
        if known is None or known.until <= self._now():
            known = await self._learn(target)
            self._remember(key, known)
        if known.problem:
            raise TargetRefused(known.problem)
        return known.addresses

    async def _learn(self, target: Target) -> _Known:
        if target.address is not None:
            return self._judge(target.address)
        found: Sequence[str] = ()
        with contextlib.suppress(OSError, UnicodeError):
            found = await self._resolver(target.host, target.port)
        if not found:
            problem = f"The name {target.host} cannot be found in the DNS."
            return _Known(self._now() + FAILED_SECONDS, problem=problem)
        passed = [address for address in map(_read, found) if self._passes(address)]
        if not passed:
            problem = f"All addresses of {target.host} are private or reserved: nothing is sent."
            return _Known(self._now() + FAILED_SECONDS, problem=problem)
        return _Known(self._now() + RECHECK_SECONDS, _alternating(passed))

    def _judge(self, address: Address) -> _Known:
        until = self._now() + RECHECK_SECONDS
        try:
            refuse(self._guard, address)
        except TargetRefused as problem:
            return _Known(until, problem=str(problem))
        return _Known(until, (address,))

    def _passes(self, address: Address | None) -> bool:
        return address is not None and self._guard.refusal(address) is None

    def _remember(self, key: tuple[str, int], known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > MOST_NAMES:
            self._known.popitem(last=False)


def _read(text: str) -> Address | None:
    """Read what a resolver says; a zone makes it local, so that it is no address for us."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _alternating(addresses: Iterable[Address | None]) -> tuple[Address, ...]:
    """Order addresses so that both families are tried early, and drop doubles."""
    unique = [address for address in dict.fromkeys(addresses) if address is not None]
    first = type(unique[0])
    same = [address for address in unique if isinstance(address, first)]
    other = [address for address in unique if not isinstance(address, first)]
    mixed = itertools.chain.from_iterable(itertools.zip_longest(same, other))
    return tuple(address for address in mixed if address is not None)


def of_family(addresses: Sequence[Address], family: AddressFamily) -> Sequence[Address]:
    """Return the addresses of the family that a webhook is reached by."""
    if family is AddressFamily.ANY:
        return addresses
    kind = IPv6Address if family is AddressFamily.IPV6 else IPv4Address
    return [address for address in addresses if isinstance(address, kind)]

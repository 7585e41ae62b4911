"""Listening sockets, with errors that say what to do."""

from __future__ import annotations

import errno
import os
import socket

from vestnik.app.serve.addresses import Address
from vestnik.errors import AddressInUse, BadInput

__all__ = ["BACKLOG", "INHERITED", "bind"]

INHERITED = "fd"
"""As a host it means that the port is the number of a socket that a parent process has opened.

Clients that come while the gateway is started anew then wait, where they would be refused.
"""

BACKLOG = 4096
"""Many clients come back at the same time after a restart."""

KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Peers that are gone without a word are found within two minutes (inherited by connections)."""


def bind(address: Address) -> tuple[socket.socket, Address]:
    """Return a socket that listens there, and where that is; port 0 is any that is free.

    Raises:
        AddressInUse: Another program listens there.
        BadInput: This machine cannot listen there.
    """
    if address.host == INHERITED:
        listener = _inherited(address.port)
        address = Address(*listener.getsockname()[:2])
    else:
        listener = _opened(address)
    listener.setblocking(False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        if hasattr(socket, option):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return listener, Address(address.host, listener.getsockname()[1])


def _opened(address: Address) -> socket.socket:
    try:
        found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return socket.create_server(
            tuple(address),
            family=found[0][0],
            backlog=BACKLOG,
            dualstack_ipv6=address.host == "::" and socket.has_dualstack_ipv6(),
        )
    except (OSError, UnicodeError, ValueError) as error:
        raise _told(address, error) from error


def _inherited(number: int) -> socket.socket:
    try:
        listener = socket.socket(fileno=number)
        is_listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError:
        is_listening = 0
    if not is_listening or listener.family not in (socket.AF_INET, socket.AF_INET6):
        raise BadInput(
            f"The descriptor {number} is no TCP socket that listens: let systemd's ListenStream= "
            "open one, or give an address instead."
        )
    return listener


def _told(address: Address, error: Exception) -> AddressInUse | BadInput:
    if isinstance(error, socket.gaierror | UnicodeError | ValueError):
        return BadInput(
            f"There is no host {address.host!r} to listen on: use 127.0.0.1 or 0.0.0.0."
        )
    assert isinstance(error, OSError)
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(address.host, address.port)
    if error.errno == errno.EACCES:
        return BadInput(
            f"Port {address.port} needs more rights than this user has: use one above 1023."
        )
    # create_server adds the address to the text; the number gives the plain words.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return BadInput(f"Nothing can listen on {address} ({reason}).")

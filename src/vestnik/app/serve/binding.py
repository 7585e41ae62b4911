"""The sockets on which a gateway listens: its own, or those of a parent process."""

from __future__ import annotations

import socket

from vestnik.app.serve.addresses import Address
from vestnik.errors import BadInput
from vestnik.listeners import open_listener

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
        listener = open_listener(*address, backlog=BACKLOG)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        if hasattr(socket, option):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return listener, Address(address.host, listener.getsockname()[1])


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
    listener.setblocking(False)
    return listener

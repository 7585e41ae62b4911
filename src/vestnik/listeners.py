"""Sockets that listen: opened with errors that say what to do, and left without losing anybody."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket

from vestnik.errors import AddressInUse, BadInput

__all__ = ["open_listener", "stop_listening"]

BACKLOG = 128


def open_listener(host: str, port: int, *, backlog: int = BACKLOG) -> socket.socket:
    """Return a socket that listens there; port 0 is any that is free.

    Raises:
        AddressInUse: Another program listens there.
        BadInput: This machine cannot listen there.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        listener = socket.create_server(
            (host, port),
            family=found[0][0],
            backlog=backlog,
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except (OSError, OverflowError, ValueError) as error:
        raise _told(host, port, error) from error
    listener.setblocking(False)
    return listener


async def stop_listening(server: asyncio.Server) -> None:
    """Close a server, and lose nobody who is on the way in: they have come in when this returns.

    A closed server refuses the transport of a connection that has just been accepted, and asyncio
    then forgets its socket, unclosed. So at first nobody more is accepted, for one turn; in the
    next one those who got a transport are told to their protocols.
    """
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # a loop that accepts in another way
        for listener in server.sockets:
            loop.remove_reader(listener)
    try:
        await asyncio.sleep(0)
    finally:
        server.close()
    await asyncio.sleep(0)


def _told(host: str, port: int, error: Exception) -> AddressInUse | BadInput:
    if not isinstance(error, OSError) or isinstance(error, socket.gaierror):
        return BadInput(f"There is no host {host!r} to listen on: use 127.0.0.1 or 0.0.0.0.")
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(host, port)
    if error.errno == errno.EACCES:
        return BadInput(f"Port {port} needs more rights than this user has: use one above 1023.")
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    # create_server adds the address to the text; the number gives the plain words.
    reason = os.strerror(error.errno) if error.errno else str(error)
    return BadInput(f"Nothing can listen on {where} ({reason}).")

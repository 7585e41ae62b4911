"""Binding ports, with errors that say what to do, and leaving them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket

from vestnik.errors import AddressInUse, BadInput

__all__ = ["bind", "stop_listening"]


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to that address; port 0 is any that is free.

    Raises:
        AddressInUse: Another program listens there.
        BadInput: This machine cannot listen there.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise BadInput(f"There is no host {host!r} to listen on: use 127.0.0.1.") from error
    listener = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _told(host, port, error) from error
    listener.setblocking(False)
    return listener


async def stop_listening(server: asyncio.Server) -> None:
    """Close a server, and lose nobody who is on the way in.

    A closed server refuses the transport of a connection that has just been accepted, and asyncio
    then forgets its socket, unclosed. So at first nobody more is accepted, for one turn.
    """
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # a loop that accepts in another way
        for listener in server.sockets:
            loop.remove_reader(listener)
    try:
        await asyncio.sleep(0)
    finally:
        server.close()


def _told(host: str, port: int, error: OSError) -> AddressInUse | BadInput:
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(host, port)
    if error.errno == errno.EACCES:
        return BadInput(f"Port {port} needs more rights than this user has: use one above 1023.")
    return BadInput(f"The relay cannot listen on {host} port {port} ({error.strerror}).")

"""What only the kernel knows about a peer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

__all__ = ["is_full", "keep_alive", "peer_of"]

_IDLE, _BETWEEN, _PROBES = 60, 15, 4

_INFO_BYTES = 192
_LAST_ACK_RECEIVED, _NOT_SENT = 56, 144
"""Where these numbers stand in Linux's `struct tcp_info`, which only ever grows at its end."""

_LONGEST_PROBE_PAUSE = 150_000
"""A peer that takes nothing is asked every two minutes at most; milliseconds."""


def keep_alive(transport: asyncio.BaseTransport) -> None:
    """Let the kernel find out, while nothing is sent, that a peer is gone."""
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (
            ("TCP_KEEPIDLE", _IDLE),
            ("TCP_KEEPINTVL", _BETWEEN),
            ("TCP_KEEPCNT", _PROBES),
        ):
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def is_full(transport: asyncio.BaseTransport) -> bool:
    """Say whether a peer lives but has no room for more.

    It reads slowly, and has not come yet to what we asked of it. Where the kernel does not tell,
    the answer is no.
    """
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is None or not hasattr(socket, "TCP_INFO"):
        return False
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except OSError:
        return False
    if len(info) < _NOT_SENT + 4 or not _number(info, _NOT_SENT):
        return False
    return _number(info, _LAST_ACK_RECEIVED) < _LONGEST_PROBE_PAUSE


def _number(info: bytes, at: int) -> int:
    found: int = struct.unpack_from("=I", info, at)[0]
    return found


def peer_of(transport: asyncio.BaseTransport) -> str:
    """Return the address at the other end; nothing for a socket without addresses."""
    name = transport.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) else ""

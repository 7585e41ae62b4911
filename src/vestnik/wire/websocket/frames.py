"""Frames as a server writes them, and the kinds of things that a client says."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import msgspec

from vestnik.errors import BadFrame

__all__ = [
    "MOST_IN_CONTROL",
    "PING_FRAME",
    "Binary",
    "CloseFrame",
    "Incoming",
    "Opcode",
    "PingFrame",
    "PongFrame",
    "Text",
    "encode_close",
    "encode_frame",
    "encode_pong",
    "is_close_code",
]

MOST_IN_CONTROL = 125
"""Bytes of the longest payload of a control frame (RFC 6455, 5.5)."""


class Opcode(IntEnum):
    """What a frame is (RFC 6455, 5.2); all other numbers are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Text(msgspec.Struct, frozen=True, gc=False):
    """A text message, whole; its bytes are valid UTF-8."""

    text: bytes


class Binary(msgspec.Struct, frozen=True, gc=False):
    """A binary message, whole."""

    payload: bytes


class PingFrame(msgspec.Struct, frozen=True, gc=False):
    """The client wants a pong with the same payload."""

    payload: bytes


class PongFrame(msgspec.Struct, frozen=True, gc=False):
    """The client lives."""

    payload: bytes


class CloseFrame(msgspec.Struct, frozen=True, gc=False):
    """The client says goodbye; nothing that comes after it counts.

    Attributes:
        code: ``None`` if it gave none.
    """

    code: int | None
    reason: str = ""


Incoming: TypeAlias = Text | Binary | PingFrame | PongFrame | CloseFrame | BadFrame
"""What `FrameReader.feed` returns; a `BadFrame` is always the last one."""


def encode_frame(payload: bytes, opcode: Opcode = Opcode.TEXT) -> bytes:
    """Write a message as one frame, unmasked, as servers do.

    Raises:
        ValueError: A control frame cannot hold that much.
    """
    size = len(payload)
    if size <= MOST_IN_CONTROL:
        return bytes((0x80 | opcode, size)) + payload
    if opcode >= Opcode.CLOSE:
        raise ValueError(f"a control frame holds at most {MOST_IN_CONTROL} bytes, not {size}")
    if size < 1 << 16:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


PING_FRAME = encode_frame(b"", Opcode.PING)
"""Asks for a sign of life; one for all connections, since the pong need not be told apart."""


def encode_pong(payload: bytes = b"") -> bytes:
    """Answer a ping, with its own payload."""
    return encode_frame(payload, Opcode.PONG)


def encode_close(code: int | None = None, reason: str = "") -> bytes:
    """Say goodbye; of a reason that is too long for a control frame, the end is cut off.

    Raises:
        ValueError: The code is one that must not be sent, as 1005 and 1006 are.
    """
    if code is None:
        return encode_frame(b"", Opcode.CLOSE)
    if not is_close_code(code):
        raise ValueError(f"a close frame cannot carry the code {code}")
    return encode_frame(code.to_bytes(2, "big") + _cut(reason), Opcode.CLOSE)


def is_close_code(code: int) -> bool:
    """Say whether a close frame may carry that code (RFC 6455, 7.4, and IANA for 1012 to 1014)."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def _cut(reason: str) -> bytes:
    """Spell a reason in UTF-8, and cut it between two characters where it gets too long."""
    spelled = reason.encode("utf-8", "replace")
    return spelled[: MOST_IN_CONTROL - 2].decode("utf-8", "ignore").encode("utf-8")

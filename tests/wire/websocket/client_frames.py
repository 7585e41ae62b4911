"""Frames as a client writes them, right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Iterable

from vestnik.errors import BadFrame
from vestnik.wire.websocket import FrameReader, Incoming, Opcode

__all__ = ["MASK", "by_byte", "close", "comparable", "fragments", "frame", "read"]

MASK = b"\x37\xfa\x21\x3d"
"""The mask of the examples in RFC 6455, 5.7."""


def frame(
    payload: bytes = b"",
    opcode: int = Opcode.TEXT,
    *,
    is_last: bool = True,
    reserved: int = 0,
    mask: bytes | None = MASK,
    length_bytes: int | None = None,
) -> bytes:
    """Write a frame of any kind.

    Args:
        reserved: The three reserved bits, 0 to 7.
        mask: ``None`` leaves the frame without one.
        length_bytes: 0, 2 or 8 more bytes for the length; as few as possible by default.
    """
    first = (0x80 if is_last else 0) | reserved << 4 | opcode
    bit = 0 if mask is None else 0x80
    head = bytes((first,)) + _length(len(payload), bit, length_bytes)
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def _length(size: int, bit: int, length_bytes: int | None) -> bytes:
    if length_bytes is None:
        length_bytes = 0 if size < 126 else 2 if size < 1 << 16 else 8
    if length_bytes == 0:
        return bytes((bit | size,))
    return bytes((bit | (126 if length_bytes == 2 else 127),)) + size.to_bytes(length_bytes, "big")


def fragments(pieces: Iterable[bytes], opcode: int = Opcode.TEXT) -> list[bytes]:
    """Write a message in several frames."""
    *firsts, last = list(pieces)
    opcodes = [opcode, *[Opcode.CONTINUATION] * len(firsts)]
    written = [frame(piece, opcodes[at], is_last=False) for at, piece in enumerate(firsts)]
    return [*written, frame(last, opcodes[len(firsts)])]


def close(code: int, reason: bytes = b"") -> bytes:
    """Write a close frame, with any code."""
    return frame(code.to_bytes(2, "big") + reason, Opcode.CLOSE)


def read(data: bytes, max_message: int | None = None) -> list[Incoming]:
    """Let a fresh reader have it all at once."""
    reader = FrameReader() if max_message is None else FrameReader(max_message)
    return reader.feed(data)


def by_byte(data: bytes, max_message: int | None = None) -> list[Incoming]:
    """Let a fresh reader have it byte by byte."""
    reader = FrameReader() if max_message is None else FrameReader(max_message)
    return [item for at in range(len(data)) for item in reader.feed(data[at : at + 1])]


def comparable(items: Iterable[Incoming]) -> list[object]:
    """Make errors equal that say the same."""
    return [(i.close_code, i.reason) if isinstance(i, BadFrame) else i for i in items]

"""The first bytes of a frame from a client, which say what the rest is."""

from __future__ import annotations

from typing import NamedTuple

from vestnik.errors import BadFrame
from vestnik.wire.websocket.frames import MOST_IN_CONTROL, Opcode

__all__ = ["FrameHead", "read_frame_head"]

_OPCODES = frozenset(map(int, Opcode))


class FrameHead(NamedTuple):
    """What is known of a frame before its payload.

    Attributes:
        is_last: Whether the message ends with it.
        start: Where the payload begins.
    """

    opcode: int
    is_last: bool
    mask: bytes
    start: int
    size: int


def read_frame_head(data: bytes | bytearray, at: int) -> FrameHead | None:
    """Read the head that begins at `at`; ``None`` while it is not complete.

    Raises:
        BadFrame: No client may send such a frame, whatever comes before and after it.
    """
    there = len(data) - at
    if there < 1:
        return None
    first = data[at]
    _check_first(first)
    if there < 2:
        return None
    second = data[at + 1]
    _check_second(first, second)
    wide = {126: 2, 127: 8}.get(second & 0x7F, 0)
    start = at + 2 + wide + 4
    if len(data) < start:
        return None
    size = int.from_bytes(data[at + 2 : at + 2 + wide], "big") if wide else second & 0x7F
    if size >= 1 << 63:
        raise BadFrame(1002, "The first bit of a length has to be 0.")
    return FrameHead(first & 0x0F, first >= 0x80, bytes(data[start - 4 : start]), start, size)


def _check_first(first: int) -> None:
    if first & 0x70:
        raise BadFrame(1002, "The reserved bits have to be 0: no extension was agreed on.")
    if first & 0x0F not in _OPCODES:
        raise BadFrame(1002, f"There are no frames with the opcode {first & 0x0F}.")
    if first & 0x0F >= Opcode.CLOSE and first < 0x80:
        raise BadFrame(1002, "A control frame cannot be fragmented.")


def _check_second(first: int, second: int) -> None:
    if second < 0x80:
        raise BadFrame(1002, "A client has to mask its frames.")
    if first & 0x0F >= Opcode.CLOSE and second & 0x7F > MOST_IN_CONTROL:
        raise BadFrame(1002, f"A control frame holds at most {MOST_IN_CONTROL} bytes.")

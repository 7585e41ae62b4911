"""Whether the core can unpack a webxdc app without harm: itself it sets no bound.

A mebibyte of an archive can unpack to a gibibyte in the memory of the one core that all bots share.
So it is only asked to look into what is known to stay small: an archive that is less plain than
those of apps are, so that two readers might see two things in it, is taken for harmful. Nothing
here knows an event loop: it runs on threads.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

__all__ = ["MOST_IN_ALL", "MOST_UNPACKED", "is_harmless_app"]

MOST_UNPACKED = 32 * 1024 * 1024
"""Bytes that a file within an app may have."""

MOST_IN_ALL = 256 * 1024 * 1024
"""Bytes that all of them may have together."""

_MOST_DIRECTORY = 1024 * 1024
_PORTION = 256 * 1024
_STORED, _DEFLATED = 0, 8

_END = struct.Struct("<4s8xLLH")
_END_MARK, _LONG_END_MARK = b"PK\5\6", b"PK\6\7"
_ENTRY = struct.Struct("<4s6xH8xLL3H8xL")
_ENTRY_MARK = b"PK\1\2"
_HEAD = struct.Struct("<4s22xHH")
_HEAD_MARK = b"PK\3\4"


class _Odd(Exception):
    """The archive is not as plain as those of apps."""


class _Entry(NamedTuple):
    method: int
    packed: int
    at: int


def is_harmless_app(path: Path) -> bool:
    """Say whether all that is in an app is small once it is unpacked."""
    try:
        with path.open("rb") as file:
            return _is_harmless(file)
    except (OSError, _Odd):
        return False


def _is_harmless(file: BinaryIO) -> bool:
    in_all = 0
    for entry in _entries(_directory(file)):
        unpacked = _unpacked(file, entry)
        in_all += unpacked
        if unpacked > MOST_UNPACKED or in_all > MOST_IN_ALL:
            return False
    return True


def _directory(file: BinaryIO) -> bytes:
    """Read the list of what is in an archive; it has to stand right before the archive's end."""
    size = file.seek(0, os.SEEK_END)
    tail = _read(file, max(0, size - 2 * _END.size), min(size, 2 * _END.size))
    if len(tail) < _END.size or _LONG_END_MARK in tail:
        raise _Odd
    mark, length, start, comment = _END.unpack(tail[-_END.size :])
    is_plain = mark == _END_MARK and tail.rfind(_END_MARK) == len(tail) - _END.size and not comment
    if not is_plain or length > _MOST_DIRECTORY or start + length + _END.size != size:
        raise _Odd
    return _read(file, start, length)


def _entries(directory: bytes) -> Iterator[_Entry]:
    place = 0
    while place < len(directory):
        if len(directory) - place < _ENTRY.size:
            raise _Odd
        mark, method, packed, _, *more, at = _ENTRY.unpack_from(directory, place)
        if mark != _ENTRY_MARK:
            raise _Odd
        yield _Entry(method, packed, at)
        place += _ENTRY.size + sum(more)


def _unpacked(file: BinaryIO, entry: _Entry) -> int:
    """Return how long an entry really is, or something that is too long: what it says may lie."""
    mark, *more = _HEAD.unpack(_read(file, entry.at, _HEAD.size))
    if mark != _HEAD_MARK or entry.method not in (_STORED, _DEFLATED):
        raise _Odd
    file.seek(entry.at + _HEAD.size + sum(more))
    return entry.packed if entry.method == _STORED else _inflated(file, entry.packed)


def _inflated(file: BinaryIO, packed: int) -> int:
    inflating, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    while size <= MOST_UNPACKED and not inflating.eof:
        data = inflating.unconsumed_tail
        if not data:
            data = file.read(min(packed, _PORTION))
            packed -= len(data)
        if not data:
            break
        try:
            size += len(inflating.decompress(data, _PORTION))
        except zlib.error:
            break  # the core gets no further either
    return size


def _read(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    found = file.read(length)
    if len(found) != length:
        raise _Odd
    return found

"""Is this an armored OpenPGP message that only says who may read it, and what? Pure.

As chatmail relays demand: public-key or symmetric session keys (PKESK, SKESK), then exactly one
integrity-protected data packet (SEIPD), and nothing else in the clear (RFC 9580 4.2, 6, 10.3).
Everything is read in slices, so that a large message never holds the interpreter for long.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator

__all__ = ["PacketWalk", "is_encrypted_message"]

_BEGIN = b"-----BEGIN PGP MESSAGE-----\r\n"
_END = b"-----END PGP MESSAGE-----"
_SLICE = 256 * 1024

_PKESK, _SKESK, _SEIPD = 1, 3, 18


class PacketWalk:
    """Follows the packet headers of a message that comes in pieces.

    `ok` turns false as soon as something is found that has no place in an encrypted message;
    at the end `complete` says whether the message ended where its last packet did.
    """

    def __init__(self) -> None:
        self.ok = True
        self._head = bytearray()
        self._skip = 0
        self._partial = False
        self._tag: int | None = None

    @property
    def complete(self) -> bool:
        """Whether what was fed is a whole encrypted message."""
        return self.ok and self._tag == _SEIPD and not (self._skip or self._partial or self._head)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        at = 0
        while self.ok and at < len(data):
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
            else:
                self._head.append(data[at])
                at += 1
                self._read_head()

    def _read_head(self) -> None:
        """Read the packet's header, or a further length of it, once it is whole."""
        if not self._partial and len(self._head) == 1:
            self._read_tag(self._head[0])
            return
        length = self._head if self._partial else self._head[1:]
        if len(length) < _length_size(length[0]):
            return
        self._partial = 224 <= length[0] < 255
        self._skip = _length(length)
        self._head.clear()

    def _read_tag(self, first: int) -> None:
        # 0xC0: only the OpenPGP format has both bits; the legacy one has no lengths to trust.
        tag = first & 0x3F
        allowed = first & 0xC0 == 0xC0 and tag in (_PKESK, _SKESK, _SEIPD)
        self.ok = allowed and self._tag != _SEIPD
        self._tag = tag


def _length_size(first: int) -> int:
    if first < 192 or 224 <= first < 255:
        return 1
    return 2 if first < 224 else 5


def _length(data: bytearray) -> int:
    if data[0] < 192:
        return data[0]
    if data[0] < 224:
        return ((data[0] - 192) << 8) + data[1] + 192
    if data[0] < 255:
        return int(1 << (data[0] & 0x1F))
    return int.from_bytes(data[1:5], "big")


def is_encrypted_message(armored: memoryview) -> bool:
    """Say whether the text is one armored, encrypted OpenPGP message without a comment."""
    inside = _dearmored(armored)
    if inside is None:
        return False
    walk = PacketWalk()
    try:
        for piece in _decoded(inside):
            walk.feed(piece)
            if not walk.ok:
                return False
    except binascii.Error:
        return False
    return walk.complete


def _dearmored(armored: memoryview) -> memoryview | None:
    """Return the base64 between the armor lines, without the checksum."""
    end = len(armored)
    while end and armored[end - 1] in b"\r\n":
        end -= 1
    if armored[: len(_BEGIN)] != _BEGIN or armored[end - len(_END) : end] != _END:
        return None
    inside = armored[len(_BEGIN) : end - len(_END)]
    if bytes(inside[:2]) != b"\r\n":  # an armor header, such as Version: or Comment:
        return None
    return _without_checksum(inside)


def _without_checksum(inside: memoryview) -> memoryview:
    tail = bytes(inside[-9:])
    start = tail.rfind(b"\r\n=")
    # "=" and the four characters of a CRC-24, alone on the last line (RFC 9580 6.1).
    return inside[: len(inside) - len(tail) + start] if start >= 0 else inside


def _decoded(text: memoryview) -> Iterator[bytes]:
    rest, padded = b"", False
    for at in range(0, len(text), _SLICE):
        rest += bytes(text[at : at + _SLICE]).translate(None, b"\r\n")
        if rest and padded:
            raise binascii.Error("base64 after its padding")
        whole = len(rest) // 4 * 4
        yield binascii.a2b_base64(rest[:whole], strict_mode=True)
        padded = rest[:whole].endswith(b"=")
        rest = rest[whole:]
    if rest:
        raise binascii.Error("incomplete base64")

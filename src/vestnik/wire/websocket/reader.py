"""From the bytes of a client to its messages, as they come in."""

from __future__ import annotations

from codecs import getincrementaldecoder

from vestnik.errors import BadFrame
from vestnik.wire.limits import MAX_MESSAGE
from vestnik.wire.websocket.frame_head import FrameHead, read_frame_head
from vestnik.wire.websocket.frames import (
    Binary,
    CloseFrame,
    Incoming,
    Opcode,
    PingFrame,
    PongFrame,
    Text,
    is_close_code,
)

__all__ = ["FrameReader"]

_Decoder = getincrementaldecoder("utf-8")


class FrameReader:
    """Takes what a client sends, in pieces of any size, and gives its messages.

    What breaks the rules ends the list as a `BadFrame`, after the messages that came before it;
    from then on, as after a `CloseFrame`, everything is ignored. So nothing is lost, nothing has
    to be caught, and who is told twice is told once.

    Of an idle client nothing is kept. A frame is held until it is whole, but one that is against
    the rules, or makes its message too long, is known by its head. UTF-8 is checked fragment by
    fragment. A length may be spelled longer than it has to be: the rule against it binds senders,
    and breaking it harms nobody.

    Args:
        max_message: Bytes of the longest message, over all of its fragments.
    """

    __slots__ = ("_fragments", "_held", "_is_over", "_max_message")

    def __init__(self, max_message: int = MAX_MESSAGE) -> None:
        self._max_message = max_message
        self._held: bytearray | None = None
        self._fragments: _Fragments | None = None
        self._is_over = False

    def feed(self, data: bytes) -> list[Incoming]:
        """Take the next bytes and return what is complete with them."""
        if self._is_over:
            return []
        if self._held is None and self._fragments is None:
            text = self._one_small_text(data)
            if text is not None:
                return [Text(text)]
        found: list[Incoming] = []
        try:
            self._read(data, found)
        except BadFrame as error:
            self._end()
            found.append(error.with_traceback(None))
        return found

    def _one_small_text(self, data: bytes) -> bytes | None:
        """Read what nearly all reads consist of: one short text in one frame, and nothing else."""
        size = len(data) - 6
        if not 0 < size < 126 or data[0] != 0x81 or data[1] != 0x80 | size:
            return None
        text = unmasked(data[2:6], data[6:])
        return text if size <= self._max_message and _is_utf8(text) else None

    def _read(self, data: bytes | bytearray, found: list[Incoming]) -> None:
        if self._held is not None:
            self._held += data
            data = self._held
        at = 0
        while head := read_frame_head(data, at):
            self._check(head)
            end = head.start + head.size
            if end > len(data):
                break
            item = self._take(head, unmasked(head.mask, data[head.start : end]))
            at = end
            if item is not None:
                found.append(item)
            if isinstance(item, CloseFrame):
                self._end()
                return
        self._keep(data, at)

    def _keep(self, data: bytes | bytearray, at: int) -> None:
        """Hold what is not whole yet, and nothing if there is none."""
        if at == len(data):
            self._held = None
        elif self._held is None:
            self._held = bytearray(data[at:])
        else:
            del self._held[:at]

    def _check(self, head: FrameHead) -> None:
        """Refuse a frame that cannot come now, or is too long, before its payload is there."""
        if head.opcode >= Opcode.CLOSE:
            return
        before = self._fragments
        if head.opcode == Opcode.CONTINUATION and before is None:
            raise BadFrame(1002, "A continuation frame came, but nothing is to be continued.")
        if head.opcode != Opcode.CONTINUATION and before is not None:
            raise BadFrame(1002, "A new message came before the last one was complete.")
        if head.size + (len(before.data) if before else 0) > self._max_message:
            raise BadFrame(1009, f"A message may have at most {self._max_message} bytes.")

    def _take(self, head: FrameHead, payload: bytes) -> Incoming | None:
        match head.opcode:
            case Opcode.PING:
                return PingFrame(payload)
            case Opcode.PONG:
                return PongFrame(payload)
            case Opcode.CLOSE:
                return _close(payload)
        return self._take_data(head, payload)

    def _take_data(self, head: FrameHead, payload: bytes) -> Incoming | None:
        fragments = self._fragments
        if head.is_last and fragments is None:
            return _whole(head.opcode, payload)
        if fragments is None:
            fragments = _Fragments(head.opcode)
        fragments.add(payload, head.is_last)
        self._fragments = None if head.is_last else fragments
        return fragments.message() if head.is_last else None

    def _end(self) -> None:
        self._is_over = True
        self._held = self._fragments = None


class _Fragments:
    """A message as far as it has come."""

    __slots__ = ("_decoder", "data")

    def __init__(self, opcode: int) -> None:
        self.data = bytearray()
        self._decoder = _Decoder() if opcode == Opcode.TEXT else None

    def add(self, payload: bytes, is_last: bool) -> None:
        self.data += payload
        if self._decoder is None:
            return
        try:
            self._decoder.decode(payload, is_last)
        except UnicodeDecodeError:
            raise _not_utf8() from None

    def message(self) -> Text | Binary:
        data = bytes(self.data)
        return Binary(data) if self._decoder is None else Text(data)


def unmasked(mask: bytes, payload: bytes | bytearray) -> bytes:
    """Take the mask off a payload; as two large numbers this is one operation."""
    size = len(payload)
    masks = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(payload, "little") ^ masks).to_bytes(size, "little")


def _whole(opcode: int, payload: bytes) -> Text | Binary:
    if opcode == Opcode.BINARY:
        return Binary(payload)
    if not _is_utf8(payload):
        raise _not_utf8()
    return Text(payload)


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8() -> BadFrame:
    return BadFrame(1007, "A text message has to be UTF-8.")


def _close(payload: bytes) -> CloseFrame:
    if not payload:
        return CloseFrame(None)
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not is_close_code(code):
        raise BadFrame(1002, "A close frame needs a code that may be sent.")
    try:
        return CloseFrame(code, payload[2:].decode("utf-8"))
    except UnicodeDecodeError:
        raise BadFrame(1007, "The reason for closing has to be UTF-8.") from None

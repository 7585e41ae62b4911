"""WebSocket (RFC 6455) as a server speaks it, pure: bytes in, messages out, and back.

No subprotocol and no extension is ever agreed to: what clients offer, such as permessage-deflate,
is left out of the answer, and the reserved bits of every frame have to be 0.
"""

from vestnik.wire.websocket.frames import (
    PING_FRAME,
    Binary,
    CloseFrame,
    Incoming,
    Opcode,
    PingFrame,
    PongFrame,
    Text,
    encode_close,
    encode_frame,
    encode_pong,
)
from vestnik.wire.websocket.handshake import Upgrade, accept_response, read_upgrade, refuse
from vestnik.wire.websocket.head import MAX_HEAD, Headers
from vestnik.wire.websocket.reader import FrameReader

__all__ = [
    "MAX_HEAD",
    "PING_FRAME",
    "Binary",
    "CloseFrame",
    "FrameReader",
    "Headers",
    "Incoming",
    "Opcode",
    "PingFrame",
    "PongFrame",
    "Text",
    "Upgrade",
    "accept_response",
    "encode_close",
    "encode_frame",
    "encode_pong",
    "read_upgrade",
    "refuse",
]

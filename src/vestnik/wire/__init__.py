"""The notification protocol of the second seed, pure: what both of its ends say.

Nothing in here knows a socket, a clock or a loop.
"""

from vestnik.wire.dialects import Told, encode_body, name_of
from vestnik.wire.messages import (
    PING,
    PONG,
    Authenticate,
    ClientMessage,
    ErrorCode,
    Hello,
    Notify,
    Ping,
    Pong,
    Problem,
    Resume,
    ServerMessage,
    Unknown,
    decode_client_message,
    decode_server_message,
    encode_authenticate,
    encode_error,
    encode_hello,
    encode_notify,
    encode_resume,
)
from vestnik.wire.notification import NULL, Dialect, Notification, Position
from vestnik.wire.types import NOTIFY_TYPES, NotifyType, number_of

__all__ = [
    "NOTIFY_TYPES",
    "NULL",
    "PING",
    "PONG",
    "Authenticate",
    "ClientMessage",
    "Dialect",
    "ErrorCode",
    "Hello",
    "Notification",
    "Notify",
    "NotifyType",
    "Ping",
    "Pong",
    "Position",
    "Problem",
    "Resume",
    "ServerMessage",
    "Told",
    "Unknown",
    "decode_client_message",
    "decode_server_message",
    "encode_authenticate",
    "encode_body",
    "encode_error",
    "encode_hello",
    "encode_notify",
    "encode_resume",
    "name_of",
    "number_of",
]

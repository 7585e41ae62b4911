"""The notification protocol of the second seed, pure: what both of its ends say.

Nothing in here knows a socket, a clock or a loop. Beside what this package exports there are
`vestnik.wire.websocket` (frames and handshake), `vestnik.wire.signing` (signatures of webhooks),
`vestnik.wire.networks` (addresses), `vestnik.wire.attempts` (how often somebody may connect) and
`vestnik.wire.limits` (the numbers of the protocol).
"""

from vestnik.wire.codes import ErrorCode
from vestnik.wire.decoding import decode_client_message, decode_server_message
from vestnik.wire.dialects import Told, decode_body, encode_body
from vestnik.wire.encoding import (
    PING,
    PONG,
    encode_authenticate,
    encode_error,
    encode_hello,
    encode_notify,
    encode_resume,
    encode_rpc,
)
from vestnik.wire.messages import (
    Authenticate,
    ClientMessage,
    Hello,
    Notify,
    Ping,
    Pong,
    Problem,
    Resume,
    Rpc,
    RpcAnswer,
    ServerMessage,
    Unknown,
)
from vestnik.wire.notification import NULL, Dialect, Notification, Position, payload_of
from vestnik.wire.types import NOTIFY_TYPES, NotifyType, name_of, number_of

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
    "Rpc",
    "RpcAnswer",
    "ServerMessage",
    "Told",
    "Unknown",
    "decode_body",
    "decode_client_message",
    "decode_server_message",
    "encode_authenticate",
    "encode_body",
    "encode_error",
    "encode_hello",
    "encode_notify",
    "encode_resume",
    "encode_rpc",
    "name_of",
    "number_of",
    "payload_of",
]

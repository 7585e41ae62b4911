"""What one connection has said so far, and what that means; pure.

::

              auth, known              hello
    WAITING ───────────────► ENTERING ───────► IN
       ▲                         │
       └─────────────────────────┘
        wrong token, or the store fails

What `Session.receive` returns is done by the shell: bytes are written, an `Authenticate`, a
`Resume` or an `Rpc` is looked into, an `Ending` ends the connection. Rules of this file:

- Before it is in, a client has so many tries. A wrong token is one, and so is a message that nobody
  understands; pings, events of other protocols and binary frames cost nothing.
- Once it is in, nothing that it says is about its token any more: there is no code 6 after hello,
  since published clients end for good when they see one.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import msgspec

from vestnik.errors import BadFrame, BadMessage
from vestnik.wire import (
    PONG,
    Authenticate,
    ErrorCode,
    Hello,
    Ping,
    Resume,
    Rpc,
    Unknown,
    decode_client_message,
    encode_error,
    encode_hello,
)
from vestnik.wire.websocket import (
    Binary,
    CloseFrame,
    Incoming,
    PingFrame,
    PongFrame,
    Text,
    encode_frame,
    encode_pong,
)

__all__ = ["Action", "Ending", "Session", "Stage", "problem"]

_PONG = encode_frame(PONG)
_LONGEST_NAME = 40
_SAID_NOTHING = 1008


class Stage(IntEnum):
    """How far a connection is."""

    WAITING = 0
    """Nobody knows whose it is."""

    ENTERING = 1
    """Its token is good, and hello follows as soon as its stream is open."""

    IN = 2


class Ending(msgspec.Struct, frozen=True):
    """The connection is to end with a Close frame.

    Attributes:
        code: ``None`` echoes a Close without a code.
        last_words: What goes out before it.
        is_answer: The client said goodbye first.
        is_failure: What the client says cannot be understood any more.
    """

    code: int | None
    reason: str = ""
    last_words: bytes = b""
    is_answer: bool = False
    is_failure: bool = False


Action: TypeAlias = bytes | Authenticate | Resume | Rpc | Ending | None


def problem(code: ErrorCode, message: str) -> bytes:
    """Return the frame that tells a client what is wrong."""
    return encode_frame(encode_error(code, message))


class Session:
    """The conversation of one connection.

    Args:
        tries: How often the client may be wrong before it is in.
    """

    __slots__ = ("_tries", "stage", "wants_positions")

    def __init__(self, tries: int) -> None:
        self._tries = tries
        self.stage = Stage.WAITING
        self.wants_positions = False

    def receive(self, incoming: Incoming) -> Action:
        """Take what has come and return what is to be done about it."""
        match incoming:
            case Text(text):
                return self._hear(text)
            case PingFrame(payload):
                return encode_pong(payload)
            case PongFrame():
                return None
            case CloseFrame(code, reason):
                return Ending(code, reason, is_answer=True)
            case Binary():
                return problem(ErrorCode.BAD_REQUEST, "Messages are JSON in text frames.")
            case BadFrame():
                return Ending(incoming.close_code, incoming.reason, is_failure=True)

    def recognise(self, auth: Authenticate) -> None:
        """Note that the token is good; hello follows."""
        self.stage = Stage.ENTERING
        self.wants_positions = auth.wants_positions

    def enter(self, hello: Hello) -> bytes:
        """Let the client in, and return the frame that says so."""
        self.stage = Stage.IN
        return encode_frame(encode_hello(hello))

    def stay_out(self, code: ErrorCode, message: str, *, is_try: bool = True) -> Action:
        """Tell the client why it is not in; after too many tries that is the end."""
        self.stage = Stage.WAITING
        self._tries -= is_try
        frame = problem(code, message)
        if self._tries > 0:
            return frame
        return Ending(_SAID_NOTHING, "Too many tries to authenticate.", frame)

    def expire(self) -> Ending | None:
        """Say what follows when the time to authenticate is over."""
        if self.stage is not Stage.WAITING:
            return None
        return Ending(_SAID_NOTHING, "No authentication in time.")

    def _hear(self, text: bytes) -> Action:
        try:
            message = decode_client_message(text)
        except BadMessage as error:
            return self._not_understood(error)
        match message:
            case Ping():
                return _PONG
            case Authenticate():
                return self._authenticate(message)
            case Resume():
                return self._resume(message)
            case Rpc():
                return self._order(message)
            case Unknown(event):
                return problem(
                    ErrorCode.UNKNOWN_EVENT, f"There is no event {event[:_LONGEST_NAME]!r}."
                )

    def _not_understood(self, error: BadMessage) -> Action:
        if self.stage is Stage.WAITING:
            return self.stay_out(ErrorCode(error.code), error.reason)
        return problem(ErrorCode.BAD_REQUEST, error.reason)

    def _authenticate(self, auth: Authenticate) -> Action:
        if self.stage is Stage.WAITING:
            return auth
        return problem(
            ErrorCode.BAD_REQUEST,
            "This connection is authenticated: open another one for another token.",
        )

    def _resume(self, resume: Resume) -> Action:
        if self.stage is not Stage.IN:
            return problem(ErrorCode.BAD_REQUEST, "resume comes after hello: send auth first.")
        if not self.wants_positions:
            return problem(
                ErrorCode.BAD_REQUEST, 'To resume, authenticate with "resume": true for positions.'
            )
        return resume

    def _order(self, rpc: Rpc) -> Action:
        if self.stage is not Stage.IN:
            return problem(ErrorCode.BAD_REQUEST, "rpc comes after hello: send auth first.")
        return rpc

"""The one tree of errors that Vestnik raises.

::

    VestnikError                  one sentence for a person: what happened and what to do
    ├── BadInput                  what the caller gave cannot work (exit code 2)
    │   ├── BadAccountCode        not an account code or address that a core can log in with
    │   ├── BadBot                a mistake in the code of a bot, found before it runs
    │   ├── BadConfig             a setting of a program that cannot work, and where it stands
    │   ├── BadRequest            what was asked of a gateway makes no sense to it
    │   ├── NotFound              a gateway has no owner, resource, token or webhook of that id
    │   ├── Taken                 a gateway has something of that id already
    │   ├── TargetRefused         a webhook's address that a gateway will not send to
    │   ├── TooLarge              a file with more bytes than a gateway takes
    │   └── UnknownMethod         the core has no method of that name
    ├── CoreError                 something about the engine (exit code 1)
    │   ├── CoreNotFound          there is no engine binary to run
    │   ├── CoreTooOld            the engine is older than what this client was made for
    │   ├── CoreDied              the process is gone; every call that waited for it fails
    │   ├── CallFailed            the core answered a call with an error, in its own words
    │   │   ├── ConfigureFailed   it could not log in to the relay
    │   │   └── TransferFailed    a backup could not be written or read
    │   ├── JoinFailed            the other side of an invitation did not answer
    │   ├── CallTimedOut          the core did not answer in time
    │   └── UnexpectedAnswer      the core answered, but not with what its specification says
    ├── BotError                  something about a running bot (exit code 1)
    │   ├── LedgerFailed          the file that a bot remembers by cannot be used
    │   ├── OutboxClosed          nothing can be sent, because the bot is about to end
    │   ├── UnreadableData        what was remembered fits the bot's types no more
    │   └── TooManyJobs           no more jobs can be scheduled
    ├── GatewayError              something about the notification gateway (exit code 1)
    │   ├── NoRoom                there is no room for a file: the disk or a bot's share is full
    │   ├── NotAllowed            the token is unknown, or its scopes do not reach that far
    │   ├── Overloaded            too much waits to be stored; try again a little later
    │   └── StoreFailed           what the gateway remembers cannot be read or written
    ├── StreamError               something about a connection to a gateway (exit code 1)
    │   ├── AnswerLost            nobody knows whether an order was carried out
    │   ├── AuthenticationFailed  the gateway refuses the token
    │   ├── GatewayUnreachable    there is no connection to a gateway
    │   └── OrderFailed           the gateway answered an order with an error
    ├── ProtocolError             what came over the wire breaks its rules (exit code 1)
    │   ├── BadFrame              a WebSocket frame against RFC 6455
    │   ├── BadHandshake          a request that cannot become a WebSocket
    │   ├── BadMessage            a message that the notification protocol does not have
    │   └── BadSignature          a webhook that was not signed with our secret just now
    ├── RelayError                something about the embedded relay (exit code 1)
    │   └── StorageFailed         mail cannot be stored (disk full, folder not writable)
    └── AddressInUse              another program listens on the port (exit code 1)

An error of a lower layer (``OSError``, ``msgspec.DecodeError``) never leaves the room that
caused it: it is mapped to one of these where it happens.
"""

from __future__ import annotations

__all__ = [
    "AddressInUse",
    "AnswerLost",
    "AuthenticationFailed",
    "BadAccountCode",
    "BadBot",
    "BadConfig",
    "BadFrame",
    "BadHandshake",
    "BadInput",
    "BadMessage",
    "BadRequest",
    "BadSignature",
    "BotError",
    "CallFailed",
    "CallTimedOut",
    "ConfigureFailed",
    "CoreDied",
    "CoreError",
    "CoreNotFound",
    "CoreTooOld",
    "GatewayError",
    "GatewayUnreachable",
    "JoinFailed",
    "LedgerFailed",
    "NoRoom",
    "NotAllowed",
    "NotFound",
    "OrderFailed",
    "OutboxClosed",
    "Overloaded",
    "ProtocolError",
    "RelayError",
    "StorageFailed",
    "StoreFailed",
    "StreamError",
    "Taken",
    "TargetRefused",
    "TooLarge",
    "TooManyJobs",
    "TransferFailed",
    "UnexpectedAnswer",
    "UnknownMethod",
    "UnreadableData",
    "VestnikError",
]


class VestnikError(Exception):
    """Base of every error of ours; its text is one sentence that a person can act on."""

    exit_code = 1
    """What a command line that ends by this error returns to the shell."""


class BadInput(VestnikError):
    """What the caller gave cannot work; nothing was changed."""

    exit_code = 2


class BadAccountCode(BadInput):
    """The text is no account code or address that a core could log in with."""


class BadBot(BadInput):
    """The code of a bot cannot work: a wrong signature, a router included twice, a conflict."""


class BadConfig(BadInput):
    """A setting cannot work; the sentence says which, where it stands, and what would do."""


class BadRequest(BadInput):
    """What was asked of a gateway makes no sense to it."""


class NotFound(BadInput):
    """A gateway has nothing of that id, or the token does not reach it."""


class Taken(BadInput):
    """A gateway has something of that id already; ids are given once."""


class TargetRefused(BadInput):
    """A gateway does not send to that address, which is private or no address at all."""


class TooLarge(BadInput):
    """A file has more bytes than a gateway takes."""


class UnknownMethod(BadInput):
    """The core has no method of that name."""

    def __init__(self, method: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(method, suggestions)
        self.method = method
        self.suggestions = suggestions

    def __str__(self) -> str:
        hint = f"did you mean {' or '.join(self.suggestions)}? " if self.suggestions else ""
        return f"The core has no method {self.method!r}: {hint}`vestnik rpc --list` shows them all."


class CoreError(VestnikError):
    """Something about the engine."""


class CoreNotFound(CoreError):
    """There is no engine binary to run."""


class CoreTooOld(CoreError):
    """The engine is older than the one this client was made for."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(found, wanted)
        self.found = found
        self.wanted = wanted

    def __str__(self) -> str:
        return (
            f"The core is version {self.found}, but {self.wanted} or newer is needed: "
            "`pip install --upgrade deltachat-rpc-server` brings it."
        )


class CoreDied(CoreError):
    """The engine's process is gone, and with it every call that waited for its answer.

    Attributes:
        exit_status: What the process returned; negative is the signal that ended it, ``None``
            means that it still ran when its pipes were lost.
        stderr: The last lines it wrote, oldest first.
        advice: What to do about it, where the last lines tell.
    """

    def __init__(
        self, exit_status: int | None, stderr: tuple[str, ...] = (), advice: str = ""
    ) -> None:
        super().__init__(exit_status, stderr, advice)
        self.exit_status = exit_status
        self.stderr = stderr
        self.advice = advice

    def __str__(self) -> str:
        if self.advice:
            return self.advice
        last_words = f" Its last words: {self.stderr[-1]}" if self.stderr else ""
        return f"{self._how()}.{last_words}"

    def _how(self) -> str:
        if self.exit_status is None:
            return "The core closed its output"
        if self.exit_status < 0:
            return f"The core was ended by signal {-self.exit_status}"
        return f"The core ended with exit status {self.exit_status}"


class CallFailed(CoreError):
    """The core answered a call with an error.

    Attributes:
        method: The method that was called.
        code: The JSON-RPC error code; -1 is the core's own for everything it refuses itself.
        reason: The core's words.
    """

    def __init__(self, method: str, code: int, reason: str) -> None:
        super().__init__(method, code, reason)
        self.method = method
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"The core refused {self.method}: {_in_one_line(self.reason)}"


def _in_one_line(words: str) -> str:
    """Flatten the core's words for users, which come with headings and paragraphs."""
    return " ".join(words.removeprefix("Error:").split())


class ConfigureFailed(CallFailed):
    """The core could not log in to the relay with what it was given."""

    def __str__(self) -> str:
        return (
            f"The account could not be configured: {_in_one_line(self.reason)} "
            "Check the code or the password, and whether the relay can be reached."
        )


class TransferFailed(CallFailed):
    """The core could not write or read a backup."""

    def __str__(self) -> str:
        return f"The backup could not be transferred: {_in_one_line(self.reason)}"


class JoinFailed(CoreError):
    """The other side of an invitation did not answer."""


class CallTimedOut(CoreError):
    """The core did not answer within the deadline; it may still do what was asked."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(method, seconds)
        self.method = method
        self.seconds = seconds

    def __str__(self) -> str:
        return f"The core did not answer {self.method} within {self.seconds:g} s."


class UnexpectedAnswer(CoreError):
    """The core answered with something else than its specification says."""

    def __init__(self, method: str, problem: str, raw: bytes) -> None:
        super().__init__(method, problem, raw)
        self.method = method
        self.problem = problem
        self.raw = raw

    def __str__(self) -> str:
        return (
            f"The core's answer to {self.method} is not what its specification says: {self.problem}"
        )


class BotError(VestnikError):
    """Something about a running bot."""


class LedgerFailed(BotError):
    """The file by which a bot remembers what it did cannot be opened, read or written."""


class OutboxClosed(BotError):
    """Nothing can be sent because the bot is about to end; what was accepted is sent next time."""


class UnreadableData(BotError):
    """What was remembered of a conversation or a job fits the types of the bot no more."""


class TooManyJobs(BotError):
    """No more jobs can be scheduled."""


class GatewayError(VestnikError):
    """Something about the notification gateway."""


class NoRoom(GatewayError):
    """There is no room for a file: the disk is full, or what one bot may have is used up."""


class NotAllowed(GatewayError):
    """The token is unknown, or its scopes do not reach that far."""


class Overloaded(GatewayError):
    """Too much waits to be stored.

    Attributes:
        retry_after: Seconds after which it is worth another try.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"The gateway has too much to do: try again in {self.retry_after:g} s."


class StoreFailed(GatewayError):
    """What the gateway remembers cannot be opened, read or written."""


class StreamError(VestnikError):
    """Something about a connection to a gateway: notifications out, orders in."""


class AnswerLost(StreamError):
    """An order was said, and no answer came: nobody knows whether it was carried out.

    Attributes:
        method: What was ordered.
    """

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(method, reason)
        self.method = method
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"{self.reason} Nobody knows whether {self.method} was done: call it again, if it is "
            "one that does a thing once or has an idempotency key."
        )


class AuthenticationFailed(StreamError):
    """The gateway refuses the token: it is wrong, deleted or regenerated."""


class GatewayUnreachable(StreamError):
    """There is no connection to the gateway."""


class OrderFailed(StreamError):
    """The gateway answered an order with an error.

    Attributes:
        method: What was ordered.
        code: That of JSON-RPC, or the protocol's own where a gateway takes no orders.
        reason: The gateway's words.
    """

    def __init__(self, method: str, code: int, reason: str) -> None:
        super().__init__(method, code, reason)
        self.method = method
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"The gateway did not do {self.method} ({self.code}): {_in_one_line(self.reason)}"


class ProtocolError(VestnikError):
    """What came over the wire breaks its rules."""


class BadFrame(ProtocolError):
    """A WebSocket frame against RFC 6455.

    Attributes:
        close_code: What the connection is to be closed with (RFC 6455, 7.4.1).
    """

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(close_code, reason)
        self.close_code = close_code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class BadHandshake(ProtocolError):
    """A request that cannot become a WebSocket (RFC 6455, 4.2).

    Attributes:
        status: What the request is to be answered with.
        headers: Fields that belong to that answer.
    """

    def __init__(self, status: int, reason: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(status, reason, headers)
        self.status = status
        self.reason = reason
        self.headers = headers

    def __str__(self) -> str:
        return self.reason


class BadMessage(ProtocolError):
    """A message that the notification protocol does not have.

    Attributes:
        code: The protocol's own number for the problem, see `vestnik.wire.ErrorCode`.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class BadSignature(ProtocolError):
    """A webhook was not signed with our secret, or not just now."""


class RelayError(VestnikError):
    """Something about the embedded relay."""


class StorageFailed(RelayError):
    """Mail cannot be stored."""


class AddressInUse(VestnikError):
    """Another program listens on the address."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self.port = port

    def __str__(self) -> str:
        return (
            f"Port {self.port} on {self.host} is taken by another program: "
            "stop it or choose another port."
        )

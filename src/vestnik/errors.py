"""The one tree of errors that Vestnik raises.

::

    VestnikError                  one sentence for a person: what happened and what to do
    ├── BadInput                  what the caller gave cannot work (exit code 2)
    │   ├── BadAccountCode        not an account code or address that a core can log in with
    │   ├── BadBot                a mistake in the code of a bot, found before it runs
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
    └── RelayError                something about the embedded relay (exit code 1)
        ├── AddressInUse          another program listens on the port
        └── StorageFailed         mail cannot be stored (disk full, folder not writable)

An error of a lower layer (``OSError``, ``msgspec.DecodeError``) never leaves the room that
caused it: it is mapped to one of these where it happens.
"""

from __future__ import annotations

__all__ = [
    "AddressInUse",
    "BadAccountCode",
    "BadBot",
    "BadInput",
    "BotError",
    "CallFailed",
    "CallTimedOut",
    "ConfigureFailed",
    "CoreDied",
    "CoreError",
    "CoreNotFound",
    "CoreTooOld",
    "JoinFailed",
    "LedgerFailed",
    "OutboxClosed",
    "RelayError",
    "StorageFailed",
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


class RelayError(VestnikError):
    """Something about the embedded relay."""


class AddressInUse(RelayError):
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


class StorageFailed(RelayError):
    """Mail cannot be stored."""

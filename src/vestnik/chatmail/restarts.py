"""What a restart of the core needs to know: how long to pause, and whose I/O to start again."""

from __future__ import annotations

import msgspec

from vestnik.ids import AccountId

__all__ = ["Backoff", "IoWish"]


class Backoff(msgspec.Struct, frozen=True):
    """How long to pause before the next restart: doubling, capped, reset by a calm life.

    Attributes:
        first: Seconds before the first restart.
        cap: The longest pause.
        calm: A life of this many seconds ends the series.
    """

    first: float = 0.1
    cap: float = 30.0
    calm: float = 60.0

    def pause(self, failures: int) -> float:
        """Return the seconds to wait after `failures` deaths in a row, 1 being the first."""
        doublings = min(failures - 1, 64)
        return min(self.first * 2.0**doublings, self.cap)

    def failures(self, before: int, lived: float) -> int:
        """Count the death of a core that lived for `lived` seconds after `before` failures."""
        return 1 if lived >= self.calm else before + 1


# The core starts an account's I/O by itself at the end of its configuration.
_STARTING = (
    "start_io",
    "configure",
    "add_transport",
    "add_transport_from_qr",
    "add_or_update_transport",
    "init_transports",
)
_STOPPING = ("stop_io", "remove_account")
_FOR_ALL = ("start_io_for_all_accounts", "stop_io_for_all_accounts")
_ABOUT_IO = frozenset((*_STARTING, *_STOPPING, *_FOR_ALL))


class IoWish:
    """Whose I/O the user has asked to run, learnt from the calls that the core accepted."""

    def __init__(self) -> None:
        self._everybody = False
        self._exceptions: set[AccountId] = set()

    def wants(self, account_id: AccountId) -> bool:
        """Tell whether the account's I/O is to run."""
        return self._everybody != (account_id in self._exceptions)

    def note(self, method: str, params: tuple[object, ...]) -> None:
        """Take note of a call that succeeded."""
        if method not in _ABOUT_IO:
            return
        if method in _FOR_ALL:
            self._everybody = method == "start_io_for_all_accounts"
            self._exceptions.clear()
        else:
            self._note_one(AccountId(int(str(params[0]))), wanted=method in _STARTING)

    def _note_one(self, account_id: AccountId, *, wanted: bool) -> None:
        if wanted == self._everybody:
            self._exceptions.discard(account_id)
        else:
            self._exceptions.add(account_id)

"""What SQLite says, as a sentence that tells what to do."""

from __future__ import annotations

import sqlite3

from vestnik.errors import LedgerFailed

__all__ = ["is_of_the_file", "ledger_failed", "refused_by_system"]

_ADVICE = {
    "SQLITE_FULL": "the disk is full: free some space",
    "SQLITE_IOERR": "the disk refuses to read or write: check its free space and its health",
    "SQLITE_READONLY": "it may not be written: check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened: check that the folder exists and may be written",
    "SQLITE_PERM": "it may not be opened: check the permissions of the file and its folder",
    "SQLITE_NOTADB": "it is not a database: move it away, and the bot begins a new one",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup, or move it away to begin a new one",
    "SQLITE_BUSY": "another program uses it, perhaps the same bot: end that one first",
    "SQLITE_LOCKED": "another program uses it, perhaps the same bot: end that one first",
    "SQLITE_NOMEM": "there is no memory left: end something else or add some",
}


def is_of_the_file(error: BaseException) -> bool:
    """Tell whether it is the file's fault, and not that of the statement."""
    return isinstance(error, sqlite3.Error) and _advice(error) is not None


def ledger_failed(name: str, error: BaseException) -> LedgerFailed:
    """Say it in our words."""
    advice = _advice(error)
    if advice is None:
        return LedgerFailed(f"The bot cannot use its memory in {name}: {error}.")
    return LedgerFailed(f"The bot cannot use its memory in {name}: {advice}.")


def refused_by_system(name: str, error: OSError) -> LedgerFailed:
    """Say why the operating system does not let the file be made."""
    return LedgerFailed(
        f"The bot cannot keep its memory in {name} ({error.strerror}): "
        "choose a folder that you may write."
    )


def _advice(error: BaseException) -> str | None:
    code = getattr(error, "sqlite_errorname", "")
    return next((advice for prefix, advice in _ADVICE.items() if code.startswith(prefix)), None)

"""What SQLite says, as a sentence that tells what to do."""

from __future__ import annotations

import sqlite3

from vestnik.errors import LedgerFailed
from vestnik.storage import advice_on

__all__ = ["is_of_the_file", "ledger_failed", "refused_by_system"]


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
    return advice_on(error, "bot")

"""How our programs behave in a terminal: a clean end, errors as sentences, progress, accounts."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vestnik.terminal.accounts import (
        AccountsDir,
        Passphrase,
        Password,
        account_line,
        known_account,
    )
    from vestnik.terminal.logs import log_to_stderr, logger
    from vestnik.terminal.progress import showing_progress
    from vestnik.terminal.running import errors_as_sentences, run

__all__ = [
    "AccountsDir",
    "Passphrase",
    "Password",
    "account_line",
    "errors_as_sentences",
    "known_account",
    "log_to_stderr",
    "logger",
    "run",
    "showing_progress",
]

_HOMES = {
    "AccountsDir": "vestnik.terminal.accounts",
    "Passphrase": "vestnik.terminal.accounts",
    "Password": "vestnik.terminal.accounts",
    "account_line": "vestnik.terminal.accounts",
    "errors_as_sentences": "vestnik.terminal.running",
    "known_account": "vestnik.terminal.accounts",
    "log_to_stderr": "vestnik.terminal.logs",
    "logger": "vestnik.terminal.logs",
    "run": "vestnik.terminal.running",
    "showing_progress": "vestnik.terminal.progress",
}


def __getattr__(name: str) -> object:
    """Bring in what is asked for: most commands need no core, no log and no bar."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    globals()[name] = found
    return found

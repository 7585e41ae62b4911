"""How our programs behave in a terminal: a clean end, errors as sentences, progress, accounts."""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

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
    "AccountsDir": "accounts",
    "Passphrase": "accounts",
    "Password": "accounts",
    "account_line": "accounts",
    "errors_as_sentences": "running",
    "known_account": "accounts",
    "log_to_stderr": "logs",
    "logger": "logs",
    "run": "running",
    "showing_progress": "progress",
}

# Most commands need no core, no log and no bar.
__getattr__ = brought_in(__name__, _HOMES)

"""How our programs behave in a terminal: a clean end, errors as sentences, progress, accounts."""

from vestnik.terminal.accounts import AccountsDir, Passphrase, Password, account_line, known_account
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

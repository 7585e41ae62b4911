"""What SQLite says, as advice that tells what to do."""

from __future__ import annotations

__all__ = ["advice_on"]

_ADVICE = {
    "SQLITE_FULL": "the disk is full: free some space",
    "SQLITE_IOERR": "the disk refuses to read or write: check its free space and its health",
    "SQLITE_READONLY": "it may not be written: check the permissions of the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened: check that the folder exists and may be written",
    "SQLITE_PERM": "it may not be opened: check the permissions of the file and its folder",
    "SQLITE_NOTADB": "it is not a database: move it away, and the {program} begins a new one",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup, or move it away to begin a new one",
    "SQLITE_BUSY": "another program uses it, perhaps the same {program}: end that one first",
    "SQLITE_LOCKED": "another program uses it, perhaps the same {program}: end that one first",
    "SQLITE_NOMEM": "there is no memory left: end something else or add some",
}


def advice_on(error: BaseException, program: str) -> str | None:
    """Say what to do about an error, or return ``None`` if it is not the fault of the file.

    Args:
        error: What `sqlite3` raised.
        program: What the user calls the program that keeps the file, such as ``bot``.
    """
    code = getattr(error, "sqlite_errorname", "")
    found = (advice for prefix, advice in _ADVICE.items() if code.startswith(prefix))
    advice = next(found, None)
    return None if advice is None else advice.format(program=program)

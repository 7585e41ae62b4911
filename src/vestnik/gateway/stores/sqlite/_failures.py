"""What goes wrong with the file, as a sentence that tells what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Error as SqliteError

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from vestnik.errors import StoreFailed
from vestnik.storage import advice_on

__all__ = ["explained", "in_use", "not_open"]


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Let what SQLite, SQLAlchemy and the system say about the file leave as `StoreFailed`."""
    try:
        yield
    except (SQLAlchemyError, SqliteError) as error:
        raise _store_failed(path, error) from error
    except OSError as error:
        raise StoreFailed(
            f"The gateway cannot keep its data in {path} ({error.strerror or error}): "
            "choose a folder that you may write."
        ) from error


def in_use(path: Path) -> StoreFailed:
    """Say that somebody else has it."""
    return StoreFailed(
        f"The gateway's data in {path} is in use by another process: "
        "end that one first, or choose another folder."
    )


def not_open(path: Path) -> StoreFailed:
    """Say that nobody has opened it, or somebody has closed it."""
    return StoreFailed(f"The gateway's data in {path} is not open.")


def _store_failed(path: Path, error: Exception) -> StoreFailed:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return StoreFailed(
        f"The gateway cannot use its data in {path}: {advice_on(cause, 'gateway') or cause}."
    )

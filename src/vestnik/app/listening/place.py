"""The last place in a file, so that the next run goes on from there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vestnik.errors import BadInput
from vestnik.sdk import Position

__all__ = ["PlaceFile"]


class PlaceFile:
    """Keeps one position; the file is whole at every moment.

    Args:
        path: Where; its folder must be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: Position | None = None

    def read(self) -> Position | None:
        """Return what an earlier run has kept, or ``None``.

        Raises:
            BadInput: The file holds something else, or cannot be read.
        """
        try:
            self._kept = msgspec.json.decode(self._path.read_bytes(), type=Position)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            raise BadInput(f"{self._path} holds no position: delete it to begin anew.") from None
        except OSError as error:
            raise self._told(error, "read") from error
        return self._kept

    def keep(self, position: Position | None) -> None:
        """Write a position, if it is another one.

        Raises:
            BadInput: The file cannot be written.
        """
        if position is None or position == self._kept:
            return
        draft = self._path.with_name(f"{self._path.name}.new")
        try:
            draft.write_bytes(msgspec.json.encode(position))
            draft.replace(self._path)
        except OSError as error:
            raise self._told(error, "written") from error
        self._kept = position

    def _told(self, error: OSError, done: str) -> BadInput:
        return BadInput(f"{self._path} cannot be {done} ({error.strerror}): choose another file.")

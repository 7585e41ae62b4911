"""The stores of this repository, ready to be put to the checks."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

from vestnik.gateway.ports import Store
from vestnik.gateway.stores import MemoryStore, SqliteStore
from vestnik.testing import FakeClock


class MemoryBench:
    """Stores that forget."""

    is_persistent = False
    is_shared = True

    def __init__(self) -> None:
        self.clock = FakeClock()

    def store(self) -> Store:
        return MemoryStore(self.clock)

    def after_crash(self, store: Store) -> Store:
        raise NotImplementedError

    def backup_path(self) -> Path:
        raise NotImplementedError

    def of_backup(self, path: Path) -> Store:
        raise NotImplementedError


class SqliteBench:
    """Stores in a folder."""

    is_persistent = True
    is_shared = False

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.clock = FakeClock()
        self.path = folder / "gateway.db"
        self._durable = durable
        self._numbers = itertools.count()

    def store(self) -> SqliteStore:
        return SqliteStore(self.path, durable=self._durable, clock=self.clock)

    def after_crash(self, store: Store) -> SqliteStore:
        """Copy the files as they are now, without the lock that dies with the process."""
        folder = self.path.parent / f"crash-{next(self._numbers)}"
        folder.mkdir()
        for end in ("", "-wal"):
            name = self.path.name + end
            shutil.copy(self.path.with_name(name), folder / name)
        return SqliteStore(folder / self.path.name, clock=self.clock)

    def backup_path(self) -> Path:
        return self.path.parent / "backup.db"

    def of_backup(self, path: Path) -> SqliteStore:
        return SqliteStore(path, clock=self.clock)

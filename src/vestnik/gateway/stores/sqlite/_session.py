"""All that is there between opening the file and closing it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection

from vestnik.gateway.stores.sqlite._checkpoints import Checkpoints, truncate
from vestnik.gateway.stores.sqlite._failures import explained
from vestnik.gateway.stores.sqlite._migrating import migrate
from vestnik.gateway.stores.sqlite._numbers import Numbers, make_epoch
from vestnik.gateway.stores.sqlite._opening import (
    Lock,
    connect_reader,
    connect_writer,
    make_private,
)
from vestnik.gateway.stores.sqlite._threads import Threads

__all__ = ["Session"]

READERS = 3


class Session:
    """The connections, their threads, and what is known without asking."""

    def __init__(self, writer: Threads, readers: Threads, numbers: Numbers) -> None:
        self.writer = writer
        self.readers = readers
        self.numbers = numbers
        self._closing = ExitStack()

    @classmethod
    def open(cls, path: Path, durable: bool) -> Session:
        """Open the file; this waits for the disk.

        Raises:
            StoreFailed: Another process has it, it is damaged, too new or cannot be written.
        """
        with explained(path), ExitStack() as stack:
            lock = Lock(path)
            lock.take()
            stack.callback(lock.release)
            make_private(path)
            session = cls._connect(path, durable, stack)
            session._closing = stack.pop_all()
        return session

    @classmethod
    def _connect(cls, path: Path, durable: bool, stack: ExitStack) -> Session:
        """Make the connections; they are closed in the opposite order."""
        first = _kept(connect_writer(path, durable=durable), stack)
        stack.callback(truncate, first)
        numbers = _prepare(first, path)
        readers = [_kept(connect_reader(path), stack) for _ in range(READERS)]
        aside = _kept(connect_writer(path, durable=durable), stack)
        writer = Threads("vestnik-writer", [first], path)
        stack.callback(writer.close)
        reading = Threads("vestnik-reader", readers, path)
        stack.callback(reading.close)
        checkpoints = Checkpoints(path, aside, writer.submit)
        writer.after = checkpoints.note
        checkpoints.start()
        stack.callback(checkpoints.stop)
        return cls(writer, reading, numbers)

    def close(self) -> None:
        """Do what was asked for and close everything; this waits for the disk."""
        self._closing.close()


def _prepare(connection: Connection, path: Path) -> Numbers:
    with connection.begin():
        migrate(connection, path)
        make_epoch(connection)
    with connection.begin():
        numbers = Numbers(connection)
    truncate(connection)
    return numbers


def _kept(connection: Connection, stack: ExitStack) -> Connection:
    stack.callback(connection.engine.dispose)
    stack.callback(connection.close)
    return connection

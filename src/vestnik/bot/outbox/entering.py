"""From a call to a row: a message comes into an outbox.

Its turn is decided before anything is waited for, so that messages go in the order of the calls.
"""

from __future__ import annotations

import asyncio

from vestnik.bot.outbox.files import WaitingFiles
from vestnik.bot.outbox.outgoing import Existing, Outgoing
from vestnik.bot.outbox.queue import OutgoingRows
from vestnik.bot.outbox.traffic import Traffic
from vestnik.chatmail.types import MessageData
from vestnik.errors import BotError

__all__ = ["Entrance"]


class Entrance:
    """Gives messages their turn, their file and their row."""

    def __init__(self, rows: OutgoingRows, files: WaitingFiles, traffic: Traffic) -> None:
        self._rows = rows
        self._files = files
        self._traffic = traffic

    async def admit(self, item: Outgoing, data: MessageData) -> None:
        """Take a message in; `item.stored` tells when no crash can undo that.

        Raises:
            BadInput: The file cannot be read.
        """
        self._traffic.admit(item)
        if data.file is None:
            item.stored = self._store(item, data)
        else:
            await self._store_with_file(item, data)

    def _store(self, item: Outgoing, data: MessageData) -> asyncio.Future[Existing | None]:
        floor = self._traffic.way(item.account_id).floor
        item.data = data
        item.is_given = item.has_begun and floor > 0
        return self._rows.store(item, data, floor)

    async def _store_with_file(self, item: Outgoing, data: MessageData) -> None:
        item.stored = stored = asyncio.get_running_loop().create_future()
        try:
            copied = await self._files.keep(item.row, data)
        except BaseException as problem:
            # Nobody waits for it any more, but its turn will come.
            item.accepted = None
            stored.set_exception(BotError(f"The message was withdrawn: {problem}"))
            stored.exception()
            raise
        self._store(item, copied).add_done_callback(lambda row: _pass_on(row, stored))


def _pass_on(
    source: asyncio.Future[Existing | None], target: asyncio.Future[Existing | None]
) -> None:
    problem = source.exception()
    if target.done():
        return  # who waited for it was cancelled
    if problem is None:
        target.set_result(source.result())
    else:
        target.set_exception(problem)

"""The turn of a message: from its row to the core, and to the end of it all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from vestnik.bot.outbox.files import WaitingFiles
from vestnik.bot.outbox.outgoing import Existing, Outgoing
from vestnik.bot.outbox.queue import OutgoingRows
from vestnik.bot.outbox.sender import Sender
from vestnik.bot.outbox.traffic import Traffic
from vestnik.errors import CoreError, VestnikError
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Carrier", "OnRefused"]

OnRefused = Callable[[AccountId, ChatId, CoreError], None]

log = logging.getLogger("vestnik.bot")


class Carrier:
    """Carries messages whose turn has come."""

    def __init__(
        self,
        rows: OutgoingRows,
        files: WaitingFiles,
        traffic: Traffic,
        sender: Sender,
        on_refused: OnRefused | None,
    ) -> None:
        self._rows = rows
        self._files = files
        self._traffic = traffic
        self._sender = sender
        self._on_refused = on_refused

    async def carry(self, item: Outgoing) -> None:
        """Bring a message whose turn has come to its end."""
        try:
            existing = await self._existing(item)
        except VestnikError as problem:
            self._traffic.end(item, problem, was_sent=False)
            return
        if existing is not None:
            self._follow(item, existing)
        else:
            await self._send(item)
        if item.data is not None and item.data.file is not None:
            await self._files.drop(item.data)

    async def _existing(self, item: Outgoing) -> Existing | None:
        """Wait for the row, and return the one that has the same key already."""
        if item.stored is None:
            return None
        existing = await (asyncio.shield(item.stored) if item.accepted is None else item.stored)
        while existing is not None and not self._is_known(existing):
            # It has ended since; if the core refused it, there is no such row now.
            assert item.data is not None
            existing = await self._rows.store(item, item.data, self._floor(item))
        return existing

    def _is_known(self, existing: Existing) -> bool:
        return existing.message_id is not None or existing.row in self._traffic.waiting

    def _follow(self, item: Outgoing, existing: Existing) -> None:
        """Let a message end as the one of the same key has ended, or will."""
        if existing.message_id is not None:
            self._traffic.end(item, existing.message_id, was_sent=False)
        else:
            self._traffic.waiting[existing.row].followers.append(item)
            self._traffic.part(item, None)

    async def _send(self, item: Outgoing) -> None:
        try:
            message_id = await self._sender.send(item, self._floor(item))
        except CoreError as refusal:
            await self._rows.remove(item)
            self._report(item, refusal)
            self._traffic.end(item, refusal, was_sent=False)
            return
        recorded = self._rows.sent(item, message_id)
        # The caller need not wait: were this lost, it would be found out again.
        self._traffic.end(item, message_id, was_sent=True)
        await recorded

    def _report(self, item: Outgoing, refusal: CoreError) -> None:
        if item.accepted is not None:
            return
        log.warning("a message to chat %d was refused: %s", item.chat_id, refusal)
        if self._on_refused is not None:
            self._on_refused(item.account_id, item.chat_id, refusal)

    def _floor(self, item: Outgoing) -> MessageId:
        return self._traffic.way(item.account_id).floor

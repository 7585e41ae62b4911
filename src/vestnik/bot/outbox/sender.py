"""What happens to a message in its turn: given to the core, and the answer heard or found out."""

from __future__ import annotations

from vestnik.bot.outbox.lives import REFUSALS, Lives, is_busy
from vestnik.bot.outbox.outgoing import Outgoing
from vestnik.bot.outbox.queue import OutgoingRows
from vestnik.bot.outbox.reconcile import find_sent, last_message
from vestnik.bot.outbox.turns import Rank
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.errors import CallFailed, CallTimedOut, CoreDied
from vestnik.ids import MessageId

__all__ = ["Sender"]

SEND_SECONDS = 300.0
"""How long the core may take for a message; a large file on a slow disk takes its time."""


class Sender:
    """Gives messages to the core, over as many of its lives as it takes."""

    def __init__(self, core: Core, rows: OutgoingRows, lives: Lives) -> None:
        self._core = core
        self._rows = rows
        self._lives = lives

    async def send(self, item: Outgoing, floor: MessageId) -> MessageId:
        """Return what a message became, whichever life of the core or the bot gave it away.

        Args:
            item: The message; its turn has come.
            floor: The greatest known id of a message of the account; 0 while none is known.

        Raises:
            CoreError: The core refuses it for good.
        """
        if item.rank is Rank.IN_DOUBT:
            found = await self._find(item)
            if found is not None:
                return found
        return await self._give(item, await self._marked(item, floor))

    async def _marked(self, item: Outgoing, floor: MessageId) -> MessageData:
        """Let the row say that the core may have the message from now on."""
        if not item.is_given or item.data is None:
            item.data = await self._rows.give(item, floor or await self._last_message(item))
            item.is_given = True
        return item.data

    async def _give(self, item: Outgoing, data: MessageData) -> MessageId:
        refusals = 0
        while True:
            life = self._lives.count
            try:
                return await self._core.send_msg(
                    item.account_id, item.chat_id, data, timeout=SEND_SECONDS
                )
            except (CoreDied, CallTimedOut) as silence:
                await self._lives.after(life, silence)
            except CallFailed as refusal:
                refusals += 1
                if refusals == REFUSALS or not is_busy(refusal):
                    raise
                await self._lives.pause(refusals)
            found = await self._find(item)
            if found is not None:
                return found

    async def _find(self, item: Outgoing) -> MessageId | None:
        doubt = await self._rows.doubt(item)
        item.data = doubt.data
        return await self._lives.ask(
            lambda: find_sent(self._core, item.account_id, item.chat_id, doubt)
        )

    async def _last_message(self, item: Outgoing) -> MessageId:
        """Ask what is in the chat, before the first message of an account that we know of."""
        return await self._lives.ask(
            lambda: last_message(self._core, item.account_id, item.chat_id)
        )

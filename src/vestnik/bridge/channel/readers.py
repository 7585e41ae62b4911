"""One task for each chat in which something is due, so that none waits for another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from vestnik.errors import VestnikError
from vestnik.ids import ChatId

__all__ = ["Readers"]

log = logging.getLogger("vestnik.bridge")


class Readers:
    """Tends chats, each one by at most one task at a time; there are no more tasks than chats.

    Args:
        tend: Does all that is due in a chat.
        tasks: Where the tasks have their parent.
    """

    def __init__(self, tend: Callable[[ChatId], Awaitable[None]], tasks: asyncio.TaskGroup) -> None:
        self._tend = tend
        self._tasks = tasks
        self._busy: set[ChatId] = set()
        self._again: set[ChatId] = set()
        self._is_open = True

    def close(self) -> None:
        """Begin nothing more."""
        self._is_open = False
        self._again.clear()

    def look_at(self, chat: ChatId) -> None:
        """Do what is due in a chat; soon once more, if that is being done just now."""
        if not self._is_open:
            return
        if chat in self._busy:
            self._again.add(chat)
            return
        self._busy.add(chat)
        self._tasks.create_task(self._run(chat), name=f"channel chat {chat}")

    async def _run(self, chat: ChatId) -> None:
        try:
            await self._try(chat)
            while chat in self._again:
                self._again.discard(chat)
                await self._try(chat)
        finally:
            self._busy.discard(chat)

    async def _try(self, chat: ChatId) -> None:
        try:
            await self._tend(chat)
        except VestnikError as error:
            log.warning("Chat %d could not be told, which is tried again: %s", chat, error)
        except Exception:
            # A mistake with one chat must not silence the others.
            log.exception("A mistake with chat %d, which is looked at again later.", chat)

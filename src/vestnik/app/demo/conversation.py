"""A user talks to a bot that echoes, and counts what comes back."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from vestnik.app.demo.stage import Actor
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import Message, MessageData
from vestnik.ids import ChatId

__all__ = ["Conversation", "Reply"]

REPLY_SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """What came back for one message."""

    text: str
    seconds: float
    encrypted: bool


class Conversation:
    """Sends messages into a chat and matches the echoes to them by their text."""

    def __init__(self, user: Actor, chat_id: ChatId) -> None:
        self._user = user
        self._chat_id = chat_id
        self._waiting: defaultdict[str, deque[asyncio.Future[Message]]] = defaultdict(deque)
        self.sent = 0
        self.duplicates = 0
        self.round_trips: list[float] = []

    async def listen(self) -> None:
        """Take the echoes, until cancelled; has to run for `say` to get its answers."""
        async with self._user.core.events(self._user.account_id) as events:
            async for event in events:
                incoming = event.payload
                if isinstance(incoming, IncomingMsg) and incoming.chat_id == self._chat_id:
                    await self._take(incoming)

    async def say(self, text: str) -> Reply | None:
        """Send a text and wait for its echo; ``None`` if none came within `REPLY_SECONDS`."""
        loop = asyncio.get_running_loop()
        echo: asyncio.Future[Message] = loop.create_future()
        self._waiting[text].append(echo)
        self.sent += 1
        # Not the loop's clock: uvloop's ticks in whole milliseconds.
        started = time.perf_counter()
        message = MessageData(text=text)
        await self._user.core.send_msg(self._user.account_id, self._chat_id, message)
        try:
            answer = await asyncio.wait_for(echo, REPLY_SECONDS)
        except TimeoutError:
            return None
        reply = Reply(answer.text, time.perf_counter() - started, answer.show_padlock)
        self.round_trips.append(reply.seconds)
        return reply

    async def _take(self, incoming: IncomingMsg) -> None:
        message = await self._user.core.get_message(self._user.account_id, incoming.msg_id)
        if message.is_info:
            return
        waiting = self._waiting[message.text]
        if not waiting:
            self.duplicates += 1
        elif not (echo := waiting.popleft()).done():
            echo.set_result(message)

"""Somebody who sees everything that happens to an account, and can be asked afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from vestnik.chatmail import Event
from vestnik.chatmail.events import Error, IncomingMsg, Warning
from vestnik.chatmail.types import Message, MessageData
from vestnik.ids import ChatId, MessageId
from vestnik.testing.live import LiveAccount

SECONDS = 60.0


@dataclass
class Witness:
    """Keeps the events of an account and fetches its messages."""

    account: LiveAccount
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def warnings(self) -> list[str]:
        payloads = [event.payload for event in self.events]
        return [payload.msg for payload in payloads if isinstance(payload, Warning | Error)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def until_text(self, text: str) -> None:
        await self.until(lambda: text in self.texts)

    async def until_event(self, kind: type[object]) -> None:
        await self.until(lambda: any(isinstance(e.payload, kind) for e in self.events))

    async def send(self, chat_id: ChatId, text: str) -> MessageId:
        return await self.account.core.send_msg(self.account.id, chat_id, MessageData(text=text))

    async def watch(self) -> None:
        async with self.account.core.events(self.account.id) as events:
            async for event in events:
                self.events.append(event)
                if isinstance(event.payload, IncomingMsg):
                    await self._fetch(event.payload.msg_id)
                self._news.set()

    async def _fetch(self, message_id: MessageId) -> None:
        message = await self.account.core.get_message(self.account.id, message_id)
        if not message.is_info:
            self.messages.append(message)


@asynccontextmanager
async def witnessing(*accounts: LiveAccount) -> AsyncIterator[list[Witness]]:
    """Watch accounts for as long as the block runs."""
    witnesses = [Witness(account) for account in accounts]
    tasks = [asyncio.create_task(witness.watch()) for witness in witnesses]
    await asyncio.sleep(0)
    try:
        yield witnesses
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

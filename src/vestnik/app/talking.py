"""A person in a terminal who talks to a bot: a throwaway account that scans the bot's code."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from vestnik.chatmail import Core, EventStream, Login, add_account, join_by_code, open_core
from vestnik.chatmail.accounts import OnProgress
from vestnik.chatmail.events import IncomingMsg, MsgFailed
from vestnik.chatmail.types import Message, MessageData
from vestnik.ids import AccountId, ChatId

__all__ = ["Listener", "Talk", "talking"]


class Listener(Protocol):
    """Who is shown what is said."""

    def heard(self, message: Message) -> None:
        """See what the bot says."""

    def failed(self, reason: str) -> None:
        """See that a message could not be sent."""


class Talk:
    """A chat between a person and a bot."""

    def __init__(self, core: Core, account_id: AccountId, chat_id: ChatId) -> None:
        self._core = core
        self._account_id = account_id
        self._chat_id = chat_id
        self._heard = asyncio.Event()
        self.said = 0
        self.heard = 0

    async def say(self, lines: AsyncIterable[str]) -> None:
        """Send line after line until there are no more."""
        async for line in lines:
            await self._core.send_msg(self._account_id, self._chat_id, MessageData(text=line))
            self.said += 1

    async def listen(self, listener: Listener) -> None:
        """Tell what comes, until cancelled."""
        async with self._core.events(self._account_id) as events:
            await self._listen(events, listener)

    async def answered(self, seconds: float) -> bool:
        """Wait until as much was heard as said; tell whether that happened in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.heard < self.said:
                    self._heard.clear()
                    await self._heard.wait()
        return self.heard >= self.said

    async def _listen(self, events: EventStream, listener: Listener) -> None:
        async for event in events:
            payload = event.payload
            if isinstance(payload, IncomingMsg):
                message = await self._core.get_message(self._account_id, payload.msg_id)
                if not message.is_info:
                    listener.heard(message)
                    self.heard += 1
                    self._heard.set()
            elif isinstance(payload, MsgFailed):
                message = await self._core.get_message(self._account_id, payload.msg_id)
                listener.failed(message.error or "the relay did not take it")


@asynccontextmanager
async def talking(
    invite: str,
    login: Login,
    *,
    name: str,
    on_progress: OnProgress,
    on_step: Callable[[str], None],
) -> AsyncIterator[Talk]:
    """Make an account that is forgotten afterwards, and scan a bot's code with it.

    Args:
        invite: The bot's invite link.
        login: Where the account is made.
        on_progress: Told how far the login has come.
        on_step: Told what has been done.

    Raises:
        ConfigureFailed: The account could not be made.
        CallFailed: It is no invite link.
        JoinFailed: The bot did not answer.
    """
    with tempfile.TemporaryDirectory(prefix="vestnik-talk-") as directory:
        async with open_core(Path(directory) / "accounts") as core:
            account_id = await add_account(
                core, login, bot=False, name=name, on_progress=on_progress
            )
            await core.start_io(account_id)
            on_step(f"you are {await core.get_config(account_id, 'configured_addr')}")
            chat_id = await join_by_code(core, account_id, invite)
            on_step("the bot's code is scanned, and both sides are verified")
            yield Talk(core, account_id, chat_id)

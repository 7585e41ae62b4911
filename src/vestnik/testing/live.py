"""Accounts of real cores on a relay in this process, and how they come to know each other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from vestnik.chatmail import AccountCode, Core, EventStream, add_account, join_by_code
from vestnik.chatmail.events import SecurejoinInviterProgress
from vestnik.errors import CoreDied
from vestnik.ids import AccountId, ChatId
from vestnik.relay import Relay

__all__ = ["LiveAccount", "add_live_account", "introduce"]

JOINED = 1000
"""The progress of a SecureJoin that is done."""


@dataclass(frozen=True)
class LiveAccount:
    """A configured account of a real core, online.

    Attributes:
        core: The core that has it.
        id: Its id there.
        address: Its mail address on the relay.
    """

    core: Core
    id: AccountId
    address: str


async def add_live_account(
    core: Core, relay: Relay, *, bot: bool = False, name: str = ""
) -> LiveAccount:
    """Add an account to a core, log it in to a relay and start its I/O.

    Args:
        core: Where to add it.
        relay: Where its mailbox is made.
        bot: Whether a program uses it.
        name: The name that others see.

    Raises:
        ConfigureFailed: The core could not log in; its words say why.
    """
    credentials = relay.new_account()
    login = AccountCode(credentials.login_code)
    account_id = await add_account(core, login, bot=bot, name=name)
    await core.start_io(account_id)
    return LiveAccount(core, account_id, credentials.address)


async def introduce(
    inviter: LiveAccount, joiner: LiveAccount, *, seconds: float = 30.0
) -> tuple[ChatId, ChatId]:
    """Let `joiner` scan the code of `inviter`, so that they can write to each other encrypted.

    Returns:
        The chat with the joiner as the inviter has it, and the chat with the inviter as the
        joiner has it.

    Raises:
        JoinFailed: They did not finish within `seconds`.
    """
    async with inviter.core.events(inviter.id) as events:
        code = await inviter.core.get_chat_securejoin_qr_code(inviter.id, None)
        joiners_chat = await join_by_code(joiner.core, joiner.id, code, seconds=seconds)
        # The joiner is done only after the inviter was, so this event is at most on its way.
        async with asyncio.timeout(seconds):
            return await _joined(events), joiners_chat


async def _joined(events: EventStream) -> ChatId:
    async for event in events:
        payload = event.payload
        if isinstance(payload, SecurejoinInviterProgress) and payload.progress == JOINED:
            return payload.chat_id
    raise CoreDied(0)

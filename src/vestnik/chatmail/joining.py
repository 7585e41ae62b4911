"""SecureJoin to its end: scan a code, and wait until both sides are verified to each other."""

from __future__ import annotations

import asyncio

from vestnik.chatmail.core import Core
from vestnik.chatmail.events import SecurejoinJoinerProgress
from vestnik.chatmail.hub import EventStream
from vestnik.errors import JoinFailed
from vestnik.ids import AccountId, ChatId

__all__ = ["join_by_code"]

JOIN_SECONDS = 60.0
VERIFIED = 1000


async def join_by_code(
    core: Core, account_id: AccountId, code: str, *, seconds: float = JOIN_SECONDS
) -> ChatId:
    """Join the contact, group or channel whose invite code or link is given.

    Returns:
        The chat that was joined.

    Raises:
        CallFailed: The code cannot be joined.
        JoinFailed: The other side did not answer within `seconds`; it may still do so.
    """
    async with core.events(account_id) as events:
        chat_id = await core.secure_join(account_id, code)
        try:
            await asyncio.wait_for(_verified(events), seconds)
        except TimeoutError:
            raise JoinFailed(
                f"The other side did not answer the invitation within {seconds:g} s: "
                "is it online, and are both relays reachable?"
            ) from None
    return chat_id


async def _verified(events: EventStream) -> None:
    async for event in events:
        payload = event.payload
        if isinstance(payload, SecurejoinJoinerProgress) and payload.progress == VERIFIED:
            return

"""Somebody calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from vestnik.bot.contexts.base import SenderContext
from vestnik.bot.happening import Happening
from vestnik.bot.objects.contact import Contact
from vestnik.chatmail import types
from vestnik.ids import MessageId

__all__ = ["Call", "CallStage"]


class CallStage(StrEnum):
    """How far a call is."""

    RINGING = "ringing"
    """Somebody calls the account."""
    TAKEN = "taken"
    """The account has taken a call, on this device or on another."""
    ANSWERED = "answered"
    """Somebody has taken a call of the account."""
    ENDED = "ended"
    """It is over: hung up, declined, or nobody took it."""


@dataclass(eq=False, repr=False, kw_only=True)
class Call(SenderContext):
    """A call has come to another stage.

    Attributes:
        stage: Which one.
        message_id: The message that stands for the call.
        sender: Who called; the account itself when the call is its own.
        offer: The session description of the side that tells something; empty at the end.
        has_video: Whether an incoming call is one with video.
    """

    happening: ClassVar[Happening] = Happening.CALL

    stage: CallStage
    message_id: MessageId
    sender: Contact
    offer: str = ""
    has_video: bool = False

    async def accept(self, answer: str) -> None:
        """Take the call, with the session description of this side."""
        await self.core.accept_incoming_call(self.account_id, self.message_id, answer)

    async def end(self) -> None:
        """Decline it, or hang up."""
        await self.core.end_call(self.account_id, self.message_id)

    async def info(self) -> types.CallInfo:
        """Tell what became of it so far."""
        return await self.core.call_info(self.account_id, self.message_id)

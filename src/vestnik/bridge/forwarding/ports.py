"""What forwarding needs of other parts of the bridge."""

from __future__ import annotations

from typing import Protocol

from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["LinksToFiles", "Post"]


class Post(Protocol):
    """Lets a message of a bot be sent, once for each key, as `vestnik.bot.outbox.Outbox.post`."""

    async def __call__(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        *,
        key: str,
        urgent: bool,
    ) -> None:
        """Return once no crash can undo that it is sent."""


class LinksToFiles(Protocol):
    """Knows where the file of a message can be fetched."""

    def link(self, account: AccountId, message: MessageId) -> str:
        """Return an address for it, good for some hours."""

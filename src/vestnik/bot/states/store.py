"""Where states are kept: the seam between conversations and memory or disk."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vestnik.ids import AccountId, ChatId, ContactId, MessageId

__all__ = ["Conversation", "StateStore", "Stored"]


class Conversation(NamedTuple):
    """Whose state it is: that of a contact in a chat, or of the chat itself."""

    account_id: AccountId
    chat_id: ChatId
    contact_id: ContactId | None = None


class Stored(NamedTuple):
    """A state by its name, and its data as it is kept."""

    state: str
    data: bytes = b""


class StateStore(Protocol):
    """Keeps at most one state for every conversation.

    Guarantees:

    - What `set` or `swap` returned from is what `get` gives, also after a restart if the store
      keeps anything beyond one.
    - Each call happens as a whole and alone; of two who `swap` from the same state, one does.
    - `rewind` undoes what the handling of one message changed, where nobody else has changed it
      since: so that handling it once more after a crash begins where it began the first time.
    - Conversations do not see each other, and neither do a chat and a contact in it.
    """

    async def get(self, conversation: Conversation) -> Stored | None:
        """Return the state of a conversation."""

    async def set(
        self, conversation: Conversation, stored: Stored | None, *, cause: MessageId | None = None
    ) -> None:
        """Replace the state of a conversation; ``None`` ends it.

        Args:
            conversation: Whose state.
            stored: The new state.
            cause: The incoming message whose handling does this, for `rewind`.
        """

    async def swap(
        self,
        conversation: Conversation,
        before: Stored | None,
        after: Stored | None,
        *,
        cause: MessageId | None = None,
    ) -> bool:
        """Replace the state only if it is still `before`; tell whether it was."""

    async def rewind(self, account_id: AccountId, cause: MessageId) -> None:
        """Put back what was there before the handling of a message that was interrupted."""

    async def prune(self, older_than_seconds: float) -> int:
        """Forget the conversations that were not changed for so long; tell how many."""

"""The state of one conversation, as a handler sees it: typed, and read when it is asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast, overload

import msgspec

from vestnik.bot.payloads import packed, unpacked
from vestnik.bot.states.state import State
from vestnik.bot.states.store import Conversation, StateStore, Stored
from vestnik.errors import UnreadableData
from vestnik.ids import MessageId

__all__ = ["ConversationState", "Entered"]

log = logging.getLogger("vestnik.bot")

D = TypeVar("D", bound=msgspec.Struct | None)
S = TypeVar("S", bound=msgspec.Struct)
Before = TypeVar("Before", bound=msgspec.Struct | None)


@dataclass(frozen=True)
class Entered(Generic[D]):
    """That a conversation is in a state, with these data."""

    state: State[D]
    data: D
    _stored: Stored = field(repr=False)


class ConversationState:
    """Reads and changes the state of one conversation.

    Args:
        store: Where states are kept.
        conversation: Whose state.
        cause: The incoming message that is being handled; the store can rewind what it changes.
    """

    def __init__(
        self, store: StateStore, conversation: Conversation, cause: MessageId | None = None
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._cause = cause

    async def name(self) -> str | None:
        """Return the name of the state that the conversation is in, such as ``Form.age``."""
        stored = await self._store.get(self._conversation)
        return stored.state if stored else None

    async def get(self, state: State[D]) -> Entered[D] | None:
        """Return the data of a state if the conversation is in it.

        Raises:
            UnreadableData: It was remembered with other data than the state has now, and its
                group does not say ``unreadable="reset"``.
        """
        stored = await self._store.get(self._conversation)
        if stored is None or stored.state != state.name:
            return None
        try:
            return Entered(state, _data(state, stored, self._conversation), stored)
        except UnreadableData as error:
            if not state.resets_unreadable:
                raise
            log.warning("%s It is forgotten.", error)
            await self._store.swap(self._conversation, stored, None, cause=self._cause)
            return None

    @overload
    async def set(self, state: State[None]) -> None: ...
    @overload
    async def set(self, state: State[S], data: S) -> None: ...
    async def set(self, state: State[None] | State[S], data: msgspec.Struct | None = None) -> None:
        """Enter a state.

        Raises:
            BadBot: The data are not what the state carries.
        """
        await self._store.set(self._conversation, _stored(state, data), cause=self._cause)

    @overload
    async def move(self, before: Entered[Before], state: State[None]) -> bool: ...
    @overload
    async def move(self, before: Entered[Before], state: State[S], data: S) -> bool: ...
    async def move(
        self,
        before: Entered[Before],
        state: State[None] | State[S],
        data: msgspec.Struct | None = None,
    ) -> bool:
        """Enter a state, only if nobody has changed anything since `before` was read."""
        after = _stored(state, data)
        return await self._store.swap(self._conversation, before._stored, after, cause=self._cause)

    async def clear(self) -> bool:
        """End the conversation; tell whether there was one."""
        stored = await self._store.get(self._conversation)
        await self._store.set(self._conversation, None, cause=self._cause)
        return stored is not None

    async def leave(self, before: Entered[Before]) -> bool:
        """End the conversation, only if nobody has changed anything since `before` was read."""
        return await self._store.swap(self._conversation, before._stored, None, cause=self._cause)


def _stored(state: State[None] | State[S], data: msgspec.Struct | None) -> Stored:
    return Stored(state.name, packed(data, state.data, f"The state {state.name}"))


def _data(state: State[D], stored: Stored, conversation: Conversation) -> D:
    if state.data is None:
        return cast("D", None)
    where = f"The state {state.name} of chat {conversation.chat_id}"
    return cast("D", unpacked(stored.data, state.data, where))

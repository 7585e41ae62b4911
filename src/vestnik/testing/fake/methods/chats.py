"""Played: chats."""

from __future__ import annotations

from vestnik.chatmail.events import (
    ChatDeleted,
    ChatlistChanged,
    ChatModified,
    MsgsChanged,
    MsgsNoticed,
)
from vestnik.chatmail.types import (
    BasicChat,
    ChatType,
    FullChat,
    MuteDuration,
    MuteDurationForever,
    MuteDurationUntil,
)
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing.fake.answers import basic_chat_answer, full_chat_answer
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import SELF
from vestnik.testing.fake.message import MessageState
from vestnik.testing.fake.methods.topic import Topic

__all__ = ["ChatMethods"]


class ChatMethods(Topic):
    """The chats of an account."""

    def create_chat_by_contact_id(self, account_id: AccountId, contact_id: ContactId) -> ChatId:
        return self._world.account(account_id).find_contact(contact_id).chat.id

    def get_chat_id_by_contact_id(
        self, account_id: AccountId, contact_id: ContactId
    ) -> ChatId | None:
        chat = self._world.account(account_id).single_chat(contact_id)
        return chat.id if chat else None

    def create_group_chat(self, account_id: AccountId, name: str, protect: bool) -> ChatId:
        return self._world.account(account_id).add_chat(ChatType.GROUP, name, [SELF]).id

    def create_broadcast(self, account_id: AccountId, chat_name: str) -> ChatId:
        account = self._world.account(account_id)
        return account.add_chat(ChatType.OUT_BROADCAST, chat_name, [SELF]).id

    def get_basic_chat_info(self, account_id: AccountId, chat_id: ChatId) -> BasicChat:
        return basic_chat_answer(self._chat(account_id, chat_id))

    def get_full_chat_by_id(self, account_id: AccountId, chat_id: ChatId) -> FullChat:
        return full_chat_answer(self._chat(account_id, chat_id))

    def get_chatlist_entries(
        self,
        account_id: AccountId,
        list_flags: int | None,
        query_string: str | None,
        query_contact_id: ContactId | None,
    ) -> list[ChatId]:
        chats = [
            chat
            for chat in self._world.account(account_id).chats.values()
            if not chat.is_blocked
            and (query_string or "").lower() in chat.name.lower()
            and (query_contact_id is None or query_contact_id in chat.members)
        ]
        chats.sort(key=lambda chat: (max(chat.message_ids, default=0), chat.id), reverse=True)
        return [chat.id for chat in chats]

    def can_send(self, account_id: AccountId, chat_id: ChatId) -> bool:
        return full_chat_answer(self._chat(account_id, chat_id)).can_send

    def accept_chat(self, account_id: AccountId, chat_id: ChatId) -> None:
        chat = self._chat(account_id, chat_id)
        chat.is_request = False
        chat.account.emit(ChatModified(chat_id=chat_id))

    def block_chat(self, account_id: AccountId, chat_id: ChatId) -> None:
        chat = self._chat(account_id, chat_id)
        chat.is_blocked = True
        if chat.peer:
            chat.peer.is_blocked = True
        chat.account.emit(ChatlistChanged())

    def delete_chat(self, account_id: AccountId, chat_id: ChatId) -> None:
        chat = self._chat(account_id, chat_id)
        chat.account.forget_chat(chat)
        chat.account.emit(ChatDeleted(chat_id=chat_id))
        chat.account.emit(MsgsChanged(chat_id=ChatId(0), msg_id=MessageId(0)))
        chat.account.emit(ChatlistChanged())

    def marknoticed_chat(self, account_id: AccountId, chat_id: ChatId) -> None:
        chat = self._chat(account_id, chat_id)
        fresh = [message for message in chat.messages if message.is_fresh]
        for message in fresh:
            message.state = MessageState.NOTICED
        if fresh:
            chat.account.emit(MsgsNoticed(chat_id=chat_id))

    def set_chat_mute_duration(
        self, account_id: AccountId, chat_id: ChatId, duration: MuteDuration
    ) -> None:
        chat = self._chat(account_id, chat_id)
        chat.mute = duration.duration if isinstance(duration, MuteDurationUntil) else 0
        if isinstance(duration, MuteDurationForever):
            chat.mute = -1
        chat.account.emit(ChatModified(chat_id=chat_id))

    def is_chat_muted(self, account_id: AccountId, chat_id: ChatId) -> bool:
        return self._chat(account_id, chat_id).mute != 0

    def _chat(self, account_id: AccountId, chat_id: ChatId) -> FakeChat:
        return self._world.account(account_id).find_chat(chat_id)

"""Played: finding messages and noting that they were read."""

from __future__ import annotations

from vestnik.chatmail.events import ChatlistItemChanged, MsgsNoticed
from vestnik.chatmail.types import (
    Message,
    MessageListItem,
    MessageListItemMessage,
    MessageLoadResult,
    MessageLoadResultLoadingError,
    Reactions,
)
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.testing.fake.answers import loaded_message_answer, message_answer, reactions_answer
from vestnik.testing.fake.contact import SELF
from vestnik.testing.fake.message import MessageState
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["ReadingMethods"]

_UNREAD = (MessageState.FRESH, MessageState.NOTICED)


class ReadingMethods(Topic):
    """The messages of an account, as one who reads them asks for them."""

    def get_message(self, account_id: AccountId, msg_id: MessageId) -> Message:
        message = self._world.account(account_id).messages.get(msg_id)
        if message is None:
            raise Refusal(f"Message Msg#{msg_id} does not exist for account {account_id}")
        return message_answer(message)

    def get_messages(
        self, account_id: AccountId, message_ids: list[MessageId]
    ) -> dict[MessageId, MessageLoadResult]:
        known = self._world.account(account_id).messages
        missing = MessageLoadResultLoadingError(error="Message does not exist")
        return {
            message_id: loaded_message_answer(known[message_id]) if message_id in known else missing
            for message_id in message_ids
        }

    def get_message_html(self, account_id: AccountId, message_id: MessageId) -> str | None:
        return self._world.account(account_id).find_message(message_id).html

    def get_message_ids(
        self, account_id: AccountId, chat_id: ChatId, info_only: bool, add_daymarker: bool
    ) -> list[MessageId]:
        chat = self._world.account(account_id).find_chat(chat_id)
        return [message.id for message in chat.messages if message.is_info or not info_only]

    def get_message_list_items(
        self, account_id: AccountId, chat_id: ChatId, info_only: bool, add_daymarker: bool
    ) -> list[MessageListItem]:
        ids = self.get_message_ids(account_id, chat_id, info_only, add_daymarker)
        return [MessageListItemMessage(msg_id=message_id) for message_id in ids]

    def get_existing_msg_ids(
        self, account_id: AccountId, msg_ids: list[MessageId]
    ) -> list[MessageId]:
        known = self._world.account(account_id).messages
        return [message_id for message_id in msg_ids if message_id in known]

    def get_fresh_msgs(self, account_id: AccountId) -> list[MessageId]:
        messages = self._world.account(account_id).messages.values()
        fresh = [
            message.id
            for message in messages
            if message.is_fresh
            and not (message.chat.mute or message.chat.is_blocked or message.chat.is_request)
        ]
        return sorted(fresh, reverse=True)

    def get_fresh_msg_cnt(self, account_id: AccountId, chat_id: ChatId) -> int:
        chat = self._world.account(account_id).find_chat(chat_id)
        return sum(message.is_fresh for message in chat.messages)

    def get_next_msgs(self, account_id: AccountId) -> list[MessageId]:
        account = self._world.account(account_id)
        last = int(account.config.get("last_msg_id", max(account.messages, default=1) - 1))
        return [message_id for message_id in sorted(account.messages) if message_id > last]

    def markseen_msgs(self, account_id: AccountId, msg_ids: list[MessageId]) -> None:
        account = self._world.account(account_id)
        last = int(account.config.get("last_msg_id", 0))
        account.config["last_msg_id"] = str(max([last, *msg_ids]))
        known = [account.messages[id_] for id_ in msg_ids if id_ in account.messages]
        unread = [message for message in known if message.state in _UNREAD]
        for message in unread:
            message.state = MessageState.SEEN
        for chat_id in dict.fromkeys(message.chat.id for message in unread):
            account.emit(MsgsNoticed(chat_id=chat_id))
            account.emit(ChatlistItemChanged(chat_id=chat_id))

    def get_message_reactions(
        self, account_id: AccountId, message_id: MessageId
    ) -> Reactions | None:
        return reactions_answer(self._world.account(account_id).find_message(message_id))

    def get_pinned_messages(self, account_id: AccountId, chat_id: ChatId) -> list[MessageId]:
        chat = self._world.account(account_id).find_chat(chat_id)
        return [message.id for message in chat.messages if message.is_pinned]

    def is_sending_finished(self) -> bool:
        messages = [m for account in self._world.accounts.values() for m in account.sent]
        return not any(message.is_pending and message.sender == SELF for message in messages)

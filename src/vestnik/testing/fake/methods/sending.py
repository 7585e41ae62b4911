"""Played: writing, changing and deleting messages."""

from __future__ import annotations

from pathlib import Path

from vestnik.chatmail.events import MsgFailed, PinnedMessagesChanged
from vestnik.chatmail.types import Message, MessageData
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.testing.fake.answers import message_answer
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import SELF
from vestnik.testing.fake.message import FakeMessage, MessageState, view_type_of
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["SendingMethods"]


class SendingMethods(Topic):
    """What a program does with messages of its own."""

    def send_msg(self, account_id: AccountId, chat_id: ChatId, data: MessageData) -> MessageId:
        account = self._world.account(account_id)
        if chat_id not in account.chats:
            problem = f"Failed loading chat Chat#{chat_id} from database"
            raise Refusal(f"Failed to send created message: {problem}: Query returned no rows")
        chat = account.chats[chat_id]
        message = _compose(chat, data)
        _require_key(chat, message)
        chat.is_promoted = True
        account.note_sent(chat.send(message))
        return message.id

    def misc_send_text_message(
        self, account_id: AccountId, chat_id: ChatId, text: str
    ) -> MessageId:
        return self.send_msg(account_id, chat_id, MessageData(text=text))

    def misc_send_msg(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        text: str | None,
        file: str | None,
        filename: str | None,
        location: tuple[float, float] | None,
        quoted_message_id: MessageId | None,
    ) -> tuple[MessageId, Message]:
        data = MessageData(
            text=text, file=file, filename=filename, quoted_message_id=quoted_message_id
        )
        message_id = self.send_msg(account_id, chat_id, data)
        return message_id, message_answer(self._message(account_id, message_id))

    def resend_messages(self, account_id: AccountId, message_ids: list[MessageId]) -> None:
        for message_id in message_ids:
            message = self._message(account_id, message_id)
            if message.sender != SELF:
                raise Refusal("can resend only own messages")
            message.state = MessageState.PENDING

    def forward_messages(
        self, account_id: AccountId, message_ids: list[MessageId], chat_id: ChatId
    ) -> None:
        account = self._world.account(account_id)
        for message_id in message_ids:
            original = account.find_message(message_id)
            copy = account.find_chat(chat_id).draft(original.text)
            copy.file, copy.file_name = original.file, original.file_name
            copy.view_type, copy.is_forwarded = original.view_type, True
            account.note_sent(copy.chat.send(copy))

    def send_reaction(
        self, account_id: AccountId, message_id: MessageId, reaction: list[str]
    ) -> MessageId:
        message = self._message(account_id, message_id)
        message.set_reactions(SELF, [emoji for emoji in reaction if emoji])
        return message.chat.send_hidden()

    def send_edit_request(self, account_id: AccountId, msg_id: MessageId, new_text: str) -> None:
        message = self._message(account_id, msg_id)
        if message.sender != SELF:
            raise Refusal("Can edit only own messages")
        if message.is_info:
            raise Refusal("Cannot edit info messages")
        if not new_text.strip():
            raise Refusal("Edited text cannot be empty")
        message.rewrite(new_text)
        message.chat.send_hidden()

    def set_pinned_message_state(
        self, account_id: AccountId, message_id: MessageId, pinned_state: bool
    ) -> None:
        message = self._message(account_id, message_id)
        message.is_pinned = pinned_state
        message.chat.account.emit(PinnedMessagesChanged(chat_id=message.chat.id))

    def delete_messages(self, account_id: AccountId, message_ids: list[MessageId]) -> None:
        messages = [self._message(account_id, message_id) for message_id in message_ids]
        for message in messages:
            message.take_out()
        self._world.account(account_id).emit_changed(ChatId(0), MessageId(0))

    def delete_messages_for_all(self, account_id: AccountId, message_ids: list[MessageId]) -> None:
        for message_id in message_ids:
            if self._message(account_id, message_id).sender != SELF:
                raise Refusal("Can delete only own messages for others")
        chat = self._message(account_id, message_ids[0]).chat if message_ids else None
        self.delete_messages(account_id, message_ids)
        if chat is not None:
            chat.send_hidden()

    def _message(self, account_id: AccountId, message_id: MessageId) -> FakeMessage:
        return self._world.account(account_id).find_message(message_id)


def _compose(chat: FakeChat, data: MessageData) -> FakeMessage:
    # The file first: a message that cannot be made must not take an id.
    file = Path(data.file) if data.file else None
    content = _content(file) if file else b""
    message = chat.draft(data.text or "")
    message.file, message.content = file, content
    message.file_name = data.filename or (file.name if file else None)
    message.view_type = data.viewtype or view_type_of(file)
    message.html, message.quoted_text = data.html, data.quoted_text
    message.override_sender_name = data.override_sender_name
    if data.quoted_message_id:
        message.quote = chat.account.find_message(data.quoted_message_id)
    return message


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        reason = f"{problem.strerror} (os error {problem.errno})"
        raise Refusal(
            f"Failed to create message: Copying new blobfile failed: {reason}"
        ) from problem


def _require_key(chat: FakeChat, message: FakeMessage) -> None:
    """Refuse what could only be sent in clear, after telling so, as the core does."""
    if chat.peer is None or chat.peer.has_key:
        return
    message.state, message.error = MessageState.FAILED, "e2e encryption unavailable"
    chat.account.emit(MsgFailed(chat_id=chat.id, msg_id=message.id))
    problem = f"e2e encryption unavailable Msg#{message.id} - true"
    raise Refusal(f"Failed to send created message: Failed to create send jobs: {problem}")

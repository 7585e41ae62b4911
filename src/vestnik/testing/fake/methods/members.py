"""Played: who is in a group and what the group is called."""

from __future__ import annotations

from vestnik.chatmail.events import ChatModified, ErrorSelfNotInGroup
from vestnik.chatmail.types import ChatType
from vestnik.ids import AccountId, ChatId, ContactId
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import SELF
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["MemberMethods"]


class MemberMethods(Topic):
    """What changes a group for all its members."""

    def get_chat_contacts(self, account_id: AccountId, chat_id: ChatId) -> list[ContactId]:
        return self._world.account(account_id).find_chat(chat_id).members

    def get_past_chat_contacts(self, account_id: AccountId, chat_id: ChatId) -> list[ContactId]:
        return self._world.account(account_id).find_chat(chat_id).past_members

    def add_contact_to_chat(
        self, account_id: AccountId, chat_id: ChatId, contact_id: ContactId
    ) -> None:
        group = self._group(account_id, chat_id)
        contact = group.account.find_contact(contact_id)
        if contact_id in group.members:
            return
        if not contact.has_key:
            raise Refusal("Only key-contacts can be added to encrypted chats")
        if group.is_promoted:
            group.add_member(contact)
        else:
            group.members.append(contact_id)
            group.account.emit(ChatModified(chat_id=chat_id))

    def remove_contact_from_chat(
        self, account_id: AccountId, chat_id: ChatId, contact_id: ContactId
    ) -> None:
        group = self._group(account_id, chat_id)
        contact = group.account.find_contact(contact_id)
        if contact_id in group.members:
            group.remove_member(contact)

    def leave_group(self, account_id: AccountId, chat_id: ChatId) -> None:
        self.remove_contact_from_chat(account_id, chat_id, SELF)

    def set_chat_name(self, account_id: AccountId, chat_id: ChatId, new_name: str) -> None:
        self._group(account_id, chat_id).rename(new_name)

    def set_chat_description(
        self, account_id: AccountId, chat_id: ChatId, description: str
    ) -> None:
        group = self._group(account_id, chat_id)
        group.description = description
        group.account.emit(ChatModified(chat_id=chat_id))

    def get_chat_description(self, account_id: AccountId, chat_id: ChatId) -> str:
        return self._world.account(account_id).find_chat(chat_id).description

    def set_chat_profile_image(
        self, account_id: AccountId, chat_id: ChatId, image_path: str | None
    ) -> None:
        group = self._group(account_id, chat_id)
        group.image = image_path
        group.account.emit(ChatModified(chat_id=chat_id))

    def set_chat_ephemeral_timer(self, account_id: AccountId, chat_id: ChatId, timer: int) -> None:
        self._world.account(account_id).find_chat(chat_id).ephemeral_timer = timer

    def get_chat_ephemeral_timer(self, account_id: AccountId, chat_id: ChatId) -> int:
        return self._world.account(account_id).find_chat(chat_id).ephemeral_timer

    def _group(self, account_id: AccountId, chat_id: ChatId) -> FakeChat:
        chat = self._world.account(account_id).find_chat(chat_id)
        if chat.type is ChatType.SINGLE:
            raise Refusal(f"{chat_id} is not a group where one can add members")
        if SELF not in chat.members:
            problem = "Cannot change a group of which the account is no member."
            chat.account.emit(ErrorSelfNotInGroup(msg=problem))
            raise Refusal(problem)
        return chat

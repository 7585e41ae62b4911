"""One chat of a fake core: what comes in by it and what goes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vestnik.chatmail.events import ChatlistItemChanged, ChatModified, MsgDelivered
from vestnik.chatmail.types import (
    ChatType,
    DownloadState,
    SystemMessageType,
    Viewtype,
)
from vestnik.ids import ChatId, ContactId, MessageId
from vestnik.testing.fake.contact import SELF, FakeContact
from vestnik.testing.fake.message import FakeMessage, MessageState, view_type_of

if TYPE_CHECKING:
    from vestnik.testing.fake.account import FakeAccount

__all__ = ["FakeChat"]


class FakeChat:
    """One chat; what a test sets on it shows in the next answer.

    Attributes:
        id: Its id in the account.
        type: What sort of chat it is.
        members: Who is in it; a chat of two lists the other one only, as in the core.
        past_members: Who was in it.
        message_ids: Its messages, oldest first.
        is_promoted: Whether the other members know of it.
        is_request: Whether the account has yet to accept it.
        mute: How long it is muted, in seconds; 0 is not, -1 is for ever.
    """

    def __init__(
        self,
        account: FakeAccount,
        chat_id: ChatId,
        type_: ChatType,
        name: str,
        members: list[ContactId],
    ) -> None:
        self.account = account
        self.id = chat_id
        self.type = type_
        self.members = members
        self.past_members: list[ContactId] = []
        self.message_ids: list[MessageId] = []
        self.description = ""
        self.image: str | None = None
        self.is_promoted = type_ is ChatType.SINGLE
        self.is_request = False
        self.is_blocked = False
        self.is_archived = False
        self.is_pinned = False
        self.ephemeral_timer = 0
        self.mute = 0
        self._name = name

    def __repr__(self) -> str:
        return f"<FakeChat {self.id} {self.type} {self.name}>"

    @property
    def name(self) -> str:
        """What it is called: a chat of two as its other member is."""
        peer = self.peer
        return peer.display_name if peer else self._name

    @property
    def peer(self) -> FakeContact | None:
        """The other one in a chat of two."""
        return self.account.contacts[self.members[0]] if self.type is ChatType.SINGLE else None

    @property
    def messages(self) -> list[FakeMessage]:
        """Its messages, oldest first, those of the program and info messages included."""
        return [self.account.messages[message_id] for message_id in self.message_ids]

    # What a test does.

    def receive(
        self,
        text: str = "",
        *,
        sender: FakeContact | None = None,
        file: Path | None = None,
        quote: FakeMessage | None = None,
        view_type: Viewtype | None = None,
        whole: bool = True,
    ) -> FakeMessage:
        """Let a message come in; while the account's I/O does not run, no event tells of it.

        Args:
            text: What it says.
            sender: Who wrote it; may be left out in a chat of two.
            file: What is attached to it.
            quote: The message that it replies to.
            view_type: What it is; by default what the core would make of the file.
            whole: Whether it is all there, or only announced until ``message.download()``.
        """
        author = self._author(sender)
        message = self._arrived(author, text)
        message.file, message.file_name = file, file.name if file else None
        message.quote, message.is_bot = quote, author.is_bot
        message.view_type = view_type or view_type_of(file)
        message.download_state = DownloadState.DONE if whole else DownloadState.AVAILABLE
        message.announce()
        return message

    def add_member(self, who: FakeContact, *, by: FakeContact | None = None) -> FakeMessage:
        """Let a member add somebody; without `by` it is the account itself that did."""
        self.members.append(who.id)
        if who.id in self.past_members:
            self.past_members.remove(who.id)
        return self._tell(SystemMessageType.MEMBER_ADDED_TO_GROUP, "added", who, by)

    def remove_member(self, who: FakeContact, *, by: FakeContact | None = None) -> FakeMessage:
        """Let a member remove somebody, or leave when both are the same."""
        self.members.remove(who.id)
        self.past_members.append(who.id)
        if who is by:
            return self._left(who)
        return self._tell(SystemMessageType.MEMBER_REMOVED_FROM_GROUP, "removed", who, by)

    def rename(self, name: str, *, by: FakeContact | None = None) -> FakeMessage:
        """Let a member give it another name."""
        author = by.display_name if by else "you"
        text = f'Group name changed from "{self.name}" to "{name}" by {author}.'
        self._name = name
        about = by.id if by else SELF
        return self._info(SystemMessageType.GROUP_NAME_CHANGED, text, by, about)

    # What the played methods do.

    def send(self, message: FakeMessage) -> FakeMessage:
        """Take a message of the program: it is in the queue when this returns."""
        self._keep(message)
        self.account.emit_changed(self.id, message.id)
        if self.account.io_running:
            message.hand_over()
        return message

    def send_hidden(self) -> MessageId:
        """Send what no chat shows, such as a reaction; its id shows up in events all the same."""
        message_id = self.account.next_message_id()
        if self.account.io_running:
            self.account.emit(MsgDelivered(chat_id=self.id, msg_id=message_id))
            self.account.emit(ChatlistItemChanged(chat_id=self.id))
        return message_id

    def draft(self, text: str = "") -> FakeMessage:
        """Begin a message of the program."""
        message_id = self.account.next_message_id()
        is_bot = self.account.is_bot
        return FakeMessage(chat=self, id=message_id, sender=SELF, text=text, is_bot=is_bot)

    def _author(self, sender: FakeContact | None) -> FakeContact:
        author = sender or self.peer
        if author is None:
            raise ValueError(f"say who writes to {self!r}: receive(…, sender=contact)")
        return author

    def _arrived(self, author: FakeContact, text: str) -> FakeMessage:
        message_id = self.account.next_message_id()
        message = FakeMessage(
            chat=self, id=message_id, sender=author.id, text=text, state=MessageState.FRESH
        )
        author.last_seen = message.timestamp
        self._keep(message)
        return message

    def _keep(self, message: FakeMessage) -> None:
        self.account.messages[message.id] = message
        self.message_ids.append(message.id)

    def _tell(
        self, type_: SystemMessageType, what: str, who: FakeContact, by: FakeContact | None
    ) -> FakeMessage:
        text = f"{by.display_name if by else 'You'} {what} member {who.display_name}."
        return self._info(type_, text, by, who.id)

    def _left(self, who: FakeContact) -> FakeMessage:
        """Note a leave; those who stay find it in the chat, but it is no news to them."""
        message = self._arrived(who, f"{who.display_name} left the group.")
        message.is_info, message.about = True, who.id
        message.system_type = SystemMessageType.MEMBER_REMOVED_FROM_GROUP
        message.state = MessageState.NOTICED
        self.account.emit(ChatModified(chat_id=self.id))
        message.change()
        return message

    def _info(
        self,
        type_: SystemMessageType,
        text: str,
        by: FakeContact | None,
        about: ContactId,
    ) -> FakeMessage:
        message = self._arrived(by, text) if by else self.draft(text)
        message.is_info, message.system_type, message.about = True, type_, about
        self.account.emit(ChatModified(chat_id=self.id))
        if by:
            message.announce()
        else:
            self.send(message)
        return message

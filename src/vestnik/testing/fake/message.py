"""One message of a fake core, and what can still happen to it."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from vestnik.chatmail.events import (
    ChatlistItemChanged,
    IncomingMsg,
    IncomingMsgBunch,
    IncomingReaction,
    MsgDeleted,
    MsgDelivered,
    MsgFailed,
    MsgRead,
    ReactionsChanged,
)
from vestnik.chatmail.types import DownloadState, SystemMessageType, Viewtype
from vestnik.ids import ChatId, ContactId, MessageId
from vestnik.testing.fake.contact import SELF

if TYPE_CHECKING:
    from vestnik.testing.fake.chat import FakeChat
    from vestnik.testing.fake.contact import FakeContact

__all__ = ["FakeMessage", "MessageState", "view_type_of"]

EPOCH = 1_800_000_000
"""When the messages of a fake core begin, in seconds since 1970; each comes a second later."""


class MessageState(IntEnum):
    """How far a message has come, as the core numbers it."""

    FRESH = 10
    NOTICED = 13
    SEEN = 16
    PENDING = 20
    FAILED = 24
    DELIVERED = 26
    READ = 28


_BY_SUFFIX = {
    ".gif": Viewtype.GIF,
    ".vcf": Viewtype.VCARD,
    ".xdc": Viewtype.WEBXDC,
}
_BY_MIME = {"image": Viewtype.IMAGE, "audio": Viewtype.AUDIO, "video": Viewtype.VIDEO}


def view_type_of(file: Path | None) -> Viewtype:
    """Tell what a message with this file is, as the core guesses it."""
    if file is None:
        return Viewtype.TEXT
    mime = mimetypes.guess_type(file.name)[0] or ""
    by_mime = _BY_MIME.get(mime.partition("/")[0], Viewtype.FILE)
    return _BY_SUFFIX.get(file.suffix.lower(), by_mime)


@dataclass(eq=False, kw_only=True)
class FakeMessage:
    """One message; what a test sets on it shows in the next answer.

    Attributes:
        sender: Who wrote it; 1 is the account itself.
        file: Where the file is that came with it or was sent with it.
        content: What a sent file held, so that it can be looked at after the program deleted it.
        about: The member whom an info message tells of.
        reactions: Who reacted with what.
    """

    chat: FakeChat = field(repr=False)
    id: MessageId
    sender: ContactId
    text: str = ""
    file: Path | None = None
    file_name: str | None = None
    content: bytes = field(default=b"", repr=False)
    quote: FakeMessage | None = None
    quoted_text: str | None = None
    view_type: Viewtype = Viewtype.TEXT
    state: MessageState = MessageState.PENDING
    download_state: DownloadState = DownloadState.DONE
    system_type: SystemMessageType = SystemMessageType.UNKNOWN
    is_info: bool = False
    is_bot: bool = False
    is_edited: bool = False
    is_pinned: bool = False
    is_forwarded: bool = False
    about: ContactId | None = None
    html: str | None = None
    error: str | None = None
    override_sender_name: str | None = None
    reactions: dict[ContactId, list[str]] = field(default_factory=dict)

    @property
    def timestamp(self) -> int:
        """When it was sent, in seconds since 1970."""
        return EPOCH + self.id

    @property
    def is_fresh(self) -> bool:
        """Whether it came in and nobody has noticed it."""
        return self.state is MessageState.FRESH

    @property
    def is_pending(self) -> bool:
        """Whether the program sent it and the relay has not got it."""
        return self.state is MessageState.PENDING

    # What others do to it.

    def download(self) -> None:
        """Let the rest arrive of a message of which only the announcement was there."""
        self.download_state = DownloadState.DONE
        if self.chat.account.is_bot:
            self.announce()
        else:
            self.change()

    def read(self, reader: FakeContact) -> None:
        """Let a receipt come in: `reader` has read what the program sent."""
        self.state = MessageState.READ
        reader.last_seen = self.timestamp
        self.chat.account.emit(MsgRead(chat_id=self.chat.id, msg_id=self.id))

    def edit(self, text: str) -> None:
        """Let its sender replace its text."""
        self.rewrite(text)
        self._end_of_fetch()

    def delete(self) -> None:
        """Let it go, because its sender deleted it for all or because it has expired."""
        self.take_out()
        self.chat.account.emit_changed(ChatId(0), MessageId(0))
        self._end_of_fetch()

    def react(self, who: FakeContact, *emoji: str) -> None:
        """Let somebody react; without emoji the reaction is taken back."""
        self.set_reactions(who.id, list(emoji))
        if emoji and self.sender == SELF:
            self.chat.account.emit(
                IncomingReaction(
                    chat_id=self.chat.id,
                    contact_id=who.id,
                    msg_id=self.id,
                    reaction=" ".join(emoji),
                )
            )
        self._end_of_fetch()

    def fail(self, reason: str) -> None:
        """Let the relay refuse what the program sent, for good."""
        self.state, self.error = MessageState.FAILED, reason
        self.chat.account.emit(MsgFailed(chat_id=self.chat.id, msg_id=self.id))
        self._item_changed()

    def deliver(self) -> None:
        """Let the relay take what the program sent."""
        self.state = MessageState.DELIVERED
        self.chat.account.emit(MsgDelivered(chat_id=self.chat.id, msg_id=self.id))
        self._item_changed()

    # What the played methods do to it.

    def rewrite(self, text: str) -> None:
        """Replace its text."""
        self.text, self.is_edited = text, True
        self.change()

    def take_out(self) -> None:
        """Take it out of its chat."""
        account = self.chat.account
        del account.messages[self.id]
        self.chat.message_ids.remove(self.id)
        account.emit(MsgDeleted(chat_id=self.chat.id, msg_id=self.id))
        account.emit_changed(self.chat.id, MessageId(0))

    def announce(self) -> None:
        """Tell of its arrival, if the account's I/O runs and so could have fetched it."""
        if not self.chat.account.io_running:
            return
        is_whole = self.download_state is DownloadState.DONE
        if self.chat.is_blocked or (self.chat.account.is_bot and not is_whole):
            # Nobody is told of what is blocked, and programs are told only of whole messages.
            self.change()
            return
        self.chat.account.emit_arrival(IncomingMsg(chat_id=self.chat.id, msg_id=self.id))

    def hand_over(self) -> None:
        """Give it to the relay, which takes it or, if a test said so, does not."""
        failures = self.chat.account.delivery_failures
        if failures:
            self.fail(failures.popleft())
        else:
            self.deliver()

    def set_reactions(self, who: ContactId, emoji: list[str]) -> None:
        """Replace what somebody reacted with."""
        self.reactions.pop(who, None)
        if emoji:
            self.reactions[who] = emoji
        changed = ReactionsChanged(chat_id=self.chat.id, contact_id=who, msg_id=self.id)
        self.chat.account.emit(changed)
        self._item_changed()

    def change(self) -> None:
        """Tell that it has changed, or come in without being news."""
        self.chat.account.emit_changed(self.chat.id, self.id)

    def _end_of_fetch(self) -> None:
        self.chat.account.emit(IncomingMsgBunch())

    def _item_changed(self) -> None:
        self.chat.account.emit(ChatlistItemChanged(chat_id=self.chat.id))

"""A message, as handlers get it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from vestnik.bot.contexts.base import SenderContext
from vestnik.bot.happening import Happening
from vestnik.bot.objects.attachment import Attachment
from vestnik.bot.objects.contact import ME, Contact
from vestnik.bot.objects.message_ref import MessageActions
from vestnik.bot.objects.quote import Quote, quote_of
from vestnik.chatmail import types
from vestnik.chatmail.types import DownloadState, Viewtype
from vestnik.ids import MessageId

__all__ = ["Message"]


@dataclass(eq=False, repr=False, kw_only=True)
class Message(SenderContext, MessageActions):
    """A message that came, or was asked for.

    It is as it was when it was fetched: later edits and reactions do not show in it.

    Attributes:
        raw: Everything that the core told.
    """

    happening: ClassVar[Happening] = Happening.MESSAGE

    raw: types.Message

    def __repr__(self) -> str:
        return f"<Message {self.id} in chat {self.chat_id} of account {self.account_id}>"

    @property
    def id(self) -> MessageId:
        """Its id in the account."""
        return self.raw.id

    @property
    def text(self) -> str:
        """What is written in it; empty if nothing is."""
        return self.raw.text

    @property
    def sender(self) -> Contact:
        """Who wrote it."""
        return Contact(self.scope, self.raw.from_id, self.raw.sender)

    @property
    def sender_name(self) -> str:
        """The name to be shown for who wrote it, which may be another for one message."""
        return self.raw.override_sender_name or self.raw.sender.display_name

    @property
    def view_type(self) -> Viewtype:
        """What it contains."""
        return self.raw.view_type

    @property
    def file(self) -> Attachment | None:
        """What is attached to it, if that is here."""
        raw = self.raw
        if not raw.file:
            return None
        path = Path(raw.file)
        return Attachment(path, raw.file_name or path.name, raw.file_mime, raw.file_bytes)

    @property
    def quote(self) -> Quote | None:
        """What it quotes."""
        return quote_of(self.scope, self.raw)

    @property
    def timestamp(self) -> int:
        """When it was sent, in seconds since 1970, by the sender's clock."""
        return self.raw.timestamp

    @property
    def error(self) -> str | None:
        """What is wrong with it, in the core's words."""
        return self.raw.error

    @property
    def is_own(self) -> bool:
        """Whether the account itself wrote it."""
        return self.raw.from_id == ME

    @property
    def is_info(self) -> bool:
        """Whether the core wrote it, to tell of something that happened."""
        return self.raw.is_info

    @property
    def is_from_bot(self) -> bool:
        """Whether a program wrote it."""
        return self.raw.is_bot

    @property
    def is_edited(self) -> bool:
        """Whether its text was replaced."""
        return self.raw.is_edited

    @property
    def is_forwarded(self) -> bool:
        """Whether it was forwarded from another chat."""
        return self.raw.is_forwarded

    @property
    def is_pinned(self) -> bool:
        """Whether it was pinned."""
        return self.raw.is_pinned

    @property
    def is_encrypted(self) -> bool:
        """Whether it came encrypted and signed."""
        return self.raw.show_padlock

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.raw.download_state == DownloadState.DONE

    async def is_reply_to_me(self) -> bool:
        """Tell whether it quotes a message of the account."""
        quoted = self.quote.message if self.quote else None
        if quoted is None or not await quoted.exists():
            return False
        return (await quoted.fetch()).is_own

    def log_fields(self) -> dict[str, object]:
        """Tell what a line of the log should say of this context; never what people wrote."""
        return {**super().log_fields(), "message": self.id}

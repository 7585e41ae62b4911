"""What can be sent to a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from vestnik.bot.objects.contact import ContactRef
from vestnik.bot.objects.files import FileContent
from vestnik.bot.objects.message_ref import MessageRef
from vestnik.bot.objects.outgoing import SendOptions, post_message, send_message
from vestnik.bot.objects.scope import Scope
from vestnik.bot.objects.webxdc import Webxdc
from vestnik.chatmail.types import Viewtype
from vestnik.errors import BadInput
from vestnik.ids import ChatId

__all__ = ["ChatSending"]


class ChatSending:
    """The part of a chat that takes messages."""

    if TYPE_CHECKING:

        @property
        def scope(self) -> Scope: ...
        @property
        def id(self) -> ChatId: ...

    async def send(self, text: str = "", **options: Unpack[SendOptions]) -> MessageRef:
        """Send a message; returns when the core has it and will deliver it.

        Args:
            text: What to say.
            options: What it can have besides; see `SendOptions`.

        Raises:
            BadInput: There is nothing in it.
            CallFailed: The core refuses it for good.
        """
        sent = await send_message(self.scope, self.id, text, options)
        return MessageRef(self.scope, sent, self.id)

    async def post(self, text: str = "", **options: Unpack[SendOptions]) -> None:
        """Leave a message to be sent after everything that is urgent: one of thousands.

        It is safe when this returns, whatever happens to the bot, and goes out when its turn
        comes. For the arguments see `send`.
        """
        await post_message(self.scope, self.id, text, options)

    async def send_file(
        self, file: FileContent, name: str | None = None, text: str = ""
    ) -> MessageRef:
        """Send a file, shown as what its name says it is.

        Args:
            file: Its path or its content.
            name: What it is called; content without a path needs one.
            text: What to say about it.
        """
        return await self.send(text, file=file, name=name)

    async def send_sticker(self, file: FileContent, name: str | None = None) -> MessageRef:
        """Send an image as a sticker."""
        name = name or _unless_path(file, "sticker.webp")
        return await self.send(file=file, name=name, view_type=Viewtype.STICKER)

    async def send_voice(self, file: FileContent, name: str | None = None) -> MessageRef:
        """Send a recording as a voice message."""
        name = name or _unless_path(file, "voice.ogg")
        return await self.send(file=file, name=name, view_type=Viewtype.VOICE)

    async def send_webxdc(
        self, file: FileContent, name: str | None = None, text: str = ""
    ) -> Webxdc:
        """Send a webxdc app.

        Returns:
            The app, to send updates to it and to read those of others.
        """
        name = name or _unless_path(file, "app.xdc")
        sent = await self.send(text, file=file, name=name, view_type=Viewtype.WEBXDC)
        return sent.webxdc

    async def send_contacts(self, *contacts: ContactRef) -> MessageRef:
        """Send a vCard, by which the readers can write to these contacts.

        Raises:
            BadInput: No contact was given.
        """
        if not contacts:
            raise BadInput("A vCard needs at least one contact.")
        ids = [contact.id for contact in contacts]
        vcard = await self.scope.core.make_vcard(self.scope.account_id, ids)
        return await self.send(file=vcard.encode(), name="contact.vcf", view_type=Viewtype.VCARD)

    async def send_location(self, latitude: float, longitude: float, text: str) -> MessageRef:
        """Send a place, with what is to be said about it."""
        return await self.send(text, location=(latitude, longitude))


def _unless_path(file: FileContent, name: str) -> str | None:
    """Name what has no name of its own."""
    return name if isinstance(file, bytes) else None

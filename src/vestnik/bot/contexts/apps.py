"""What happens in webxdc apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vestnik.bot.contexts.base import ChatContext, SenderContext
from vestnik.bot.contexts.message import Message
from vestnik.bot.happening import Happening
from vestnik.bot.objects.contact import Contact
from vestnik.bot.objects.webxdc import StatusUpdate, Webxdc
from vestnik.ids import MessageId

__all__ = ["WebxdcNotification", "WebxdcUpdate"]


@dataclass(eq=False, repr=False, kw_only=True)
class WebxdcUpdate(ChatContext):
    """An app has updates that were not handled yet, the bot's own left out.

    They count as handled afterwards; if the bot ends before, they come with the next one again.

    Attributes:
        message: The message that holds the app.
        updates: What is new, oldest first, at least one.
    """

    happening: ClassVar[Happening] = Happening.WEBXDC_UPDATE

    message: Message
    updates: tuple[StatusUpdate, ...]

    @property
    def webxdc(self) -> Webxdc:
        """The app."""
        return self.message.webxdc

    async def finish(self) -> None:
        """Remember that these updates are handled."""
        await self.webxdc.note_handled(self.updates[-1].serial)


@dataclass(eq=False, repr=False, kw_only=True)
class WebxdcNotification(SenderContext):
    """An app wants the bot to be notified.

    Attributes:
        sender: Who made it do so.
        text: What it says.
        href: Where in the app it leads.
        webxdc_id: The message that holds the app.
    """

    happening: ClassVar[Happening] = Happening.WEBXDC_NOTIFICATION

    sender: Contact
    text: str
    href: str | None
    webxdc_id: MessageId

    @property
    def webxdc(self) -> Webxdc:
        """The app."""
        return Webxdc(self.scope, self.webxdc_id)

"""What a message quotes."""

from __future__ import annotations

from dataclasses import dataclass

from vestnik.bot.objects.message_ref import MessageRef
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail import types

__all__ = ["Quote", "quote_of"]


@dataclass(frozen=True)
class Quote:
    """What a message quotes.

    Attributes:
        text: What was quoted.
        author: The name of who wrote it; empty when it is not known.
        message: The message that is quoted, unless it is not on this device.
    """

    text: str
    author: str = ""
    message: MessageRef | None = None


def quote_of(scope: Scope, raw: types.Message) -> Quote | None:
    """Read what a message quotes."""
    match raw.quote:
        case types.MessageQuoteWithMessage() as quote:
            name = quote.override_sender_name or quote.author_display_name
            ref = MessageRef(scope, quote.message_id, quote.chat_id)
            return Quote(quote.text, name, ref)
        case types.MessageQuoteJustText() as quote:
            return Quote(quote.text)
        case _:
            return None

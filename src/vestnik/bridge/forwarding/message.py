"""A message of the core as programs get it: all that a bot usually asks for, and no more."""

from __future__ import annotations

import msgspec

from vestnik.bridge.forwarding.sizes import LONGEST_NAME, LONGEST_QUOTE, cut, size
from vestnik.bridge.forwarding.told import (
    ToldChat,
    ToldFile,
    ToldMessage,
    ToldQuote,
    ToldSender,
    ToldVcard,
    ToldWebxdc,
)
from vestnik.chatmail.types import (
    BasicChat,
    Message,
    MessageQuote,
    MessageQuoteJustText,
    MessageQuoteWithMessage,
    SystemMessageType,
    WebxdcMessageInfo,
)

__all__ = ["shortened", "told_message"]

LEAST_TEXT = 64
"""Bytes that a text keeps, however little room there seems to be."""


def told_message(
    message: Message, chat: BasicChat, *, url: str = "", webxdc: WebxdcMessageInfo | None = None
) -> ToldMessage:
    """Take from a message and its chat what programs are told.

    Args:
        url: Where its file can be fetched, if it has one.
        webxdc: What is known of the app that it holds.
    """
    is_info = message.is_info
    return ToldMessage(
        id=message.id,
        sent=message.timestamp * 1000,
        received=message.received_timestamp * 1000,
        view_type=message.view_type,
        text=message.text,
        is_bot=message.is_bot,
        is_info=is_info,
        chat=_chat(chat),
        sender=_sender(message),
        is_unencrypted=not is_info and not message.show_padlock,
        is_forwarded=message.is_forwarded,
        is_edited=message.is_edited,
        has_html=message.has_html,
        has_location=message.has_location,
        # In an encrypted chat it is made up by the program that sent it.
        subject="" if chat.is_encrypted else message.subject[:LONGEST_NAME],
        parent_id=message.parent_id,
        system_message_type=_system_type(message),
        info_contact_id=message.info_contact_id,
        quote=_quote(message.quote),
        file=_file(message, url),
        webxdc=_webxdc(webxdc),
        webxdc_href=(message.webxdc_href or "")[:LONGEST_NAME],
        vcard=_vcard(message),
    )


def shortened(message: ToldMessage, most: int) -> ToldMessage:
    """Cut the text of a message so that all of it takes at most so many bytes."""
    if len(message.text) * 6 < most // 4:
        return message  # the usual case: no text that short can be too long as JSON
    excess = size(message) - most
    if excess <= 0:
        return message
    room = size(message.text) - excess - len(',"isTextCut":true')
    return msgspec.structs.replace(
        message, text=cut(message.text, max(room, LEAST_TEXT)), is_text_cut=True
    )


def _chat(chat: BasicChat) -> ToldChat:
    return ToldChat(
        id=chat.id,
        name=chat.name[:LONGEST_NAME],
        type=chat.chat_type,
        is_encrypted=chat.is_encrypted,
    )


def _sender(message: Message) -> ToldSender:
    sender = message.sender
    return ToldSender(
        id=message.from_id,
        name=sender.display_name[:LONGEST_NAME],
        address=sender.address[:LONGEST_NAME],
        is_key_contact=sender.is_key_contact,
        override_name=(message.override_sender_name or "")[:LONGEST_NAME],
    )


def _system_type(message: Message) -> str:
    type_ = message.system_message_type
    return "" if type_ is SystemMessageType.UNKNOWN else type_


def _quote(quote: MessageQuote | None) -> ToldQuote | None:
    if not isinstance(quote, MessageQuoteJustText | MessageQuoteWithMessage):
        return None
    text, is_cut = quote.text[:LONGEST_QUOTE], len(quote.text) > LONGEST_QUOTE
    if isinstance(quote, MessageQuoteJustText):
        return ToldQuote(text=text, is_text_cut=is_cut)
    author = quote.override_sender_name or quote.author_display_name
    return ToldQuote(
        text=text,
        message_id=quote.message_id,
        chat_id=quote.chat_id,
        author=author[:LONGEST_NAME],
        is_text_cut=is_cut,
    )


def _file(message: Message, url: str) -> ToldFile | None:
    if not message.file:
        return None
    return ToldFile(
        name=(message.file_name or "")[-LONGEST_NAME:],
        mime=(message.file_mime or "application/octet-stream")[:LONGEST_NAME],
        bytes=message.file_bytes,
        width=max(message.dimensions_width, 0),
        height=max(message.dimensions_height, 0),
        duration=max(message.duration, 0),
        url=url,
    )


def _webxdc(app: WebxdcMessageInfo | None) -> ToldWebxdc | None:
    if app is None:
        return None
    return ToldWebxdc(
        name=app.name[:LONGEST_NAME],
        document=(app.document or "")[:LONGEST_NAME],
        summary=(app.summary or "")[:LONGEST_NAME],
    )


def _vcard(message: Message) -> ToldVcard | None:
    card = message.vcard_contact
    if card is None:
        return None
    return ToldVcard(name=card.display_name[:LONGEST_NAME], address=card.addr[:LONGEST_NAME])

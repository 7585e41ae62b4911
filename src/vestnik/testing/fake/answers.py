"""The state of a fake core as the real one would answer it, in the generated types."""

from __future__ import annotations

import mimetypes
import zlib
from collections import Counter

import msgspec

from vestnik.chatmail.types import (
    Account,
    AccountConfigured,
    AccountUnconfigured,
    BasicChat,
    ChatType,
    Contact,
    ContactFreshness,
    FullChat,
    Message,
    MessageLoadResultMessage,
    MessageQuote,
    MessageQuoteJustText,
    MessageQuoteWithMessage,
    Reaction,
    Reactions,
)
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import SELF, FakeContact
from vestnik.testing.fake.message import FakeMessage

__all__ = [
    "account_answer",
    "basic_chat_answer",
    "contact_answer",
    "full_chat_answer",
    "loaded_message_answer",
    "message_answer",
    "reactions_answer",
]

NO_FILE_KNOWN = 0


def account_answer(account: FakeAccount) -> Account:
    """Answer what an account is."""
    if not account.transports:
        return AccountUnconfigured(id=account.id)
    return AccountConfigured(
        id=account.id,
        color=_color(account.address),
        display_name=account.config.get("displayname"),
        private_tag=account.config.get("private_tag"),
        profile_image=account.config.get("selfavatar"),
    )


def contact_answer(contact: FakeContact) -> Contact:
    """Answer who somebody is, be it oneself."""
    account, is_self = contact.account, contact.id == SELF
    address = account.address if is_self else contact.address
    return Contact(
        id=contact.id,
        address=address,
        auth_name=account.config.get("displayname", "") if is_self else contact.auth_name,
        color=_color(address),
        display_name=contact.display_name,
        e2ee_avail=bool(address) and contact.has_key,
        freshness=ContactFreshness.NORMAL,
        is_blocked=contact.is_blocked,
        is_bot=contact.is_bot,
        is_key_contact=bool(address) and contact.has_key,
        last_seen=contact.last_seen,
        name=contact.name,
        status=account.config.get("selfstatus", "") if is_self else contact.status,
    )


def basic_chat_answer(chat: FakeChat) -> BasicChat:
    """Answer what a chat list needs to know of a chat."""
    return BasicChat(
        id=chat.id,
        archived=chat.is_archived,
        chat_type=chat.type,
        color=_color(chat.name),
        is_contact_request=chat.is_request,
        is_device_chat=False,
        is_encrypted=_is_encrypted(chat),
        is_muted=chat.mute != 0,
        is_self_talk=chat.members == [SELF] and chat.type is ChatType.SINGLE,
        is_unpromoted=not chat.is_promoted,
        name=chat.name,
        pinned=chat.is_pinned,
        profile_image=chat.image,
    )


def full_chat_answer(chat: FakeChat) -> FullChat:
    """Answer everything about a chat."""
    self_in_group = chat.type is not ChatType.SINGLE and SELF in chat.members
    return FullChat(
        **msgspec.structs.asdict(basic_chat_answer(chat)),
        can_send=not chat.is_request and (self_in_group or chat.type is ChatType.SINGLE),
        contact_ids=chat.members,
        ephemeral_timer=chat.ephemeral_timer,
        fresh_message_counter=sum(message.is_fresh for message in chat.messages),
        freshness=ContactFreshness.NORMAL,
        past_contact_ids=chat.past_members,
        self_in_group=self_in_group,
    )


def message_answer(message: FakeMessage) -> Message:
    """Answer a message, as far as it is there."""
    account, whole = message.chat.account, message.download_state == "Done"
    return Message(
        id=message.id,
        chat_id=message.chat.id,
        from_id=message.sender,
        sender=contact_answer(account.contacts[message.sender]),
        text=message.text,
        subject="" if message.is_info else f"Message from {message.sender}",
        view_type=message.view_type,
        state=message.state.value,
        error=message.error,
        download_state=message.download_state,
        system_message_type=message.system_type,
        info_contact_id=message.about,
        is_info=message.is_info,
        is_bot=message.is_bot,
        is_edited=message.is_edited,
        is_forwarded=message.is_forwarded,
        is_pinned=message.is_pinned,
        quote=_quote(message),
        parent_id=message.quote.id if message.quote else None,
        reactions=reactions_answer(message),
        override_sender_name=message.override_sender_name,
        file=str(message.file) if message.file and whole else None,
        file_name=message.file_name,
        file_mime=mimetypes.guess_type(message.file_name or "")[0],
        file_bytes=_file_bytes(message),
        has_html=message.html is not None,
        has_location=False,
        has_deviating_timestamp=False,
        show_padlock=True,
        timestamp=message.timestamp,
        sort_timestamp=message.timestamp,
        received_timestamp=0 if message.sender == SELF else message.timestamp,
        dimensions_height=0,
        dimensions_width=0,
        duration=0,
    )


def loaded_message_answer(message: FakeMessage) -> MessageLoadResultMessage:
    """Answer a message as one of several."""
    return MessageLoadResultMessage(**msgspec.structs.asdict(message_answer(message)))


def reactions_answer(message: FakeMessage) -> Reactions | None:
    """Answer who reacted with what; nothing when nobody did."""
    if not message.reactions:
        return None
    own = message.reactions.get(SELF, [])
    counts = Counter(emoji for reaction in message.reactions.values() for emoji in reaction)
    return Reactions(
        reactions=[
            Reaction(count=count, emoji=emoji, is_from_self=emoji in own)
            for emoji, count in counts.most_common()
        ],
        reactions_by_contact=message.reactions,
    )


def _quote(message: FakeMessage) -> MessageQuote | None:
    quoted = message.quote
    if quoted is None:
        text = message.quoted_text
        return MessageQuoteJustText(text=text) if text is not None else None
    author = message.chat.account.contacts[quoted.sender]
    return MessageQuoteWithMessage(
        author_display_color=_color(author.address),
        author_display_name=author.display_name,
        chat_id=quoted.chat.id,
        is_forwarded=quoted.is_forwarded,
        message_id=quoted.id,
        text=quoted.text,
        view_type=quoted.view_type,
    )


def _file_bytes(message: FakeMessage) -> int:
    if message.content:
        return len(message.content)
    there = message.file is not None and message.file.exists()
    return message.file.stat().st_size if message.file and there else NO_FILE_KNOWN


def _is_encrypted(chat: FakeChat) -> bool:
    peer = chat.peer
    return peer is None or peer.has_key


def _color(text: str) -> str:
    return f"#{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"

"""What programs are told of a message, as types.

The rule for programs: ``id``, ``sent``, ``received``, ``viewType``, ``text``, ``isBot``,
``isInfo``, ``chat`` and ``sender`` are always there. Everything else is there only if it says
something: a ``true``, a file that there is.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "ToldChat",
    "ToldFile",
    "ToldMessage",
    "ToldQuote",
    "ToldSender",
    "ToldVcard",
    "ToldWebxdc",
]


class _Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    pass


class ToldChat(_Told, frozen=True, kw_only=True):
    """The chat of a message."""

    id: int
    name: str
    type: str
    is_encrypted: bool


class ToldSender(_Told, frozen=True, kw_only=True):
    """Who wrote a message.

    Attributes:
        is_key_contact: Whether it is known by a key, so that nobody else can pretend to be it.
    """

    id: int
    name: str
    address: str
    is_key_contact: bool = False
    override_name: str = ""


class ToldQuote(_Told, frozen=True, kw_only=True):
    """What a message replies to; only its text if the quoted message is not here."""

    text: str
    message_id: int | None = None
    chat_id: int | None = None
    author: str = ""
    is_text_cut: bool = False


class ToldFile(_Told, frozen=True, kw_only=True):
    """What is attached to a message.

    Attributes:
        duration: In milliseconds.
        url: Where it can be fetched, for some hours.
    """

    name: str
    mime: str
    bytes: int
    width: int = 0
    height: int = 0
    duration: int = 0
    url: str


class ToldWebxdc(_Told, frozen=True, kw_only=True):
    """The app that a message holds."""

    name: str
    document: str = ""
    summary: str = ""


class ToldVcard(_Told, frozen=True, kw_only=True):
    """The contact that a message holds."""

    name: str
    address: str


class ToldMessage(_Told, frozen=True, kw_only=True):
    """A message; moments are in milliseconds since 1970."""

    id: int
    sent: int
    received: int
    view_type: str
    text: str
    is_bot: bool
    is_info: bool
    chat: ToldChat
    sender: ToldSender
    is_text_cut: bool = False
    is_unencrypted: bool = False
    is_forwarded: bool = False
    is_edited: bool = False
    has_html: bool = False
    has_location: bool = False
    subject: str = ""
    parent_id: int | None = None
    system_message_type: str = ""
    info_contact_id: int | None = None
    quote: ToldQuote | None = None
    file: ToldFile | None = None
    webxdc: ToldWebxdc | None = None
    webxdc_href: str = ""
    vcard: ToldVcard | None = None

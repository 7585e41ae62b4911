"""The methods that the fake core plays, by topic; each is called as in the specification."""

from __future__ import annotations

from vestnik.testing.fake.methods.accounts import AccountMethods
from vestnik.testing.fake.methods.chats import ChatMethods
from vestnik.testing.fake.methods.configuration import ConfigurationMethods
from vestnik.testing.fake.methods.contacts import ContactMethods
from vestnik.testing.fake.methods.joining import JoiningMethods
from vestnik.testing.fake.methods.members import MemberMethods
from vestnik.testing.fake.methods.reading import ReadingMethods
from vestnik.testing.fake.methods.sending import SendingMethods
from vestnik.testing.fake.methods.transports import TransportMethods

__all__ = ["TOPICS"]

TOPICS = (
    AccountMethods,
    ConfigurationMethods,
    TransportMethods,
    ContactMethods,
    ChatMethods,
    MemberMethods,
    ReadingMethods,
    SendingMethods,
    JoiningMethods,
)
"""Each class holds the methods of one topic under the names that the core gives them."""

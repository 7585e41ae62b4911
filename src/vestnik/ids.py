"""The kinds of number that Vestnik passes around, each with a type of its own."""

from typing import NewType

__all__ = ["AccountId", "ChatId", "ContactId", "MessageId"]

AccountId = NewType("AccountId", int)
"""One account (profile) of a core; 0 in an event means the account manager itself."""

ChatId = NewType("ChatId", int)
"""One chat of an account; ids up to 9 are reserved by the core."""

MessageId = NewType("MessageId", int)
"""One message of an account; ids up to 9 are reserved by the core."""

ContactId = NewType("ContactId", int)
"""One contact of an account: 1 is the account itself, 2 info, 5 device, up to 9 reserved."""

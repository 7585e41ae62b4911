"""One account of a fake core: what it has, and the handles by which a test moves it."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from vestnik.chatmail.events import (
    ChatlistChanged,
    ChatlistItemChanged,
    EventPayload,
    IncomingMsg,
    IncomingMsgBunch,
    MsgsChanged,
)
from vestnik.chatmail.types import ChatType, EnteredLoginParam
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.contact import DEVICE, INFO, SELF, FakeContact
from vestnik.testing.fake.message import FakeMessage
from vestnik.testing.fake.wire import Refusal

if TYPE_CHECKING:
    from vestnik.testing.fake.world import World

__all__ = ["FakeAccount"]

RESERVED = 9
"""Ids of chats, contacts and messages up to this one have special meanings."""


class FakeAccount:
    """One account.

    Attributes:
        id: Its id in the core.
        config: What was set by ``set_config``.
        transports: The mailboxes that it uses; without any it is unconfigured.
        io_running: Whether it receives and sends.
        contacts: Everybody it knows, itself included.
        chats: Its chats.
        messages: Its messages, deleted ones excepted.
        sent: What the program has sent, in order.
    """

    def __init__(self, world: World, account_id: AccountId) -> None:
        self._world = world
        self.id = account_id
        self.config: dict[str, str] = {}
        self.transports: list[EnteredLoginParam] = []
        self.io_running = False
        self.contacts: dict[ContactId, FakeContact] = {}
        self.chats: dict[ChatId, FakeChat] = {}
        self.messages: dict[MessageId, FakeMessage] = {}
        self.sent: list[FakeMessage] = []
        self.delivery_failures: deque[str] = deque()
        self._singles: dict[ContactId, FakeChat] = {}
        self._by_address: dict[tuple[str, bool], FakeContact] = {}
        self._contact_ids = itertools.count(RESERVED + 1)
        self._chat_ids = itertools.count(RESERVED + 1)
        self._message_ids = itertools.count(RESERVED + 1)
        for contact_id, name in ((SELF, "Me"), (INFO, "info"), (DEVICE, "Device messages")):
            self.contacts[contact_id] = FakeContact(self, contact_id, "")
            self.contacts[contact_id].name = name

    def __repr__(self) -> str:
        return f"<FakeAccount {self.id} {self.address or 'unconfigured'}>"

    @property
    def address(self) -> str:
        """Its mail address; empty as long as it is not configured."""
        return self.transports[0].addr if self.transports else ""

    @property
    def is_bot(self) -> bool:
        """Whether its configuration says that a program uses it."""
        return self.config.get("bot") == "1"

    # What a test does.

    def contact(self, address: str, *, name: str = "", is_bot: bool = False) -> FakeContact:
        """Give the contact of an address, whose key the account knows; made at first use.

        Args:
            address: Its mail address.
            name: The name that it gives itself.
            is_bot: Whether it is a program.
        """
        contact = self.contact_at(address, has_key=True) or self.add_contact(address)
        contact.auth_name = name or contact.auth_name
        contact.is_bot = is_bot or contact.is_bot
        return contact

    def group(self, name: str, members: Iterable[FakeContact] = ()) -> FakeChat:
        """Make a group of the account and `members`, as if it had always been there."""
        chat = self.add_chat(ChatType.GROUP, name, [SELF, *(member.id for member in members)])
        chat.is_promoted = True
        return chat

    def emit(self, payload: EventPayload | Mapping[str, object]) -> None:
        """Let the core tell of an event, be it true or not; a mapping goes out as it is."""
        self._world.emit(self.id, payload)

    def fail_deliveries(self, reason: str, times: int = 1) -> None:
        """Let the next messages be taken from the program and then refused by the relay."""
        self.delivery_failures.extend([reason] * times)

    async def until_sent(self, count: int = 1) -> list[FakeMessage]:
        """Wait until the program has sent `count` messages, and return all that it sent."""
        await self._world.changes.until(lambda: len(self.sent) >= count)
        return self.sent

    # What the played methods look up and change.

    def find_contact(self, contact_id: ContactId) -> FakeContact:
        """Give a contact, or refuse as the core does."""
        if contact_id not in self.contacts:
            raise Refusal(f"contact Contact#{contact_id} not found")
        return self.contacts[contact_id]

    def contact_at(self, address: str, *, has_key: bool) -> FakeContact | None:
        """Give the contact with or without a key that has an address."""
        return self._by_address.get((address.lower(), has_key))

    def add_contact(self, address: str, *, has_key: bool = True) -> FakeContact:
        """Add a contact under the next id."""
        contact = FakeContact(self, ContactId(next(self._contact_ids)), address)
        contact.has_key = has_key
        self.contacts[contact.id] = self._by_address[address.lower(), has_key] = contact
        return contact

    def find_chat(self, chat_id: ChatId) -> FakeChat:
        """Give a chat, or refuse as the core does."""
        if chat_id not in self.chats:
            problem = f"Failed loading chat Chat#{chat_id} from database: Query returned no rows"
            raise Refusal(problem)
        return self.chats[chat_id]

    def single_chat(self, contact_id: ContactId) -> FakeChat | None:
        """Give the chat with one contact alone, if it was made."""
        return self._singles.get(contact_id)

    def add_chat(self, type_: ChatType, name: str, members: list[ContactId]) -> FakeChat:
        """Add a chat under the next id and tell that the list of chats has changed."""
        chat = FakeChat(self, ChatId(next(self._chat_ids)), type_, name, members)
        self.chats[chat.id] = chat
        if type_ is ChatType.SINGLE:
            self._singles[members[0]] = chat
        self.emit_changed(ChatId(0), MessageId(0), chat.id)
        return chat

    def next_message_id(self) -> MessageId:
        """Take the next id of a message; hidden ones, such as reactions, take one too."""
        return MessageId(next(self._message_ids))

    def find_message(self, message_id: MessageId) -> FakeMessage:
        """Give a message, or refuse as the core does."""
        if message_id not in self.messages:
            raise Refusal(f"Message Msg#{message_id} does not exist")
        return self.messages[message_id]

    def forget_chat(self, chat: FakeChat) -> None:
        """Delete a chat with its messages."""
        for message_id in chat.message_ids:
            del self.messages[message_id]
        del self.chats[chat.id]
        self._singles = {who: single for who, single in self._singles.items() if single != chat}

    def note_sent(self, message: FakeMessage) -> None:
        """Record what the program has sent, for the test and who waits in it."""
        self.sent.append(message)
        self._world.changes.note()

    def emit_changed(
        self, chat_id: ChatId, message_id: MessageId, item: ChatId | None = None
    ) -> None:
        """Tell of a change as the core does: of the message, of the list, of its item."""
        self.emit(MsgsChanged(chat_id=chat_id, msg_id=message_id))
        self.emit(ChatlistChanged())
        if item or chat_id:
            self.emit(ChatlistItemChanged(chat_id=item or chat_id))

    def emit_arrival(self, arrival: IncomingMsg) -> None:
        """Tell of a new message as the core does."""
        self.emit(arrival)
        self.emit(ChatlistChanged())
        self.emit(ChatlistItemChanged(chat_id=arrival.chat_id))
        self.emit(IncomingMsgBunch())

    def flush_outbox(self) -> None:
        """Hand over to the relay what was sent while there was no I/O."""
        for message in [message for message in self.messages.values() if message.is_pending]:
            message.hand_over()

"""Played: contacts."""

from __future__ import annotations

from vestnik.chatmail.events import ContactsChanged
from vestnik.chatmail.types import Contact
from vestnik.ids import AccountId, ContactId
from vestnik.testing.fake.account import RESERVED
from vestnik.testing.fake.answers import contact_answer
from vestnik.testing.fake.contact import SELF, FakeContact
from vestnik.testing.fake.methods.topic import Topic
from vestnik.testing.fake.wire import Refusal

__all__ = ["ContactMethods"]


class ContactMethods(Topic):
    """Whom an account knows."""

    def create_contact(self, account_id: AccountId, email: str, name: str | None) -> ContactId:
        account = self._world.account(account_id)
        if not self.check_email_validity(email):
            raise Refusal("provided email address is not a valid email address")
        # Of an address alone no key is known, so the core cannot write to it.
        contact = account.contact_at(email, has_key=False)
        contact = contact or account.add_contact(email, has_key=False)
        contact.name = name or contact.name
        account.emit(ContactsChanged(contact_id=contact.id))
        return contact.id

    def check_email_validity(self, email: str) -> bool:
        local, at, domain = email.partition("@")
        return bool(local and at and "." in domain)

    def get_contact(self, account_id: AccountId, contact_id: ContactId) -> Contact:
        return contact_answer(self._world.account(account_id).find_contact(contact_id))

    def get_contacts_by_ids(
        self, account_id: AccountId, ids: list[ContactId]
    ) -> dict[ContactId, Contact]:
        return {contact_id: self.get_contact(account_id, contact_id) for contact_id in ids}

    def lookup_contact_id_by_addr(self, account_id: AccountId, addr: str) -> ContactId | None:
        account = self._world.account(account_id)
        if addr.lower() == account.address.lower():
            return SELF
        with_key = account.contact_at(addr, has_key=True)
        contact = with_key or account.contact_at(addr, has_key=False)
        return contact.id if contact else None

    def get_contact_ids(
        self, account_id: AccountId, list_flags: int, query: str | None
    ) -> list[ContactId]:
        return [contact.id for contact in self._listed(account_id, query)]

    def get_contacts(
        self, account_id: AccountId, list_flags: int, query: str | None
    ) -> list[Contact]:
        return [contact_answer(contact) for contact in self._listed(account_id, query)]

    def change_contact_name(self, account_id: AccountId, contact_id: ContactId, name: str) -> None:
        contact = self._world.account(account_id).find_contact(contact_id)
        contact.name = name
        contact.account.emit(ContactsChanged(contact_id=contact_id))

    def block_contact(self, account_id: AccountId, contact_id: ContactId) -> None:
        self._set_blocked(account_id, contact_id, blocked=True)

    def unblock_contact(self, account_id: AccountId, contact_id: ContactId) -> None:
        self._set_blocked(account_id, contact_id, blocked=False)

    def get_blocked_contacts(self, account_id: AccountId) -> list[Contact]:
        known = self._world.account(account_id).contacts.values()
        return [contact_answer(contact) for contact in known if contact.is_blocked]

    def _listed(self, account_id: AccountId, query: str | None) -> list[FakeContact]:
        known = self._world.account(account_id).contacts.values()
        wanted = (query or "").lower()
        return [
            contact
            for contact in known
            if contact.id > RESERVED
            and not contact.is_blocked
            and wanted in f"{contact.display_name} {contact.address}".lower()
        ]

    def _set_blocked(self, account_id: AccountId, contact_id: ContactId, *, blocked: bool) -> None:
        contact = self._world.account(account_id).find_contact(contact_id)
        contact.is_blocked = blocked
        chat = contact.account.single_chat(contact_id)
        if chat is not None:
            chat.is_blocked = blocked
        contact.account.emit(ContactsChanged(contact_id=contact_id))

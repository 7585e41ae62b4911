"""What can be done with contacts, on the fake core."""

import pytest

from tests.bot.objects.services import scope_of, services_on_fake
from vestnik.bot.objects import ContactRef
from vestnik.errors import CallFailed
from vestnik.ids import ContactId
from vestnik.testing import FakeCore


async def test_a_contact_tells_who_it_is(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice", is_bot=True)
    alice.status, alice.last_seen = "busy", 7
    async with services_on_fake(fake_core) as services:
        contact = await ContactRef(scope_of(services, account.id), alice.id).fetch()
        assert (contact.name, contact.address, contact.status) == (
            "Alice",
            "alice@example.org",
            "busy",
        )
        assert (contact.is_bot, contact.is_blocked, contact.can_encrypt) == (True, False, True)
        assert (contact.last_seen, contact.avatar) == (7, None)
        assert not contact.is_me
        assert "alice" not in repr(contact)


async def test_a_contact_has_a_chat_of_its_own(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    async with services_on_fake(fake_core) as services:
        contact = ContactRef(scope_of(services, account.id), alice.id)
        assert (await contact.chat()).id == alice.chat.id


async def test_a_contact_is_blocked_and_unblocked_and_renamed(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    async with services_on_fake(fake_core) as services:
        contact = ContactRef(scope_of(services, account.id), alice.id)
        await contact.block()
        assert (await contact.fetch()).is_blocked
        await contact.unblock()
        assert not (await contact.fetch()).is_blocked
        await contact.rename("Ally")
        assert (await contact.fetch()).name == "Ally"
        await contact.rename("")
        assert (await contact.fetch()).name == "Alice"


async def test_a_contact_is_described_by_a_vcard_and_forgotten(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    fake_core.on("make_vcard", lambda account_id, ids: f"vcard of {ids}")
    fake_core.on("delete_contact", lambda account_id, contact_id: None)
    async with services_on_fake(fake_core) as services:
        contact = ContactRef(scope_of(services, account.id), alice.id)
        assert await contact.vcard() == f"vcard of [{alice.id}]"
        await contact.forget()
        assert fake_core.calls("delete_contact") == [(account.id, alice.id)]


async def test_contacts_are_equal_when_they_are_the_same_one(fake_core: FakeCore) -> None:
    account, other = fake_core.account(), fake_core.account()
    alice = account.contact("alice@example.org")
    async with services_on_fake(fake_core) as services:
        ref = ContactRef(scope_of(services, account.id), alice.id)
        assert ref == await ref.fetch()
        assert len({ref, await ref.fetch()}) == 1
        assert ref != ContactRef(scope_of(services, other.id), alice.id)
        assert ref != ContactRef(ref.scope, ContactId(1))
        assert ref != alice.id
        assert ContactRef(ref.scope, ContactId(1)).is_me


async def test_a_contact_that_does_not_exist_is_the_cores_refusal(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with services_on_fake(fake_core) as services:
        with pytest.raises(CallFailed):
            await ContactRef(scope_of(services, account.id), ContactId(99)).fetch()

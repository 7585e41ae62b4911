"""What can be done with the bot's own account, on the fake core."""

from pathlib import Path

from tests.bot.objects.services import scope_of, services_on_fake
from vestnik.bot.objects import Account
from vestnik.chatmail.types import ChatType
from vestnik.testing import FakeCore


async def test_an_account_has_an_address_a_name_and_a_status(fake_core: FakeCore) -> None:
    fake = fake_core.account("Echo", address="echo@example.org")
    async with services_on_fake(fake_core) as services:
        account = Account(scope_of(services, fake.id))
        assert account.id == fake.id
        assert await account.address() == "echo@example.org"
        assert (await account.display_name(), await account.status()) == ("Echo", "")
        await account.set_display_name("Echo 2")
        await account.set_status("I repeat")
        assert (await account.display_name(), await account.status()) == ("Echo 2", "I repeat")


async def test_an_account_gets_a_picture_and_loses_it(fake_core: FakeCore, tmp_path: Path) -> None:
    fake = fake_core.account()
    async with services_on_fake(fake_core, files=tmp_path) as services:
        account = Account(scope_of(services, fake.id))
        assert await account.avatar() is None
        await account.set_avatar(b"png")
        assert str(await account.avatar()).startswith(str(tmp_path))
        await account.set_avatar(None)
        assert await account.avatar() is None
        assert list(tmp_path.iterdir()) == []


async def test_an_account_has_a_link_and_a_code(fake_core: FakeCore) -> None:
    fake = fake_core.account("Echo")
    async with services_on_fake(fake_core) as services:
        account = Account(scope_of(services, fake.id))
        assert (await account.qr()).text == await account.invite_link()


async def test_an_account_follows_an_invitation(fake_core: FakeCore) -> None:
    host, guest = fake_core.account("Host", address="host@example.org"), fake_core.account()
    async with services_on_fake(fake_core) as services:
        code = await Account(scope_of(services, host.id)).invite_link()
        chat = await Account(scope_of(services, guest.id)).join(code)
        assert [member.address for member in await chat.members()] == ["host@example.org"]


async def test_chats_and_contacts_are_found(fake_core: FakeCore) -> None:
    fake = fake_core.account()
    alice = fake.contact("alice@example.org", name="Alice")
    bob = fake.contact("bob@example.org", name="Bob")
    group = fake.group("Friends", [alice])
    alice.chat.receive("hello")
    async with services_on_fake(fake_core) as services:
        account = Account(scope_of(services, fake.id))
        assert [chat.id for chat in await account.chats()] == [alice.chat.id, group.id]
        assert [chat.id for chat in await account.chats("friends")] == [group.id]
        assert [contact.id for contact in await account.contacts()] == [alice.id, bob.id]
        found = await account.lookup("bob@example.org")
        assert found is not None
        assert found.name == "Bob"
        assert await account.lookup("nobody@example.org") is None


async def test_groups_and_channels_are_made(fake_core: FakeCore) -> None:
    fake = fake_core.account()
    alice = fake.contact("alice@example.org")
    async with services_on_fake(fake_core) as services:
        account = Account(scope_of(services, fake.id))
        group = await account.create_group("Friends", account.contact(alice.id))
        channel = await account.create_broadcast("News")
        assert fake.chats[group.id].members == [1, alice.id]
        assert await channel.type() is ChatType.OUT_BROADCAST


async def test_the_contacts_of_a_vcard_are_taken(fake_core: FakeCore) -> None:
    fake = fake_core.account()
    alice = fake.contact("alice@example.org", name="Alice")
    fake_core.on("import_vcard_contents", lambda account_id, vcard: [alice.id])
    async with services_on_fake(fake_core) as services:
        (contact,) = await Account(scope_of(services, fake.id)).import_vcard("BEGIN:VCARD")
        assert contact.name == "Alice"

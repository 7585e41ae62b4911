"""What can be done with chats, on the fake core."""

from pathlib import Path

import pytest

from tests.bot.objects.services import outbox_of, scope_of, services_on_fake
from vestnik.bot.objects import Chat, ContactRef
from vestnik.chatmail.types import ChatType, Viewtype
from vestnik.errors import BadInput, CallFailed
from vestnik.ids import ContactId
from vestnik.testing import FakeCore


async def test_a_group_has_a_name_a_description_and_members(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    group = account.group("Friends", [alice])
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), group.id)
        assert await chat.type() is ChatType.GROUP
        assert await chat.name() == "Friends"
        await chat.set_name("Old friends")
        await chat.set_description("since school")
        assert (await chat.info()).name == "Old friends"
        assert await chat.description() == "since school"
        assert [member.name for member in await chat.members()] == ["Me", "Alice"]
        assert (await chat.full_info()).contact_ids == [1, alice.id]


async def test_members_are_added_and_removed(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    group = account.group("Friends")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), group.id)
        await chat.add(ContactRef(chat.scope, alice.id), ContactRef(chat.scope, bob.id))
        assert group.members == [1, alice.id, bob.id]
        await chat.remove(ContactRef(chat.scope, alice.id))
        assert group.members == [1, bob.id]
        await chat.leave()
        assert group.members == [bob.id]


async def test_a_group_gets_a_picture_and_loses_it(fake_core: FakeCore, tmp_path: Path) -> None:
    account = fake_core.account()
    group = account.group("Friends")
    (tmp_path / "group.png").write_bytes(b"png")
    async with services_on_fake(fake_core, files=tmp_path / "files") as services:
        chat = Chat(scope_of(services, account.id), group.id)
        await chat.set_avatar(tmp_path / "group.png")
        assert await chat.avatar() == str(tmp_path / "group.png")
        await chat.set_avatar(b"other png")
        assert str(group.image).startswith(str(tmp_path / "files"))
        assert list((tmp_path / "files").iterdir()) == []
        await chat.set_avatar(None)
        assert await chat.avatar() is None


async def test_a_chat_is_muted_for_a_while_or_for_ever(fake_core: FakeCore) -> None:
    account = fake_core.account()
    group = account.group("Friends")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), group.id)
        await chat.mute(60)
        assert (group.mute, await chat.is_muted()) == (60, True)
        await chat.mute()
        assert group.mute == -1
        await chat.unmute()
        assert not await chat.is_muted()


async def test_messages_of_a_chat_disappear_after_its_timer(fake_core: FakeCore) -> None:
    account = fake_core.account()
    group = account.group("Friends")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), group.id)
        await chat.set_ephemeral_timer(3600)
        assert (group.ephemeral_timer, await chat.ephemeral_timer()) == (3600, 3600)


async def test_a_chat_lists_its_last_messages(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    messages = [alice.chat.receive(f"message {n}") for n in range(3)]
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), alice.chat.id)
        assert [ref.id for ref in await chat.messages()] == [one.id for one in messages]
        assert [ref.id for ref in await chat.messages(last=2)] == [one.id for one in messages[1:]]
        fake_core.on("search_messages", lambda account, query, chat: [messages[1].id])
        assert [ref.id for ref in await chat.search("message 1")] == [messages[1].id]


async def test_a_chat_is_deleted_or_blocked(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    async with services_on_fake(fake_core) as services:
        scope = scope_of(services, account.id)
        await Chat(scope, alice.chat.id).block()
        assert alice.is_blocked
        await Chat(scope, bob.chat.id).delete()
        assert account.single_chat(bob.id) is None


async def test_a_group_has_a_link_and_a_code(fake_core: FakeCore) -> None:
    account = fake_core.account()
    group = account.group("Friends")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), group.id)
        assert (await chat.qr()).text == await chat.invite_link()
        assert "Friends" in await chat.invite_link()


async def test_what_is_posted_goes_out_after_what_is_sent(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), alice.chat.id)
        await chat.post("news")
        sent = await account.until_sent()
        assert [message.text for message in sent] == ["news"]


async def test_files_are_sent_under_their_names(fake_core: FakeCore, tmp_path: Path) -> None:
    account = fake_core.account()
    chat_id = account.contact("alice@example.org").chat.id
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    async with services_on_fake(fake_core, files=tmp_path / "files") as services:
        chat = Chat(scope_of(services, account.id), chat_id)
        await chat.send_file(tmp_path / "report.pdf", text="here")
        await chat.send_file(str(tmp_path / "report.pdf"), "summary.pdf")
        await chat.send_file(b"a,b", "table.csv")
        assert [(sent.file_name, sent.content, sent.text) for sent in account.sent] == [
            ("report.pdf", b"%PDF", "here"),
            ("summary.pdf", b"%PDF", ""),
            ("table.csv", b"a,b", ""),
        ]
        assert list((tmp_path / "files").iterdir()) == []
        with pytest.raises(BadInput, match="Bytes need a name"):
            await chat.send_file(b"a,b")


async def test_bytes_that_cannot_be_written_are_refused_with_a_sentence(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    account = fake_core.account()
    chat_id = account.contact("alice@example.org").chat.id
    (tmp_path / "taken").write_bytes(b"")
    async with services_on_fake(fake_core, files=tmp_path / "taken") as services:
        chat = Chat(scope_of(services, account.id), chat_id)
        with pytest.raises(BadInput, match="is there room"):
            await chat.send_file(b"a,b", "table.csv")


async def test_stickers_voices_and_apps_are_sent_as_what_they_are(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat_id = account.contact("alice@example.org").chat.id
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), chat_id)
        await chat.send_sticker(b"...")
        await chat.send_voice(b"...")
        app = await chat.send_webxdc(b"...", text="play")
        assert [(sent.view_type, sent.file_name) for sent in account.sent] == [
            (Viewtype.STICKER, "sticker.webp"),
            (Viewtype.VOICE, "voice.ogg"),
            (Viewtype.WEBXDC, "app.xdc"),
        ]
        assert app.message_id == account.sent[-1].id


async def test_contacts_and_places_are_shared(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    fake_core.on("make_vcard", lambda account_id, ids: f"BEGIN:VCARD {ids}")
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), alice.chat.id)
        await chat.send_contacts(ContactRef(chat.scope, alice.id))
        await chat.send_location(52.5, 13.4, "here")
        vcard, place = account.sent
        assert vcard.content == f"BEGIN:VCARD [{alice.id}]".encode()
        assert (vcard.view_type, place.text) == (Viewtype.VCARD, "here")
        assert outbox_of(services).given[1][1].location == (52.5, 13.4)
        with pytest.raises(BadInput):
            await chat.send_contacts()


async def test_a_chat_that_does_not_exist_is_the_cores_refusal(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with services_on_fake(fake_core) as services:
        chat = Chat(scope_of(services, account.id), account.group("Gone").id)
        await chat.delete()
        with pytest.raises(CallFailed):
            await chat.name()
        with pytest.raises(CallFailed):
            await chat.add(ContactRef(chat.scope, ContactId(99)))

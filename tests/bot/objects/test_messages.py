"""What can be done with messages, on the fake core."""

from pathlib import Path

import pytest

from tests.bot.objects.services import outbox_of, received, services_on_fake
from vestnik.bot.objects import MessageRef
from vestnik.chatmail.types import Viewtype
from vestnik.errors import BadInput, CallFailed
from vestnik.ids import MessageId
from vestnik.testing import FakeCore


async def test_a_message_shows_what_was_written_by_whom_and_where(fake_core: FakeCore) -> None:
    account = fake_core.account("Bot")
    alice = account.contact("alice@example.org", name="Alice")
    async with services_on_fake(fake_core) as services:
        message = await received(services, alice.chat.receive("hello"))
        assert (message.text, message.sender.name) == ("hello", "Alice")
        assert (message.sender.address, message.chat.id) == ("alice@example.org", alice.chat.id)
        assert message.sender_name == "Alice"
        assert message.view_type is Viewtype.TEXT
        assert message.file is None
        assert message.quote is None
        assert message.error is None
        assert message.timestamp > 0
        assert message.is_encrypted
        assert message.is_whole
        assert not any(
            (
                message.is_own,
                message.is_info,
                message.is_from_bot,
                message.is_edited,
                message.is_forwarded,
                message.is_pinned,
                message.sender.is_me,
            )
        )


async def test_a_message_costs_one_call_and_asks_for_nothing_more(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        _ = (message.sender.name, message.chat, message.account, message.webxdc, message.scope)
        assert len(fake_core.calls("get_message")) == 1
        for method in ("get_contact", "get_basic_chat_info", "get_full_chat_by_id", "get_config"):
            assert fake_core.calls(method) == []


async def test_a_reply_quotes_and_is_named_after_the_message_it_answers(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        question = chat.receive("how much?")
        message = await received(services, question)
        first = await message.reply("42")
        second = await message.answer("no, 43")
        assert [(sent.text, sent.quote) for sent in account.sent] == [
            ("42", question),
            ("no, 43", None),
        ]
        assert (first.id, second.id) == (account.sent[0].id, account.sent[1].id)
        names = [key for _, _, key in outbox_of(services).given]
        prefix = f"{account.id}:{question.id}"
        assert names == [f"{prefix}:0", f"{prefix}:1"]


async def test_a_second_run_of_a_handling_sends_nothing_twice(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        question = chat.receive("how much?")
        for _ in range(2):
            message = await received(services, question)
            reply = await message.reply("42")
            await reply.edit("43")
            await message.chat.send("and more")
        assert [sent.text for sent in account.sent] == ["43", "and more"]


async def test_what_is_reached_through_a_message_sends_under_its_names(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    async with services_on_fake(fake_core) as services:
        question = alice.chat.receive("tell bob")
        message = await received(services, question)
        (found,) = await message.account.contacts("bob")
        await (await found.chat()).send("alice greets you")
        await (await message.chat.messages())[0].reply("done")
        group = await message.account.create_group("Both", message.sender, found)
        await group.send("hello")
        again = await MessageRef(message.scope, message.id, message.chat_id).fetch()
        await again.reply("that was all")
        assert [sent.chat.id for sent in account.sent] == [
            bob.chat.id,
            alice.chat.id,
            group.id,
            alice.chat.id,
        ]
        names = [key for _, _, key in outbox_of(services).given]
        assert names == [f"{account.id}:{question.id}:{n}" for n in range(4)]


async def test_an_answer_to_a_message_that_was_deleted_meanwhile_goes_without_quote(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        question = chat.receive("how much?")
        message = await received(services, question)
        question.delete()
        await message.reply("42")
        assert [(sent.text, sent.quote) for sent in account.sent] == [("42", None)]


async def test_an_answer_that_the_core_refuses_raises_its_refusal(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("how much?"))
        fake_core.fail("send_msg", "No space left")
        with pytest.raises(CallFailed, match="No space left"):
            await message.reply("42")


async def test_an_empty_message_is_refused_with_a_sentence(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        with pytest.raises(BadInput, match="give a text or a file"):
            await message.reply("")
        assert account.sent == []


async def test_options_of_a_message_reach_the_core(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        await message.reply("hi", html="<b>hi</b>", sender_name="Clerk", location=(52.5, 13.4))
        ((_, data, _),) = outbox_of(services).given
        assert (data.html, data.override_sender_name, data.location) == (
            "<b>hi</b>",
            "Clerk",
            (52.5, 13.4),
        )


async def test_reactions_edits_pins_and_deletions_go_straight_to_the_core(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        await message.react("👍")
        assert await message.reactions() == {"👍": 1}
        await message.react()
        assert await message.reactions() == {}
        await message.pin()
        assert await message.chat.pinned() == [
            MessageRef(message.scope, message.id, message.chat_id)
        ]
        await message.unpin()
        assert await message.chat.pinned() == []
        sent = await message.reply("first")
        await sent.edit("second")
        assert (await sent.fetch()).text == "second"
        assert (await sent.fetch()).is_edited
        await sent.delete()
        assert not await sent.exists()
        assert outbox_of(services).mails_noted == 6
        await message.delete(for_all=False)
        assert chat.messages == []
        assert outbox_of(services).mails_noted == 6


async def test_nothing_happens_to_a_message_that_is_gone(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        question = chat.receive("hello")
        message = await received(services, question)
        question.delete()
        await message.react("👍")
        await message.pin()
        await message.edit("something")
        await message.delete()
        await message.forward(message.chat)
        assert chat.messages == []
        with pytest.raises(CallFailed):
            await message.fetch()


async def test_what_the_core_refuses_of_a_message_that_is_there_is_an_error(
    fake_core: FakeCore,
) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        with pytest.raises(CallFailed, match="own messages"):
            await message.edit("not mine")
        with pytest.raises(CallFailed, match="own messages"):
            await message.delete()


async def test_a_forward_is_not_repeated_by_a_second_run(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    async with services_on_fake(fake_core) as services:
        news = alice.chat.receive("news")
        for _ in range(2):
            message = await received(services, news)
            await message.forward(message.account.chat(bob.chat.id))
        assert [(sent.text, sent.is_forwarded) for sent in account.sent] == [("news", True)]


@pytest.mark.parametrize("was_sent", [True, False])
async def test_a_forward_that_was_interrupted_is_done_once(
    fake_core: FakeCore, was_sent: bool
) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    async with services_on_fake(fake_core) as services:
        news = alice.chat.receive("news")
        message = await received(services, news)

        def lose_answer(*arguments: object) -> object:
            if was_sent:
                fake_core.play("forward_messages", *arguments)
            raise ConnectionError

        fake_core.on("forward_messages", lose_answer)
        with pytest.raises(Exception):  # noqa: B017, PT011 - the process would have ended here
            await message.forward(message.account.chat(bob.chat.id))
        fake_core.on("forward_messages", lambda *a: fake_core.play("forward_messages", *a))
        second_run = await received(services, news)
        await second_run.forward(second_run.account.chat(bob.chat.id))
        assert [sent.text for sent in account.sent] == ["news"]


async def test_a_quote_shows_its_text_and_leads_to_its_message(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    async with services_on_fake(fake_core) as services:
        first = alice.chat.receive("first")
        message = await received(services, alice.chat.receive("second", quote=first))
        quote = message.quote
        assert quote is not None
        assert quote.message is not None
        assert (quote.text, quote.author) == ("first", "Alice")
        assert (await quote.message.fetch()).text == "first"
        assert not await message.is_reply_to_me()


async def test_a_reply_to_the_bot_is_recognised(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        await (await received(services, chat.receive("hi"))).reply("what?")
        own = account.sent[0]
        message = await received(services, chat.receive("that", quote=own))
        assert await message.is_reply_to_me()
        own.delete()
        assert not await message.is_reply_to_me()


async def test_an_attachment_has_its_name_and_its_content(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("", file=tmp_path / "report.pdf"))
        file = message.file
        assert file is not None
        assert (file.name, file.mime, file.size) == ("report.pdf", "application/pdf", 4)
        assert await file.read() == b"%PDF"


async def test_a_message_that_is_only_announced_has_no_file_yet(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    (tmp_path / "film.mp4").write_bytes(b"...")
    async with services_on_fake(fake_core) as services:
        announced = chat.receive("", file=tmp_path / "film.mp4", whole=False)
        message = await received(services, announced)
        assert message.file is None
        assert not message.is_whole
        announced.download()
        assert (await message.fetch()).file is not None


async def test_references_are_equal_when_they_name_the_same_message(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hello"))
        other = await received(services, chat.receive("hello"))
        ref = MessageRef(message.scope, MessageId(99), chat.id)
        assert ref == MessageRef(other.scope, MessageId(99), chat.id)
        assert ref != MessageRef(other.scope, MessageId(98), chat.id)
        assert message.chat == other.chat
        assert len({message.chat, other.chat}) == 1
        assert message.sender == other.sender == message.account.contact(message.sender.id)
        assert "hello" not in repr(message)

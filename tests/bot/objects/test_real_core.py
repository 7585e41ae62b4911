"""Every method of the objects once on the real core, which knows more than the fake one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from tests.bot.objects.services import (
    SECONDS,
    scope_of,
    services_on,
    write_app,
    write_png,
)
from tests.e2e.witness import Witness, witnessing
from vestnik.bot.contexts import (
    Call,
    CallStage,
    Context,
    Deletion,
    Edit,
    Join,
    LocationUpdate,
    MemberChange,
    Membership,
    Message,
    Reaction,
    Services,
    WebxdcNotification,
    WebxdcUpdate,
)
from vestnik.bot.objects import Account, Chat, Contact
from vestnik.bot.translate import context_of, context_of_message
from vestnik.chatmail import join_by_code, types
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import ChatType, MessageData, Viewtype
from vestnik.errors import CallFailed
from vestnik.ids import ChatId, MessageId
from vestnik.testing.live import LiveAccount, introduce
from vestnik.testing.plugin import CoreFactory, NewAccount

pytestmark = pytest.mark.timeout(300)

C = TypeVar("C", bound=Context)


@dataclass
class Meeting:
    """A bot with its contexts, and a user who sees everything."""

    services: Services
    bot: LiveAccount
    user: LiveAccount
    bots_chat: ChatId
    users_chat: ChatId
    user_sees: Witness
    contexts: list[Context] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def account(self) -> Account:
        return Account(scope_of(self.services, self.bot.id))

    @property
    def chat(self) -> Chat:
        return self.account.chat(self.bots_chat)

    async def somebody(self) -> Contact:
        """Give the user as the bot knows them."""
        (contact,) = await self.chat.members()
        return contact

    async def next(self, kind: type[C], is_meant: Callable[[C], bool] = lambda context: True) -> C:
        """Wait for a context of a kind, and forget it."""
        async with asyncio.timeout(SECONDS * 2):
            while True:
                for context in self.contexts:
                    if isinstance(context, kind) and is_meant(context):
                        self.contexts.remove(context)
                        return context
                self.news.clear()
                await self.news.wait()

    async def said_by_user(self, text: str) -> Message:
        """Let the user write, and give what a handler would get."""
        await self.user_sees.send(self.users_chat, text)
        return await self.next(Message, lambda message: message.text == text)

    async def user_got(self, text: str) -> MessageId:
        """Wait until the user has got a message, and give its id there."""
        await self.user_sees.until_text(text)
        return next(one.id for one in self.user_sees.messages if one.text == text)

    async def watch(self) -> None:
        async with self.bot.core.events(self.bot.id) as events:
            async for event in events:
                if isinstance(event.payload, IncomingMsg):
                    message_id = event.payload.msg_id
                    context: Context | None = await context_of_message(
                        self.services, self.bot.id, message_id
                    )
                else:
                    context = await context_of(event, self.services)
                if context is not None:
                    self.contexts.append(context)
                    self.news.set()


@pytest.fixture
async def meeting(
    new_account: NewAccount, core_factory: CoreFactory, tmp_path: Path
) -> AsyncIterator[Meeting]:
    bot = await new_account(bot=True, name="Bot")
    user = await new_account(name="User", core=await core_factory())
    chats = await introduce(bot, user)
    async with (
        services_on(bot.core, tmp_path / "files") as services,
        witnessing(user) as (user_sees,),
    ):
        one = Meeting(services, bot, user, *chats, user_sees)
        watching = asyncio.create_task(one.watch())
        await asyncio.sleep(0)
        yield one
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_messages_are_answered_changed_and_passed_on(meeting: Meeting) -> None:
    question = await meeting.said_by_user("how much?")
    assert (question.sender.name, question.sender.address) == ("User", meeting.user.address)
    assert question.is_encrypted
    assert not question.is_from_bot

    reply = await question.reply("42")
    theirs = await meeting.user_got("42")
    seen = await meeting.user.core.get_message(meeting.user.id, theirs)
    assert isinstance(seen.quote, types.MessageQuoteWithMessage)
    assert (seen.quote.text, seen.is_bot) == ("how much?", True)
    await reply.edit("43")
    await _until_text(meeting, theirs, "43")

    await question.react("👍")
    assert await question.reactions() == {"👍": 1}
    await question.react()
    assert await question.reactions() == {}

    await question.pin()
    assert [ref.id for ref in await question.chat.pinned()] == [question.id]
    assert (await question.fetch()).is_pinned
    await question.unpin()

    group = await meeting.account.create_group("Archive", question.sender)
    await question.forward(group)
    copy = await (await group.messages(last=1))[0].fetch()
    assert (copy.text, copy.is_forwarded, copy.is_own) == ("how much?", True, True)

    await meeting.user.core.markseen_msgs(meeting.user.id, [theirs])
    assert await reply.read_by() == []
    assert await question.html() is None
    await reply.resend()
    await reply.delete()
    assert not await reply.exists()
    await question.delete(for_all=False)
    assert not await question.exists()
    # What is gone is left alone.
    await reply.edit("44")
    await question.react("👎")
    await question.pin()
    await reply.delete()
    late = await question.reply("never mind")
    assert (await late.fetch()).quote is None
    assert [ref.id for ref in await meeting.chat.search("never")] == [late.id]
    with pytest.raises(CallFailed):
        await reply.fetch()


async def _until_text(meeting: Meeting, message_id: MessageId, text: str) -> None:
    core, user_id = meeting.user.core, meeting.user.id
    async with asyncio.timeout(SECONDS):
        async with core.events(user_id) as events:
            while (await core.get_message(user_id, message_id)).text != text:
                await anext(events)


async def test_every_sort_of_attachment_arrives_as_what_it_is(
    meeting: Meeting, tmp_path: Path
) -> None:
    chat, png = meeting.chat, write_png(tmp_path / "code.png")
    await chat.send_file(b"a,b", "table.csv", "the table")
    await chat.send_file(png)
    await chat.send_file(png, "other name.png")
    await chat.send_sticker(png.read_bytes(), "sticker.png")
    voice = await chat.send_voice(b"OggS")
    await chat.send_contacts(await meeting.somebody())
    await chat.send_location(52.5, 13.4, "here")
    await chat.send("short", html="<p>long</p>", sender_name="Clerk")
    await chat.post("later")
    await meeting.user_sees.until_text("later")
    assert (await voice.fetch()).view_type is Viewtype.VOICE
    got = {_name(one): one for one in meeting.user_sees.messages}
    assert [(name, one.view_type) for name, one in got.items()] == [
        ("table.csv", Viewtype.FILE),
        ("code.png", Viewtype.IMAGE),
        ("other name.png", Viewtype.IMAGE),
        ("sticker.png", Viewtype.STICKER),
        ("voice", Viewtype.VOICE),
        ("contact.vcf", Viewtype.VCARD),
        ("here", Viewtype.TEXT),
        ("short", Viewtype.TEXT),
        ("later", Viewtype.TEXT),
    ]
    table = got["table.csv"]
    assert table.file is not None
    assert (table.text, Path(table.file).read_bytes()) == ("the table", b"a,b")
    assert got["here"].has_location
    assert (got["short"].has_html, got["short"].override_sender_name) == (True, "Clerk")
    vcard = got["contact.vcf"].vcard_contact
    assert vcard is not None
    assert vcard.addr == meeting.user.address


def _name(message: types.Message) -> str:
    """Name a message after what is in it; the core gives voice messages a name of its own."""
    return "voice" if message.view_type is Viewtype.VOICE else message.file_name or message.text


async def test_a_file_that_comes_is_read_and_saved(meeting: Meeting, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    data = MessageData(file=str(tmp_path / "report.pdf"), text="look")
    await meeting.user.core.send_msg(meeting.user.id, meeting.users_chat, data)
    message = await meeting.next(Message)
    assert message.file is not None
    assert (message.file.name, message.file.size) == ("report.pdf", 4)
    assert await message.file.read() == b"%PDF"
    await message.save_file(tmp_path / "copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes() == b"%PDF"
    with pytest.raises(CallFailed):
        await message.save_file(tmp_path / "copy.pdf")
    with pytest.raises(CallFailed, match="Nothing to download"):
        await message.download()


async def test_a_group_is_made_kept_and_left(meeting: Meeting, tmp_path: Path) -> None:
    user = await meeting.somebody()
    group = await meeting.account.create_group("Friends", user)
    await group.set_description("since school")
    await group.set_avatar(write_png(tmp_path / "group.png"))
    await group.set_ephemeral_timer(3600)
    await group.send("welcome")
    theirs = await meeting.user_got("welcome")
    their_chat = (await meeting.user.core.get_message(meeting.user.id, theirs)).chat_id
    seen = await meeting.user.core.get_full_chat_by_id(meeting.user.id, their_chat)
    assert (seen.name, seen.ephemeral_timer, bool(seen.profile_image)) == ("Friends", 3600, True)

    assert await group.type() is ChatType.GROUP
    assert (await group.name(), await group.description()) == ("Friends", "since school")
    assert await group.ephemeral_timer() == 3600
    assert await group.avatar()
    await group.set_avatar(None)
    assert await group.avatar() is None
    await group.set_name("Old friends")
    assert (await group.full_info()).name == "Old friends"
    assert {member.is_me for member in await group.members()} == {True, False}
    assert "Old" in await group.invite_link()
    assert (await group.qr()).text.startswith("https://")
    await group.mute(60)
    assert await group.is_muted()
    await group.mute()
    await group.unmute()
    assert not await group.is_muted()
    await group.remove(user)
    assert [member.is_me for member in await group.members()] == [True]
    await group.leave()
    assert await group.members() == []
    await group.delete()
    assert group not in await meeting.account.chats()


async def test_a_channel_is_filled_by_the_bot_alone(meeting: Meeting) -> None:
    channel = await meeting.account.create_broadcast("News")
    assert await channel.type() is ChatType.OUT_BROADCAST
    code = await channel.invite_link()
    await join_by_code(meeting.user.core, meeting.user.id, code)
    join = await meeting.next(Join)
    assert (join.chat, await join.chat_type()) == (channel, ChatType.OUT_BROADCAST)
    await channel.send("first news")
    theirs = await meeting.user_got("first news")
    await meeting.user.core.send_reaction(meeting.user.id, theirs, ["👍"])
    reaction = await meeting.next(Reaction)
    assert (reaction.emoji, reaction.chat, reaction.sender) == ("👍", channel, join.contact)


async def test_contacts_are_found_blocked_renamed_and_described(meeting: Meeting) -> None:
    account = meeting.account
    user = await account.lookup(meeting.user.address)
    assert user is not None
    assert (user.name, user.can_encrypt, user.is_bot) == ("User", True, False)
    assert await account.lookup("nobody@example.org") is None
    assert user in await account.contacts()
    assert user in await account.contacts("use")
    assert await user.chat() == meeting.chat
    assert meeting.chat in await account.chats()
    await user.rename("Client")
    assert (await user.fetch()).name == "Client"
    await user.block()
    assert (await user.fetch()).is_blocked
    await user.unblock()
    assert not (await user.fetch()).is_blocked
    vcard = await user.vcard()
    assert meeting.user.address in vcard
    assert await account.import_vcard(vcard) == [user]
    await meeting.chat.block()
    await user.forget()


async def test_an_account_shows_itself_and_invites(meeting: Meeting, tmp_path: Path) -> None:
    account = meeting.account
    assert await account.address() == meeting.bot.address
    await account.set_display_name("Bot 2")
    await account.set_status("at your service")
    assert (await account.display_name(), await account.status()) == ("Bot 2", "at your service")
    await account.set_avatar(write_png(tmp_path / "me.png").read_bytes())
    assert await account.avatar()
    with pytest.raises(CallFailed):
        await account.set_avatar(b"no image")
    await account.set_avatar(None)
    assert await account.avatar() is None
    # Every link has a secret of its own.
    assert (await account.qr()).text.split("&s=")[0] in await account.invite_link()
    theirs = await meeting.user.core.create_group_chat(meeting.user.id, "Theirs", False)
    code = await meeting.user.core.get_chat_securejoin_qr_code(meeting.user.id, theirs)
    joined = await account.join(code)
    assert await joined.name() == "Theirs"


async def test_an_app_is_used_from_both_sides(meeting: Meeting, tmp_path: Path) -> None:
    app = await meeting.chat.send_webxdc(write_app(tmp_path / "score.xdc"), text="play")
    theirs = await meeting.user_got("play")
    core, user_id = meeting.user.core, meeting.user.id
    assert (await app.info()).name == "Score"
    assert await app.read_file("index.html") == b"<html></html>"
    await app.send_update({"score": 1}, summary="1 point", document="Game")
    await app.send_update(
        {"score": 2.5, "ключ": ["ü", None, 12345678901234567890123, 0.1 + 0.2]},
        info="goal",
        href="x#y",
    )
    with pytest.raises(CallFailed):
        await (await meeting.chat.send("no app")).webxdc.send_update("x")
    await core.send_webxdc_status_update(
        user_id, theirs, '{"payload":{"score":3},"info":"scored","notify":{"*":"hey"}}', None
    )
    update = await meeting.next(WebxdcUpdate)
    assert [one.payload for one in update.updates] == [{"score": 3}]
    assert (update.webxdc.message_id, update.chat) == (app.message_id, meeting.chat)
    notification = await meeting.next(WebxdcNotification)
    assert (notification.text, notification.webxdc.message_id) == ("hey", app.message_id)
    assert notification.sender == await meeting.somebody()
    await update.finish()
    await core.send_webxdc_status_update(
        user_id, theirs, '{"payload":{"score":4},"notify":{"*":"again"}}', None
    )
    update = await meeting.next(WebxdcUpdate)
    assert [one.payload for one in update.updates] == [{"score": 4}]
    notification = await meeting.next(WebxdcNotification)
    assert notification.webxdc.message_id == app.message_id
    assert [one.payload async for one in app.new_updates()] == [{"score": 4}]
    assert await app.unhandled() == []
    assert len(await app.updates()) == 4
    assert not any(isinstance(context, WebxdcUpdate) for context in meeting.contexts)


async def test_edits_deletions_and_reactions_are_told(meeting: Meeting) -> None:
    core, user_id = meeting.user.core, meeting.user.id
    theirs = await meeting.user_sees.send(meeting.users_chat, "helo")
    message = await meeting.next(Message)
    await core.send_edit_request(user_id, theirs, "hello")
    edit = await meeting.next(Edit)
    assert (edit.text, edit.message.id, edit.sender) == ("hello", message.id, message.sender)
    await message.pin()
    answer = await message.reply("hi")
    their_answer = await meeting.user_got("hi")
    await core.send_reaction(user_id, their_answer, ["❤"])
    reaction = await meeting.next(Reaction)
    assert (reaction.emoji, reaction.message) == ("❤", answer)
    await core.send_reaction(user_id, their_answer, [])
    assert (await meeting.next(Reaction)).is_taken_back
    await core.delete_messages_for_all(user_id, [theirs])
    deletion = await meeting.next(Deletion)
    assert (deletion.message_id, deletion.chat) == (message.id, meeting.chat)
    assert not any(isinstance(context, Edit | Reaction) for context in meeting.contexts)


async def test_members_come_and_go(meeting: Meeting) -> None:
    core, user_id = meeting.user.core, meeting.user.id
    group = await core.create_group_chat(user_id, "Theirs", False)
    await meeting.user_sees.send(group, "alone")
    (bot_contact,) = await core.get_chat_contacts(user_id, meeting.users_chat)
    await core.add_contact_to_chat(user_id, group, bot_contact)
    added = await meeting.next(MemberChange)
    assert (added.change, added.is_about_me, added.is_by_me) == (Membership.ADDED, True, False)
    assert added.sender == await meeting.somebody()
    await core.remove_contact_from_chat(user_id, group, bot_contact)
    removed = await meeting.next(MemberChange)
    assert (removed.change, removed.is_about_me) == (Membership.REMOVED, True)

    own = await meeting.account.create_group("Ours")
    joined = await join_by_code(core, user_id, await own.invite_link())
    join = await meeting.next(Join)
    assert (join.chat, await join.chat_type()) == (own, ChatType.GROUP)
    added = await meeting.next(MemberChange)
    assert (added.member, added.is_by_me, added.chat) == (join.contact, True, own)
    await own.send("welcome")
    await meeting.user_got("welcome")
    await core.leave_group(user_id, joined)
    left = await meeting.next(MemberChange)
    assert (left.change, left.member, left.sender) == (
        Membership.LEFT,
        join.contact,
        join.contact,
    )


async def test_a_call_is_told_from_its_ring_to_its_end(meeting: Meeting) -> None:
    core, user_id = meeting.user.core, meeting.user.id
    theirs = await core.place_outgoing_call(user_id, meeting.users_chat, "offer", True)
    call = await meeting.next(Call)
    assert (call.stage, call.offer, call.has_video) == (CallStage.RINGING, "offer", True)
    assert call.sender == await meeting.somebody()
    assert (await call.info()).sdp_offer == "offer"
    await call.accept("answer")
    assert (await meeting.next(Call)).stage is CallStage.TAKEN
    await core.end_call(user_id, theirs)
    call = await meeting.next(Call)
    assert call.stage is CallStage.ENDED
    await call.end()
    assert not any(isinstance(context, Message) for context in meeting.contexts)


async def test_who_shares_a_place_is_told(meeting: Meeting) -> None:
    core, user_id = meeting.user.core, meeting.user.id
    await core.send_locations_to_chat(user_id, meeting.users_chat, 60)
    await core.set_location(48.1, 11.5, 5.0)
    update = await meeting.next(LocationUpdate)
    assert update.contact == await meeting.somebody()
    (place,) = await update.locations(chat_id=meeting.chat.id)
    assert (place.latitude, place.longitude) == (48.1, 11.5)

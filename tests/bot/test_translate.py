"""From what the core tells to what a handler is given, on the fake core."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from tests.bot.objects.fake_app import FakeApp
from tests.bot.objects.services import services_on_fake
from vestnik.bot.contexts import (
    Call,
    CallStage,
    Context,
    Deletion,
    Edit,
    Failure,
    Join,
    LocationUpdate,
    MemberChange,
    Membership,
    Message,
    RawEvent,
    Reaction,
    Services,
    WebxdcNotification,
    WebxdcUpdate,
)
from vestnik.bot.translate import context_of, context_of_message, kinds_of
from vestnik.chatmail import Event, EventStream, events
from vestnik.chatmail.types import ChatType, Location, SystemMessageType, Viewtype
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing import FakeCore

C = TypeVar("C", bound=Context)


@dataclass
class Told:
    """What became of the events since the last look."""

    services: Services
    stream: EventStream
    wanted: frozenset[type[Context]] | None = None
    ends: list[str] = field(default_factory=list)

    async def contexts(self) -> list[Context | None]:
        """Translate everything up to now, as a bot does; a marker tells where that is."""
        await self.services.core.set_config(AccountId(1), "displayname", "marker")
        found: list[Context | None] = []
        async for event in self.stream:
            if isinstance(event.payload, events.ConfigSynced):
                return found
            found.append(await self._context(event))
        raise AssertionError("the core has ended")

    async def _context(self, event: Event) -> Context | None:
        told = event.payload
        if isinstance(told, events.IncomingMsg) and self.wanted is None:
            return await context_of_message(self.services, event.account_id, told.msg_id)
        return await context_of(event, self.services, wanted=self.wanted)

    async def those_of(self, kind: type[C]) -> list[C]:
        """Give the contexts of one kind among them."""
        return [context for context in await self.contexts() if isinstance(context, kind)]


@asynccontextmanager
async def _listening(fake: FakeCore) -> AsyncIterator[Told]:
    async with services_on_fake(fake) as services, services.core.events() as stream:
        told = Told(services, stream)
        await told.contexts()
        yield told


async def test_a_message_is_its_own_cause(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with _listening(fake_core) as told:
        fake_message = chat.receive("hello")
        (message,) = await told.those_of(Message)
        assert (message.text, message.cause, message.chat_id) == (
            "hello",
            fake_message.id,
            chat.id,
        )


async def test_the_arrival_of_a_message_is_only_an_event(fake_core: FakeCore) -> None:
    """So that nobody handles it beside the intake, which does so once."""
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        arrival = events.IncomingMsg(chat_id=chat.id, msg_id=chat.receive("hello").id)
        event = Event(account_id=AccountId(1), payload=arrival)
        assert kinds_of(event) == frozenset()
        assert isinstance(await context_of(event, services), RawEvent)
        assert fake_core.calls("get_message") == []


async def test_a_message_that_is_gone_has_no_context(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with _listening(fake_core) as told:
        fake_message = account.contact("alice@example.org").chat.receive("hello")
        with fake_core.losing_events():
            fake_message.delete()
        contexts = await told.contexts()
        assert contexts.count(None) == 1
        assert not any(isinstance(context, Message) for context in contexts)


async def test_a_message_that_the_core_cannot_give_is_an_error(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with _listening(fake_core) as told:
        fake_message = account.contact("alice@example.org").chat.receive("hello")
        fake_core.fail("get_message", "database is locked")
        with pytest.raises(CallFailed, match="locked"):
            await context_of_message(told.services, account.id, fake_message.id)


async def test_a_call_or_an_information_among_missed_messages_is_no_message(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    call = alice.chat.receive("Incoming call", view_type=Viewtype.CALL)
    group = account.group("Friends", [alice])
    renamed = group.rename("Old friends", by=alice)
    added = group.add_member(account.contact("bob@example.org"), by=alice)
    async with _listening(fake_core) as told:
        assert await context_of_message(told.services, account.id, call.id) is None
        assert await context_of_message(told.services, account.id, renamed.id) is None
        change = await context_of_message(told.services, account.id, added.id)
        assert isinstance(change, MemberChange)
        assert change.cause == added.id
        assert change.next_key() == f"1:{added.id}:0"


async def test_an_edit_shows_the_new_text(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org", name="Alice").chat
    async with _listening(fake_core) as told:
        fake_message = chat.receive("helo")
        fake_message.edit("hello")
        (edit,) = await told.those_of(Edit)
        assert (edit.text, edit.message.id, edit.sender.name) == (
            "hello",
            fake_message.id,
            "Alice",
        )
        assert edit.next_key() is None


async def test_another_change_of_an_edited_message_is_no_second_edit(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with _listening(fake_core) as told:
        fake_message = chat.receive("helo")
        fake_message.edit("hello")
        fake_message.change()
        assert len(await told.those_of(Edit)) == 1
        fake_message.edit("hello!")
        assert [edit.text for edit in await told.those_of(Edit)] == ["hello!"]


async def test_the_bots_own_edit_is_none(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with _listening(fake_core) as told:
        sent = await told.services.core.misc_send_text_message(account.id, chat.id, "helo")
        await told.services.core.send_edit_request(account.id, sent, "hello")
        assert await told.those_of(Edit) == []


async def test_a_deletion_tells_which_message_is_gone(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with _listening(fake_core) as told:
        fake_message = chat.receive("hello")
        fake_message.delete()
        (deletion,) = await told.those_of(Deletion)
        assert (deletion.message_id, deletion.chat_id) == (fake_message.id, chat.id)


async def test_a_reaction_tells_who_and_what_until_it_is_taken_back(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    async with _listening(fake_core) as told:
        fake_message = alice.chat.receive("hello")
        fake_message.react(alice, "👍")
        (reaction,) = await told.those_of(Reaction)
        assert (reaction.emoji, reaction.sender.name, reaction.is_taken_back) == (
            "👍",
            "Alice",
            False,
        )
        assert (reaction.message.id, reaction.chat.id) == (fake_message.id, alice.chat.id)
        fake_message.react(alice)
        (reaction,) = await told.those_of(Reaction)
        assert (reaction.emoji, reaction.is_taken_back) == ("", True)


async def test_the_bots_own_reaction_and_one_of_nobody_are_none(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    async with _listening(fake_core) as told:
        fake_message = alice.chat.receive("hello")
        await told.services.core.send_reaction(account.id, fake_message.id, ["👍"])
        unnamed = events.ReactionsChanged(
            chat_id=alice.chat.id, contact_id=ContactId(0), msg_id=fake_message.id
        )
        account.emit(unnamed)
        assert await told.those_of(Reaction) == []


async def test_a_member_is_added_and_removed_by_somebody(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    bob = account.contact("bob@example.org", name="Bob")
    group = account.group("Friends", [alice])
    async with _listening(fake_core) as told:
        info = group.add_member(bob, by=alice)
        (added,) = await told.those_of(MemberChange)
        assert (added.change, added.sender.name) == (Membership.ADDED, "Alice")
        assert (added.member.id, (await added.member.fetch()).name) == (bob.id, "Bob")
        assert (added.message_id, added.cause, added.chat_id) == (info.id, info.id, group.id)
        assert not added.is_by_me
        assert not added.is_about_me
        group.remove_member(bob, by=alice)
        (removed,) = await told.those_of(MemberChange)
        assert removed.change is Membership.REMOVED


async def test_who_leaves_is_told_once_although_it_is_no_news(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    group = account.group("Friends", [alice])
    async with _listening(fake_core) as told:
        info = group.remove_member(alice, by=alice)
        info.change()
        (left,) = await told.those_of(MemberChange)
        assert (left.change, left.member, left.cause) == (Membership.LEFT, left.sender, None)


async def test_a_member_change_that_was_news_is_not_told_again_when_it_changes(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    group = account.group("Friends", [alice])
    async with _listening(fake_core) as told:
        info = group.add_member(bob, by=alice)
        info.change()
        assert len(await told.those_of(MemberChange)) == 1
        await told.services.core.markseen_msgs(account.id, [info.id])
        info.change()
        assert await told.those_of(MemberChange) == []


async def test_what_the_bot_does_to_members_is_told_as_its_own_doing(fake_core: FakeCore) -> None:
    account = fake_core.account()
    group = account.group("Friends")
    bob = account.contact("bob@example.org")
    async with _listening(fake_core) as told:
        await told.services.core.add_contact_to_chat(account.id, group.id, bob.id)
        (added,) = await told.those_of(MemberChange)
        assert (added.is_by_me, added.is_about_me, added.member.id) == (True, False, bob.id)


async def test_another_information_than_about_members_is_only_an_event(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    group = account.group("Friends", [alice])
    async with _listening(fake_core) as told:
        group.rename("Old friends", by=alice)
        contexts = await told.contexts()
        assert None in contexts  # its arrival, which is nothing for handlers
        assert all(context is None or isinstance(context, RawEvent) for context in contexts)


async def test_the_text_of_an_information_says_nothing(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    group = account.group("Friends", [alice])
    async with _listening(fake_core) as told:
        info = group.rename("x", by=alice)
        info.text = "Member Bob added by Alice."
        assert await told.those_of(MemberChange) == []
        info.system_type, info.about, info.text = (
            SystemMessageType.MEMBER_ADDED_TO_GROUP,
            None,
            "",
        )
        info.change()
        assert await told.those_of(MemberChange) == []


async def test_who_joins_is_told_with_the_chat_that_was_joined(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice", is_bot=True)
    group = account.group("Friends")
    async with _listening(fake_core) as told:
        alice.scan_invite()
        (join,) = await told.those_of(Join)
        assert (join.contact.name, join.contact.is_bot, join.sender) == (
            "Alice",
            True,
            join.contact,
        )
        assert (join.chat_id, await join.chat_type()) == (alice.chat.id, ChatType.SINGLE)
        alice.scan_invite(group)
        (join,) = await told.those_of(Join)
        assert (join.chat_id, await join.chat_type()) == (group.id, ChatType.GROUP)


async def test_half_a_join_is_none(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    async with _listening(fake_core) as told:
        half = events.SecurejoinInviterProgress(
            chat_id=alice.chat.id, chat_type=ChatType.SINGLE, contact_id=alice.id, progress=400
        )
        account.emit(half)
        assert await told.those_of(Join) == []


async def test_a_failure_tells_the_reason(fake_core: FakeCore) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    account.fail_deliveries("450 too much mail")
    async with _listening(fake_core) as told:
        sent = await told.services.core.misc_send_text_message(account.id, chat.id, "hello")
        (failure,) = await told.those_of(Failure)
        assert (failure.error, failure.message.id, failure.message.text) == (
            "450 too much mail",
            sent,
            "hello",
        )


async def test_a_call_goes_through_its_stages(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    async with _listening(fake_core) as told:
        fake_call = alice.chat.receive("", view_type=Viewtype.CALL)
        ids = {"msg_id": fake_call.id, "chat_id": alice.chat.id}
        await told.contexts()
        offered = {"kind": "IncomingCall", "place_call_info": "offer", "has_video": True}
        account.emit({**offered, **ids})
        account.emit({"kind": "IncomingCallAccepted", "from_this_device": True, **ids})
        account.emit({"kind": "OutgoingCallAccepted", "accept_call_info": "answer", **ids})
        account.emit({"kind": "CallEnded", **ids})
        calls = await told.those_of(Call)
        assert [(call.stage, call.offer, call.has_video) for call in calls] == [
            (CallStage.RINGING, "offer", True),
            (CallStage.TAKEN, "", False),
            (CallStage.ANSWERED, "answer", False),
            (CallStage.ENDED, "", False),
        ]
        assert {call.sender.name for call in calls} == {"Alice"}


async def test_a_call_is_taken_ended_and_asked_about(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    for method in ("accept_incoming_call", "end_call"):
        fake_core.on(method, lambda *arguments: None)
    info = {"hasVideo": False, "sdpOffer": "offer", "state": {"kind": "Alerting"}}
    fake_core.on("call_info", lambda *arguments: info)
    async with _listening(fake_core) as told:
        message_id = alice.chat.receive("", view_type=Viewtype.CALL).id
        await told.contexts()
        account.emit(
            events.IncomingCall(
                msg_id=message_id, chat_id=alice.chat.id, place_call_info="", has_video=False
            )
        )
        (call,) = await told.those_of(Call)
        await call.accept("answer")
        await call.end()
        assert (await call.info()).sdp_offer == "offer"
        assert fake_core.calls("accept_incoming_call") == [(account.id, message_id, "answer")]
        assert fake_core.calls("end_call") == [(account.id, message_id)]


async def test_updates_of_an_app_come_until_they_are_handled(fake_core: FakeCore) -> None:
    account = fake_core.account()
    app = FakeApp(fake_core, account.contact("alice@example.org").chat)
    async with _listening(fake_core) as told:
        app.use({"move": 1})
        (update,) = await told.those_of(WebxdcUpdate)
        assert [one.payload for one in update.updates] == [{"move": 1}]
        assert (update.message.id, update.chat_id) == (app.message.id, app.message.chat.id)
        # The bot ended before it finished.
        app.use({"move": 2})
        (update,) = await told.those_of(WebxdcUpdate)
        assert [one.payload for one in update.updates] == [{"move": 1}, {"move": 2}]
        await update.finish()
        app.use({"move": 3})
        (update,) = await told.those_of(WebxdcUpdate)
        assert [one.payload for one in update.updates] == [{"move": 3}]


async def test_an_update_of_the_bot_itself_is_none(fake_core: FakeCore) -> None:
    account = fake_core.account()
    app = FakeApp(fake_core, account.contact("alice@example.org").chat)
    async with _listening(fake_core) as told:
        app.use("question")
        (update,) = await told.those_of(WebxdcUpdate)
        await update.webxdc.send_update("answer")
        await update.finish()
        assert await told.those_of(WebxdcUpdate) == []


@pytest.mark.parametrize("with_info", [True, False])
async def test_a_notification_leads_to_its_app(fake_core: FakeCore, with_info: bool) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org", name="Alice")
    app = FakeApp(fake_core, alice.chat)
    async with _listening(fake_core) as told:
        # The core names the info message that an update has brought, if there is one.
        info = alice.chat.receive("moved", quote=app.message) if with_info else app.message
        account.emit(
            events.IncomingWebxdcNotify(
                chat_id=alice.chat.id,
                contact_id=alice.id,
                msg_id=info.id,
                text="your turn",
                href=None,
            )
        )
        (notification,) = await told.those_of(WebxdcNotification)
        assert (notification.text, notification.href) == ("your turn", None)
        assert notification.sender.name == "Alice"
        assert notification.webxdc.message_id == app.message.id


async def test_a_new_place_tells_whose_it_is(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    place = Location(
        accuracy=1.0,
        chat_id=alice.chat.id,
        contact_id=alice.id,
        is_independent=False,
        latitude=52.5,
        longitude=13.4,
        location_id=1,
        msg_id=MessageId(0),
        timestamp=1,
    )
    fake_core.on("get_locations", lambda *arguments: [place])
    async with _listening(fake_core) as told:
        whose: list[ContactId | None] = [alice.id, ContactId(1), None]
        for contact_id in whose:
            account.emit(events.LocationChanged(contact_id=contact_id))
        moved, several = await told.those_of(LocationUpdate)
        assert moved.contact is not None
        assert (moved.contact.id, several.contact) == (alice.id, None)
        assert await moved.locations(chat_id=alice.chat.id) == [place]
        ((_, chat_id, whose_id, begin, end),) = fake_core.calls("get_locations")
        assert (chat_id, whose_id) == (alice.chat.id, alice.id)
        assert isinstance(begin, int)
        assert isinstance(end, int)
        assert begin < end


async def test_what_nobody_wants_costs_no_call(fake_core: FakeCore) -> None:
    account = fake_core.account()
    alice = account.contact("alice@example.org")
    async with _listening(fake_core) as told:
        told.wanted = frozenset({Join})
        fake_message = alice.chat.receive("hello")
        fake_message.edit("hello!")
        fake_message.react(alice, "👍")
        contexts = await told.contexts()
        assert contexts
        assert all(type(context) is RawEvent for context in contexts)
        assert fake_core.calls("get_message") == []
        assert fake_core.calls("get_message_reactions") == []


async def test_an_event_of_a_newer_core_is_only_an_event(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with _listening(fake_core) as told:
        fake_core.emit_unknown("MoonPhaseChanged", {"phase": "full"}, account)
        told_of = {context.kind: context for context in await told.those_of(RawEvent)}
        assert told_of["MoonPhaseChanged"].account_id == account.id


def test_kinds_are_known_without_a_core() -> None:
    def event(payload: events.EventPayload) -> Event:
        return Event(account_id=AccountId(1), payload=payload)

    changed = events.MsgsChanged(chat_id=ChatId(10), msg_id=MessageId(10))
    assert kinds_of(event(changed)) == {Edit, MemberChange}
    assert kinds_of(event(events.ConnectivityChanged())) == frozenset()


async def test_ids_that_lead_nowhere_are_no_error(fake_core: FakeCore) -> None:
    fake_core.account()
    chat_id, msg_id = ChatId(0), MessageId(0)
    async with services_on_fake(fake_core) as services:
        for payload in (
            events.MsgFailed(chat_id=chat_id, msg_id=msg_id),
            events.CallEnded(chat_id=chat_id, msg_id=msg_id),
            events.WebxdcStatusUpdate(msg_id=msg_id, status_update_serial=1),
        ):
            event = Event(account_id=AccountId(1), payload=payload)
            assert await context_of(event, services) is None
        several = events.MsgsChanged(chat_id=chat_id, msg_id=msg_id)
        event = Event(account_id=AccountId(1), payload=several)
        assert isinstance(await context_of(event, services), RawEvent)

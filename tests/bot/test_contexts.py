"""What contexts know by themselves, and what they reach."""

import io
from dataclasses import replace

import structlog

from tests.bot.objects.services import received, services_on_fake
from vestnik.bot import contexts
from vestnik.bot.contexts import (
    Context,
    Deletion,
    MemberChange,
    Problem,
    RawEvent,
    Shutdown,
    Startup,
)
from vestnik.bot.filters import Filter
from vestnik.bot.filters.readable import FromSomebody, InChat, MessageLike, ProblemLike, Written
from vestnik.bot.happening import Happening
from vestnik.bot.objects import Keys
from vestnik.bot.states import State, States
from vestnik.chatmail import Event
from vestnik.chatmail.events import AccountsChanged
from vestnik.chatmail.types import ChatType
from vestnik.ids import AccountId, ContactId, MessageId
from vestnik.testing import FakeCore

ACCOUNT = AccountId(1)


class _Everything(Filter[str, Context]):
    async def __call__(self, context: Context, /) -> str | None:
        return "found"


def _kinds() -> list[type[Context]]:
    named = (getattr(contexts, name) for name in contexts.__all__)
    classes = [one for one in named if isinstance(one, type) and issubclass(one, Context)]
    return [one for one in classes if one.__name__[-7:] != "Context"]


def test_every_kind_of_happening_has_one_context() -> None:
    assert sorted(kind.happening for kind in _kinds()) == sorted(Happening)


async def test_sends_are_numbered_within_the_handling_of_a_message(fake_core: FakeCore) -> None:
    async with services_on_fake(fake_core) as services:
        context = Context(services, ACCOUNT, cause=MessageId(12))
        assert [context.next_key() for _ in range(3)] == ["1:12:0", "1:12:1", "1:12:2"]
        assert Context(services, ACCOUNT, cause=MessageId(12)).next_key() == "1:12:0"
        assert Context(services, ACCOUNT).next_key() is None
        assert Context(services, ACCOUNT, keys=Keys("job:7")).next_key() == "job:7:0"


async def test_a_context_gives_what_a_filter_found(fake_core: FakeCore) -> None:
    async with services_on_fake(fake_core) as services:
        context, everything = Context(services, ACCOUNT), _Everything()
        assert await everything.matches(context)
        assert context[everything] == "found"


async def test_a_context_reaches_the_core_the_account_and_the_words(fake_core: FakeCore) -> None:
    account = fake_core.account("Echo")
    async with services_on_fake(fake_core) as services:
        context = Context(services, account.id, language="ru")
        assert context.core is services.core
        assert await context.account.display_name() == "Echo"
        assert (context.words.language, Context(services, ACCOUNT).words.language) == ("ru", "en")
        assert context.bot == "bot"


async def test_the_log_knows_what_is_handled_and_not_what_was_written(
    fake_core: FakeCore,
) -> None:
    chat = fake_core.account().contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("a secret"))
        lines = io.StringIO()
        with structlog.testing.capture_logs() as logs:
            message.log.info("handled")
            Problem.of(ValueError(), message, "admin").log.info("failed")
        where = {"bot": "bot", "account": 1, "chat": chat.id, "message": message.id}
        assert logs == [
            {**where, "event": "handled", "log_level": "info"},
            {**where, "router": "admin", "event": "failed", "log_level": "info"},
        ]
        print(message, RawEvent(services, ACCOUNT), message.sender, file=lines)
        assert "secret" not in lines.getvalue()
        assert "alice" not in lines.getvalue()


async def test_the_type_of_the_chat_is_asked_once(fake_core: FakeCore) -> None:
    group = fake_core.account().group("Friends")
    alice = group.account.contact("alice@example.org")
    async with services_on_fake(fake_core) as services:
        message = await received(services, group.receive("hi", sender=alice))
        assert [await message.chat_type() for _ in range(2)] == [ChatType.GROUP] * 2
        assert len(fake_core.calls("get_basic_chat_info")) == 1


async def test_whether_an_admin_did_it_is_the_bots_to_say(fake_core: FakeCore) -> None:
    chat = fake_core.account().contact("alice@example.org").chat

    class OnlyAlice:
        async def is_admin(self, account_id: AccountId, contact_id: ContactId) -> bool:
            return contact_id == chat.members[0]

    async with services_on_fake(fake_core) as services:
        fake_message = chat.receive("hi")
        assert not await (await received(services, fake_message)).is_from_admin()
        with_admins = replace(services, admins=OnlyAlice())
        assert await (await received(with_admins, fake_message)).is_from_admin()


class _Form(States):
    name = State()


async def test_a_conversation_is_with_the_sender_or_else_with_the_chat(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    alice, bob = (account.contact(f"{name}@example.org") for name in ("alice", "bob"))
    group = account.group("Friends", [alice, bob])
    async with services_on_fake(fake_core) as services:
        from_alice = await received(services, group.receive("hi", sender=alice))
        from_bob = await received(services, group.receive("hi", sender=bob))
        in_group = Deletion(services, account.id, chat_id=group.id, message_id=MessageId(99))
        await from_alice.state.set(_Form.name)
        assert await from_alice.state.name() == "_Form.name"
        assert await from_bob.state.name() is None
        assert await in_group.state.name() is None


async def test_what_an_error_handler_sends_counts_as_sent_by_the_handler(
    fake_core: FakeCore,
) -> None:
    account = fake_core.account()
    chat = account.contact("alice@example.org").chat
    async with services_on_fake(fake_core) as services:
        message = await received(services, chat.receive("hi"))
        await message.reply("begun")
        problem = Problem.of(ValueError("no"), message, "admin")
        assert (problem.router, problem.context, str(problem.error)) == ("admin", message, "no")
        assert problem.next_key() == f"1:{message.id}:1"
        assert message.next_key() == f"1:{message.id}:2"


async def test_a_raw_event_is_made_of_what_is_behind_any_context(fake_core: FakeCore) -> None:
    async with services_on_fake(fake_core) as services:
        event = Event(account_id=AccountId(0), payload=AccountsChanged())
        raw = RawEvent.of(Context(services, AccountId(0), event))
        assert (raw.event, raw.kind, raw.account_id) == (event, "AccountsChanged", 0)
        assert RawEvent(services, ACCOUNT).kind == ""


async def test_finishing_is_nothing_for_most_contexts(fake_core: FakeCore) -> None:
    async with services_on_fake(fake_core) as services:
        await Startup(services, ACCOUNT).finish()
        await Shutdown(services, ACCOUNT).finish()


def test_contexts_have_what_the_ready_filters_read() -> None:
    """The type checker is the test."""

    def fits(
        message: contexts.Message,
        edit: contexts.Edit,
        change: MemberChange,
        reaction: contexts.Reaction,
        deletion: contexts.Deletion,
        problem: Problem,
    ) -> None:
        _message: MessageLike = message
        _written: Written = edit
        _from_somebody: list[FromSomebody] = [change, reaction]
        _in_chat: InChat = deletion
        _problem: ProblemLike = problem

    assert fits is not None

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from vestnik.bot.filters import Text
from vestnik.bot.routing import CONTINUE, Continue, Router, check
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot

from .fakes import RULES, BareWords, FakeMessage, dispatch

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message, Problem
    from vestnik.bot.routing import CallNext, CommandRules


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def root(log: list[str]) -> Router:
    root = Router("root")

    @root.command("add", description="Adds two numbers.", aliases=("plus",))
    async def add(message: Message, a: int, b: int = 1) -> None:
        log.append(f"add {a + b}")

    @root.command("stop", admin_only=True)
    async def stop(message: Message) -> None:
        log.append("stop")

    @root.command("poll", chats=(ChatType.GROUP,))
    async def poll(message: Message) -> None:
        log.append("poll")

    @root.command("egg", admin_only=True, hidden=True)
    async def egg(message: Message) -> None:
        log.append("egg")

    return root


async def say(root: Router, text: str, rules: CommandRules = RULES, **more: object) -> list[str]:
    message = FakeMessage(text=text, **more)  # type: ignore[arg-type]
    await dispatch(root, message, rules)
    return message.replies


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/add 1 2", "add 3"), ("/PLUS 1", "add 2"), ("/add_1_5", "add 6"), (" /add 4 ", "add 5")],
)
async def test_a_command_runs_with_its_arguments(
    root: Router, log: list[str], text: str, expected: str
) -> None:
    assert await say(root, text) == []
    assert log == [expected]


async def test_wrong_arguments_are_answered_with_the_usage(root: Router, log: list[str]) -> None:
    [answer] = await say(root, "/plus x", chat=ChatType.GROUP)
    assert answer.startswith("command.invalid command=/plus name=a given=x expected=kind.int")
    assert answer.endswith("command.usage usage=/plus <a> [b]")
    assert log == []


async def test_commands_come_before_handlers_wherever_they_are(log: list[str]) -> None:
    root, child = Router(), Router()
    root.include(child)

    @root.on_message()
    async def echo(message: Message) -> None:
        log.append("echo")

    @child.command("ping")
    async def ping(message: Message) -> None:
        log.append("ping")

    await say(root, "/ping")
    await say(root, "ping")
    await say(root, "/pong")
    assert log == ["ping", "echo", "echo"]


async def test_a_command_may_let_the_handlers_have_its_message(log: list[str]) -> None:
    root = Router()

    @root.command("ping")
    async def ping(message: Message) -> Continue:
        log.append("ping")
        return CONTINUE

    @root.on_message(Text(contains="ping"))
    async def echo(message: Message) -> None:
        log.append("echo")

    await say(root, "/ping")
    assert log == ["ping", "echo"]


@pytest.mark.parametrize("mention", ["echobot", "Echo_Bot", "echo@example.org"])
async def test_a_command_for_this_bot_by_name_runs(
    root: Router, log: list[str], mention: str
) -> None:
    await say(root, f"/add@{mention} 1 2", chat=ChatType.GROUP)
    assert log == ["add 3"]


async def test_a_command_for_another_bot_is_left_alone(root: Router, log: list[str]) -> None:
    assert await say(root, "/add@calculator 1 2") == []
    assert log == []


async def test_an_unknown_command_is_answered_in_direct_chats_only(root: Router) -> None:
    assert await say(root, "/xyz") == ["command.unknown command=/xyz suggestion=/ help=/help"]
    [similar] = await say(root, "/ad 1 2")
    assert similar.startswith("command.unknown_similar command=/ad suggestion=/add")
    assert await say(root, "/xyz", chat=ChatType.GROUP) == []
    assert await say(root, "/xyz@echobot", chat=ChatType.GROUP) != []
    assert await say(root, "/xyz", replace(RULES, hints=False)) == []


async def test_a_hint_counts_as_handled(root: Router) -> None:
    assert await dispatch(root, FakeMessage(text="/xyz"))
    assert not await dispatch(root, FakeMessage(text="/xyz", chat=ChatType.GROUP))


async def test_only_admins_run_what_is_for_admins(root: Router, log: list[str]) -> None:
    assert (await say(root, "/stop"))[0].startswith("command.admin_only command=/stop")
    assert await say(root, "/stop", chat=ChatType.GROUP) == []
    assert log == []
    await say(root, "/stop", by_admin=True)
    assert log == ["stop"]


async def test_no_handler_is_asked_about_a_command_that_is_refused(
    root: Router, log: list[str]
) -> None:
    @root.on_message()
    async def echo(message: Message) -> None:
        log.append("echo")

    await say(root, "/stop")
    assert log == []
    await say(root, "/xyz")
    assert log == ["echo"]


async def test_a_hidden_command_is_unknown_to_those_who_may_not_use_it(root: Router) -> None:
    assert (await say(root, "/egg"))[0].startswith("command.unknown command=/egg")


async def test_a_command_runs_only_in_its_chats(root: Router, log: list[str]) -> None:
    assert (await say(root, "/poll"))[0].startswith("command.wrong_chat command=/poll")
    assert log == []
    await say(root, "/poll", chat=ChatType.GROUP)
    assert log == ["poll"]


async def test_prefixes_can_be_chosen(root: Router, log: list[str]) -> None:
    rules = replace(RULES, prefixes=("!", "."))
    await say(root, "!add 1", rules)
    await say(root, ".add 2", rules)
    await say(root, "/add 3", rules)
    assert log == ["add 2", "add 3"]
    [text] = await say(root, ".help", rules)
    assert "!add <a> [b]" in text


async def test_help_is_there_by_itself(root: Router) -> None:
    assert await say(root, "/help") == [
        "help.heading\n/add <a> [b] – Adds two numbers. (help.aliases aliases=/plus)\n"
        "/help – help.about"
    ]
    [to_admin] = await say(root, "/help", by_admin=True)
    assert to_admin.endswith("\n\nhelp.heading_admin\n/stop")


async def test_help_of_the_authors_own_takes_the_place_of_ours(log: list[str]) -> None:
    root = Router()

    @root.command("help")
    async def own(message: Message) -> None:
        log.append("own")

    assert await say(root, "/help") == []
    assert log == ["own"]


async def test_the_words_of_an_answer_can_be_chosen_for_its_chat(root: Router) -> None:
    class Shouting(BareWords):
        def say(self, key: str, **values: object) -> str:
            return key.upper()

    async def shouting(message: Message) -> BareWords:
        return Shouting()

    rules = replace(RULES, words=shouting)
    assert await say(root, "/xyz", rules) == ["COMMAND.UNKNOWN"]
    assert await say(root, "/add", rules) == ["COMMAND.MISSING\nCOMMAND.USAGE"]
    assert (await say(root, "/help", rules))[0].startswith("HELP.HEADING")


async def test_help_can_be_switched_off() -> None:
    [answer] = await say(Router(), "/help", replace(RULES, has_help=False))
    assert answer.startswith("command.unknown")


async def test_a_conflict_anywhere_in_the_tree_is_found_at_the_start(root: Router) -> None:
    child = Router()
    root.include(child)

    @child.command("plus")
    async def plus(message: Message) -> None: ...

    with pytest.raises(BadBot, match="Two commands are called 'plus' in the same chats"):
        check(root)
    with pytest.raises(BadBot, match="Two commands are called 'plus' in the same chats"):
        await dispatch(root, FakeMessage())


async def test_a_command_runs_inside_of_all_middlewares_above_it(log: list[str]) -> None:
    root, middle, leaf = Router("root"), Router("middle"), Router("leaf")
    root.include(middle)
    middle.include(leaf)
    for router in (root, middle, leaf):

        @router.outer_middleware
        async def outer(context: Context, call_next: CallNext, name: str = router.name) -> None:
            log.append(f"{name} outer")
            await call_next()

        @router.middleware
        async def inner(context: Context, call_next: CallNext, name: str = router.name) -> None:
            log.append(f"{name} inner")
            await call_next()

    @leaf.command("ping")
    async def ping(message: Message) -> None:
        log.append("ping")

    await say(root, "/ping")
    names = ("root", "middle", "leaf")
    assert log == [*(f"{one} outer" for one in names), *(f"{one} inner" for one in names), "ping"]


async def test_an_error_of_a_command_goes_to_the_nearest_router(log: list[str]) -> None:
    root, child = Router("root"), Router("child")
    root.include(child)

    @child.command("fail")
    async def fail(message: Message) -> None:
        raise ValueError

    for router in (root, child):

        @router.on_error()
        async def taken(problem: Problem, name: str = router.name) -> None:
            log.append(name)

    await say(root, "/fail")
    assert log == ["child"]

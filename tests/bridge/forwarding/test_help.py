"""``/help`` for bots that have declared their commands: once, and only when it is meant."""

from __future__ import annotations

import pytest

from tests.bridge.forwarding.samples import a_message
from tests.bridge.forwarding.stage import Stage, arrival_of
from vestnik.bridge.forwarding.help import help_text, is_meant, mention_of
from vestnik.bridge.model import BotCommand
from vestnik.errors import LedgerFailed
from vestnik.testing import FakeAccount, FakeCore

COMMANDS = (BotCommand("add", "add numbers"), BotCommand("/ping", ""))


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("/help", ""),
        ("  /help \n", ""),
        ("/help@echo", "echo"),
        ("/help@echo@example.org", "echo@example.org"),
        ("/help me", None),
        ("/helpme", None),
        ("help", None),
        ("see /help", None),
        ("", None),
    ],
)
def test_help_is_asked_for_by_the_command_alone(text: str, mention: str | None) -> None:
    assert mention_of(a_message(text=text)) == mention


@pytest.mark.parametrize("changes", [{"isBot": True}, {"isInfo": True}])
def test_neither_programs_nor_the_core_are_helped(changes: dict[str, bool]) -> None:
    assert mention_of(a_message(text="/help", **changes)) is None


@pytest.mark.parametrize("mention", ["echo", "ECHO", "echo@example.org", "EchoBot", "echo_bot"])
def test_a_bot_is_meant_by_its_address_or_name(mention: str) -> None:
    assert is_meant(mention, "echo@example.org", "Echo Bot")


def test_a_bot_is_not_meant_by_another_name() -> None:
    assert not is_meant("calculator", "echo@example.org", "Echo Bot")
    assert not is_meant("calculator", "echo@example.org", "")


def test_the_help_has_a_line_for_each_command() -> None:
    assert help_text(COMMANDS) == "Commands:\n/add – add numbers\n/ping"


async def test_help_is_answered_and_the_bot_hears_of_it_all_the_same(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, commands=COMMANDS)
    chat = account.contact("alice@example.org").chat
    async with stage.intake(account):
        message = chat.receive("/help")
        await stage.until_seen(message)
    (payload,) = await stage.until_told(1)
    assert payload["message"]["text"] == "/help"  # type: ignore[index]
    ((account_id, chat_id, data, key),) = stage.posted
    assert (account_id, chat_id, key) == (account.id, chat.id, f"help:{message.id}")
    assert (data.text, data.quoted_message_id) == (help_text(COMMANDS), message.id)


async def test_a_bot_without_commands_answers_for_itself(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account)
    message = account.contact("alice@example.org").chat.receive("/help")
    await stage.forwarding.handle_message(arrival_of(account, message))
    assert stage.posted == []
    assert len(stage.told) == 1


async def test_a_bot_that_hears_no_messages_is_helped_nevertheless(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, "MsgFailed", commands=COMMANDS)
    message = account.contact("alice@example.org").chat.receive("/help")
    await stage.forwarding.handle_message(arrival_of(account, message))
    assert len(stage.posted) == 1
    assert stage.told == []


async def test_of_several_bots_in_a_group_the_one_that_is_named_answers(
    stage: Stage, account: FakeAccount, fake_core: FakeCore
) -> None:
    stage.host(account, commands=COMMANDS)
    alice = account.contact("alice@example.org")
    group = account.group("Bots", [alice])
    for text in ("/help@calculator", "/help@EchoBot"):
        message = group.receive(text, sender=alice)
        await stage.forwarding.handle_message(arrival_of(account, message))
    assert [key for *_, key in stage.posted] == [f"help:{message.id}"]
    assert len(stage.told) == 2


async def test_help_that_cannot_be_kept_comes_again_and_nobody_is_told_twice(
    stage: Stage, account: FakeAccount
) -> None:
    stage.host(account, commands=COMMANDS)
    stage.post_problems = [LedgerFailed("disk full")]
    async with stage.intake(account):
        message = account.contact("alice@example.org").chat.receive("/help")
        await stage.clock.until_sleeping(2)
        assert message.is_fresh
        await stage.clock.advance(1)
        await stage.until_seen(message)
    assert len(stage.told) == len(stage.posted) == 1


async def test_the_watcher_leaves_help_to_the_bot(stage: Stage, account: FakeAccount) -> None:
    stage.host(account, commands=COMMANDS)
    message = account.contact("alice@example.org").chat.receive("/help")
    await stage.forwarding.tell_message(arrival_of(account, message))
    assert stage.posted == []
    assert len(stage.told) == 1

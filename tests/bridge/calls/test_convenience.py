"""The calls of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import BASE, Desk, fake_desk
from vestnik.bridge.calls.convenience import commands_of
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.model import BotCommand
from vestnik.ids import ResourceId
from vestnik.testing import FakeCore
from vestnik.testing.fake.message import FakeMessage


@pytest.fixture
async def desk(fake_core: FakeCore, tmp_path: Path) -> AsyncIterator[Desk]:
    async with fake_desk(fake_core, tmp_path) as running:
        yield running


def received(fake: FakeCore, text: str = "hi") -> FakeMessage:
    account = fake.accounts[0]
    return account.contact("eva@x.example").chat.receive(text)


async def test_get_me_tells_who_the_bot_is(desk: Desk, fake_core: FakeCore) -> None:
    me = await desk.result("getMe")

    assert me["bot"] == "own"
    assert me["accountId"] == desk.own
    assert me["name"] == "Own"
    assert me["address"] == "own@x.example"
    assert me["invite"]
    assert me["events"] == ["IncomingMsg"]
    assert me["commands"] == []


async def test_answer_goes_to_the_chat_of_the_message_once(desk: Desk, fake_core: FakeCore) -> None:
    message = received(fake_core)

    first = await desk.result("answer", {"messageId": message.id, "text": "hello"})
    again = await desk.result("answer", {"messageId": message.id, "text": "hello"})
    second = await desk.result("answer", {"messageId": message.id, "text": "more"}, key="second")

    assert first == again
    assert first["chatId"] == message.chat.id
    assert second["messageId"] != first["messageId"]
    assert [one.text for one in fake_core.accounts[0].sent] == ["hello", "more"]


@pytest.mark.parametrize("quote", [True, False, None])
async def test_answer_quotes_if_asked_to(
    desk: Desk, fake_core: FakeCore, quote: bool | None
) -> None:
    message = received(fake_core)

    sent = await desk.result("answer", {"messageId": message.id, "text": "x", "quote": quote})

    shown = await desk.result("get_message", {"msgId": sent["messageId"]})
    assert (shown["quote"] is not None) == bool(quote)


async def test_a_message_that_is_not_the_bots_cannot_be_answered(
    desk: Desk, fake_core: FakeCore
) -> None:
    assert (await desk.error("answer", {"messageId": 999, "text": "x"}))[0] == RpcCode.CORE
    assert fake_core.accounts[0].sent == []


@pytest.mark.parametrize("params", [{}, {"text": ""}, {"text": None, "filename": "x"}])
async def test_an_empty_message_is_refused(
    desk: Desk, fake_core: FakeCore, params: dict[str, Any]
) -> None:
    message = received(fake_core)

    for method, place in (("answer", {"messageId": message.id}), ("sendMessage", {"chatId": 10})):
        code, words = await desk.error(method, {**place, **params})
        assert code == RpcCode.BAD_PARAMS
        assert "empty" in words


async def test_send_message_takes_all_that_a_message_has(desk: Desk, fake_core: FakeCore) -> None:
    message, upload = received(fake_core), await desk.upload("a.png", b"x")

    sent = await desk.result(
        "sendMessage",
        {
            "chatId": message.chat.id,
            "text": "x",
            "file": upload,
            "filename": "b.png",
            "viewtype": "Sticker",
            "quotedMessageId": message.id,
            "senderName": "Eva's friend",
        },
    )

    shown = await desk.result("get_message", {"msgId": sent["messageId"]})
    assert shown["fileName"] == "b.png"
    assert shown["viewType"] == "Sticker"
    assert shown["quote"]["messageId"] == message.id
    assert fake_core.calls("send_msg")[0][2].override_sender_name == "Eva's friend"  # type: ignore[attr-defined]


async def test_get_file_gives_a_link_and_says_what_is_behind_it(
    desk: Desk, fake_core: FakeCore
) -> None:
    message, upload = received(fake_core), await desk.upload("a.txt", b"hello")
    sent = await desk.result("sendMessage", {"chatId": message.chat.id, "file": upload})

    file = await desk.result("getFile", {"messageId": sent["messageId"]})

    assert file["name"] == "a.txt"
    assert file["url"].startswith(f"{BASE}/api/v1/files/")
    link = desk.links.open(file["url"].rsplit("/", 1)[1])
    assert (link.account, link.message) == (desk.own, sent["messageId"])
    code, _ = await desk.error("getFile", {"messageId": message.id})
    assert code == RpcCode.NO_FILE


async def test_set_profile_changes_what_is_given_and_nothing_else(
    desk: Desk, fake_core: FakeCore
) -> None:
    config = fake_core.accounts[0].config
    upload = await desk.upload("a.png", b"picture")

    await desk.result("setProfile", {"status": "At work"})
    assert (config["displayname"], config["selfstatus"]) == ("Own", "At work")
    await desk.result("setProfile", {"name": "New", "avatar": upload})
    assert config["displayname"] == "New"
    assert Path(config["selfavatar"]).read_bytes() == b"picture"
    await desk.result("setProfile", {"avatar": ""})
    assert "selfavatar" not in config
    assert (await desk.error("setProfile", {}))[0] == RpcCode.BAD_PARAMS


async def test_set_commands_is_kept_in_the_record_of_the_bot(desk: Desk) -> None:
    await desk.result(
        "setCommands", {"commands": [{"command": "/weather", "description": " How it \n is "}]}
    )

    hosted = desk.registry.of_bot(ResourceId("own"))
    assert hosted is not None
    assert hosted.record.commands == (BotCommand("weather", "How it is"),)
    assert (await desk.result("getMe"))["commands"] == [
        {"command": "weather", "description": "How it is"}
    ]
    await desk.result("setCommands", {"commands": []})
    assert (await desk.result("getMe"))["commands"] == []


@pytest.mark.parametrize(
    "commands",
    [
        [{"command": "", "description": "x"}],
        [{"command": "a b", "description": "x"}],
        [{"command": "x" * 33, "description": "x"}],
        [{"command": "a", "description": " "}],
        [{"command": "a", "description": "x" * 201}],
        [{"command": "a", "description": "x"}, {"command": "/a", "description": "y"}],
        [{"command": str(number), "description": "x"} for number in range(101)],
    ],
)
def test_commands_that_cannot_be_told_to_people_are_refused(commands: list[dict[str, str]]) -> None:
    with pytest.raises(Problem) as refused:
        commands_of(commands)
    assert refused.value.code == RpcCode.BAD_PARAMS

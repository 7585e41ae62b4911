"""What sends goes through the outbox: in order, in pace, and once by the same key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import BASE, Desk, fake_desk
from vestnik.bot.outbox import Outbox
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.sending import compose
from vestnik.bridge.calls.table import ALLOWED
from vestnik.chatmail.types import MessageData, Viewtype
from vestnik.ids import AccountId, MessageId
from vestnik.testing import FakeCore


@pytest.fixture
async def desk(fake_core: FakeCore, tmp_path: Path) -> AsyncIterator[Desk]:
    async with fake_desk(fake_core, tmp_path) as running:
        yield running


def chat_of(fake: FakeCore) -> int:
    account = fake.accounts[0]
    return account.contact("eva@x.example").chat.id


def sent(fake: FakeCore) -> list[str]:
    return [message.text for message in fake.accounts[0].sent]


@pytest.mark.parametrize(
    ("method", "arguments", "data"),
    [
        ("misc_send_text_message", [1, 10, "x"], MessageData(text="x")),
        (
            "send_sticker",
            [1, 10, "/a.png"],
            MessageData(file="/a.png", filename="n", viewtype=Viewtype.STICKER),
        ),
        ("send_msg", [1, 10, {"text": "x", "html": "y"}], MessageData(text="x", html="y")),
        (
            "send_msg",
            [1, 10, {"file": "/a", "filename": "f"}],
            MessageData(file="/a", filename="f"),
        ),
        (
            "misc_send_msg",
            [1, 10, "x", "/a", None, [1.5, 2], 5],
            MessageData(
                text="x",
                file="/a",
                filename="n",
                location=(1.5, 2.0),
                quoted_message_id=MessageId(5),
            ),
        ),
    ],
)
def test_every_way_to_send_makes_one_kind_of_message(
    method: str, arguments: list[object], data: MessageData
) -> None:
    assert compose(method, arguments, "n") == (10, data)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("send_msg", {"data": {"text": "hello"}}),
        ("misc_send_text_message", {"text": "hello"}),
        ("misc_send_msg", {"text": "hello"}),
        ("sendMessage", {"text": "hello"}),
    ],
)
async def test_the_same_key_sends_once_and_gives_the_same_answer(
    desk: Desk, fake_core: FakeCore, method: str, params: dict[str, Any]
) -> None:
    chat = chat_of(fake_core)

    first = await desk.result(method, {"chatId": chat, **params}, key="a")
    again = await desk.result(method, {"chatId": chat, **params}, header="a")
    other = await desk.result(method, {"chatId": chat, **params}, key="b")

    assert again == first
    assert other != first
    assert sent(fake_core) == ["hello", "hello"]


async def test_without_a_key_each_call_sends(desk: Desk, fake_core: FakeCore) -> None:
    chat = chat_of(fake_core)

    for _ in range(2):
        await desk.result("send_msg", [None, chat, {"text": "x"}])

    assert sent(fake_core) == ["x", "x"]


async def test_a_key_is_each_bots_own(desk: Desk, fake_core: FakeCore) -> None:
    other = fake_core.accounts[1]
    others_chat = other.contact("max@x.example").chat.id

    await desk.result("sendMessage", {"chatId": chat_of(fake_core), "text": "mine"}, key="a")
    await desk.result(
        "sendMessage", {"chatId": others_chat, "text": "his"}, key="a", token=desk.other_token
    )

    assert sent(fake_core) == ["mine"]
    assert [message.text for message in other.sent] == ["his"]


async def test_a_program_cannot_take_a_key_of_the_servers(desk: Desk, fake_core: FakeCore) -> None:
    account = fake_core.accounts[0]
    message = account.contact("eva@x.example").chat.receive("hi")

    await desk.result(
        "sendMessage", {"chatId": message.chat.id, "text": "x"}, key=f"answer:{message.id}"
    )
    await desk.result("answer", {"messageId": message.id, "text": "y"})

    assert sent(fake_core) == ["x", "y"]


async def test_calls_of_a_chat_are_sent_in_their_order(desk: Desk, fake_core: FakeCore) -> None:
    chat = chat_of(fake_core)
    texts = [str(number) for number in range(30)]

    await asyncio.gather(
        *(desk.result("misc_send_text_message", {"chatId": chat, "text": one}) for one in texts)
    )

    assert sent(fake_core) == texts


async def test_a_message_is_sent_though_the_core_dies_and_its_program_learns_the_id(
    desk: Desk, fake_core: FakeCore
) -> None:
    chat, crashes = chat_of(fake_core), [True]

    def die_once(*given: object) -> object:
        if crashes.pop():
            crashes.append(False)
            fake_core.crash()
        return fake_core.play("send_msg", *given)

    fake_core.on("send_msg", die_once)

    message = await desk.result("sendMessage", {"chatId": chat, "text": "x"})

    assert message["messageId"] == fake_core.accounts[0].sent[0].id
    assert sent(fake_core) == ["x"]


async def test_a_send_that_the_core_refuses_comes_with_its_words(desk: Desk) -> None:
    code, words = await desk.error("send_msg", {"chatId": 999, "data": {"text": "x"}})

    assert code == RpcCode.CORE
    assert "999" in words


async def test_an_upload_is_sent_under_its_name_and_its_path_stays_here(
    desk: Desk, fake_core: FakeCore
) -> None:
    chat, upload = chat_of(fake_core), await desk.upload("plan.pdf", b"content")

    message, shown = await desk.result("misc_send_msg", {"chatId": chat, "file": upload})
    await desk.result("send_msg", {"chatId": chat, "data": {"file": upload, "filename": "b.pdf"}})
    await desk.result("send_sticker", [None, chat, upload])

    assert [one.file_name for one in fake_core.accounts[0].sent] == [
        "plan.pdf",
        "b.pdf",
        "plan.pdf",
    ]
    assert shown["id"] == message
    assert shown["file"].startswith(f"{BASE}/api/v1/files/")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secrets.key", "file:///etc/passwd", "fil_x", "", "."]
)
async def test_no_path_is_ever_taken_for_a_file(desk: Desk, fake_core: FakeCore, path: str) -> None:
    chat = chat_of(fake_core)
    ways: list[tuple[str, Any]] = [
        ("send_msg", {"chatId": chat, "data": {"text": "x", "file": path}}),
        ("misc_send_msg", {"chatId": chat, "file": path}),
        ("send_sticker", {"chatId": chat, "stickerPath": path}),
        ("misc_set_draft", {"chatId": chat, "file": path}),
        ("set_chat_profile_image", {"chatId": chat, "imagePath": path}),
        ("set_config", {"key": "selfavatar", "value": path}),
        ("batch_set_config", {"config": {"selfavatar": path}}),
        ("sendMessage", {"chatId": chat, "text": "x", "file": path}),
        ("setProfile", {"avatar": path or "x"}),
    ]
    for method, params in ways:
        code, words = await desk.error(method, params)
        assert code == RpcCode.NO_FILE, method
        assert "upload" in words
    assert sent(fake_core) == []
    for method in ("set_config", "batch_set_config", "set_chat_profile_image", "misc_set_draft"):
        assert fake_core.calls(method) == []


async def test_the_upload_of_another_bot_is_none(desk: Desk, fake_core: FakeCore) -> None:
    foreign = await desk.upload("a.pdf", b"secret", bot="other")

    code, _ = await desk.error("sendMessage", {"chatId": chat_of(fake_core), "file": foreign})

    assert code == RpcCode.NO_FILE


async def test_other_files_are_given_to_the_core_as_paths_of_uploads(
    desk: Desk, fake_core: FakeCore
) -> None:
    chat, upload = chat_of(fake_core), await desk.upload("a.png", b"content")
    for method in ("set_chat_profile_image", "misc_set_draft"):
        fake_core.on(method, lambda *_: None)

    await desk.result("set_chat_profile_image", {"chatId": chat, "imagePath": upload})
    await desk.result("misc_set_draft", {"chatId": chat, "file": upload})
    await desk.result("set_config", {"key": "selfavatar", "value": upload})
    await desk.result("batch_set_config", {"config": {"selfavatar": upload}})

    (_, _, image), *_ = fake_core.calls("set_chat_profile_image")
    ((_, _, _, draft, name, *_),) = fake_core.calls("misc_set_draft")
    assert Path(str(image)).read_bytes() == Path(str(draft)).read_bytes() == b"content"
    assert name == "a.png"
    assert Path(fake_core.accounts[0].config["selfavatar"]).read_bytes() == b"content"


async def test_what_goes_past_the_outbox_is_counted_for_the_pace(
    desk: Desk, fake_core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[tuple[AccountId, int]] = []
    monkeypatch.setattr(
        Outbox, "note_spent", lambda _, account, mails: spent.append((account, mails))
    )
    account = fake_core.accounts[0]
    message = account.contact("eva@x.example").chat.receive("hi").id

    await desk.result("send_reaction", {"messageId": message, "reaction": ["👍"]})
    await desk.result(
        "forward_messages", {"messageIds": [message] * 3, "chatId": chat_of(fake_core)}
    )
    await desk.result("get_message", {"msgId": message})

    assert spent == [(desk.own, 1), (desk.own, 3)]


def test_all_that_makes_mails_is_counted() -> None:
    counted = {name for name, one in ALLOWED.items() if one.mails or one.is_send}

    assert {
        "delete_messages_for_all",
        "forward_messages",
        "misc_send_draft",
        "place_outgoing_call",
        "resend_messages",
        "secure_join",
        "send_edit_request",
        "send_reaction",
        "send_webxdc_status_update",
        "set_chat_name",
    } <= counted
    assert not [name for name in counted if name.startswith(("get_", "is_", "create_"))]


async def test_who_waits_too_long_for_a_turn_is_told_that_it_will_be_sent(
    desk: Desk, fake_core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = chat_of(fake_core)
    monkeypatch.setattr("vestnik.bridge.calls.sending.SEND_SECONDS", 0.0)
    held = fake_core.hold("send_msg")

    code, words = await desk.error("sendMessage", {"chatId": chat, "text": "x"}, key="a")

    assert code == RpcCode.UNKNOWN_OUTCOME
    assert "same key" in words
    held.release()
    monkeypatch.undo()
    message = await desk.result("sendMessage", {"chatId": chat, "text": "x"}, key="a")
    assert [one.id for one in fake_core.accounts[0].sent] == [message["messageId"]]


async def test_our_own_calls_take_a_name_for_a_file_and_no_folder(
    desk: Desk, fake_core: FakeCore
) -> None:
    params = {"chatId": chat_of(fake_core), "text": "x", "filename": "../x"}

    assert (await desk.error("sendMessage", params))[0] == RpcCode.BAD_PARAMS

"""No call of a program makes the core unpack an app that would fill its memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import Desk, example, running
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.bridge.calls.unpacking import OF_CHATS, OF_MESSAGES
from vestnik.bridge.files import apps
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.ids import ChatId, ContactId, MessageId
from vestnik.testing.plugin import NewAccount

SIGNATURES = core_signatures()


def app(manifest: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "hello")
        archive.writestr("manifest.toml", manifest)
    return made.getvalue()


SMALL, BOMB = app(b'name = "Chess"'), app(b" " * 10_000)


@pytest.fixture
async def desk(
    core: Core, new_account: NewAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    monkeypatch.setattr(apps, "MOST_UNPACKED", 5_000)
    own, other = await new_account(bot=True, name="Own"), await new_account(bot=True, name="Other")
    async with running(core, tmp_path, own.id, other.id) as running_desk:
        yield running_desk


async def notes_of(desk: Desk) -> ChatId:
    return await desk.core.create_chat_by_contact_id(desk.own, ContactId(1))


async def there_is(desk: Desk, folder: Path, content: bytes) -> tuple[ChatId, MessageId]:
    """Put an app into the account past our checks, as by another person."""
    path = folder / "app.xdc"
    path.write_bytes(content)
    chat = await notes_of(desk)
    return chat, await desk.core.send_msg(desk.own, chat, MessageData(file=str(path)))


def asking(method: str, chat: ChatId, message: MessageId) -> dict[str, Any]:
    """Make a call that is about an app."""
    named = OF_MESSAGES.get(method) or OF_CHATS[method]
    number = message if method in OF_MESSAGES else chat
    given = {
        one.name: example(one.schema)
        for one in SIGNATURES[method].parameters
        if one.name not in ("accountId", "file")
    }
    known = {"chatId": chat, "path": "manifest.toml", "viewType": "Text"}
    given |= {name: value for name, value in known.items() if name in given}
    return given | {named: [number] if isinstance(given[named], list) else number}


def test_what_looks_into_apps_is_allowed_and_has_that_parameter() -> None:
    for method, parameter in {**OF_MESSAGES, **OF_CHATS}.items():
        assert method in ALLOWED
        assert parameter in [one.name for one in SIGNATURES[method].parameters]


@pytest.mark.parametrize("method", [*OF_MESSAGES, *OF_CHATS])
async def test_what_looks_into_apps_is_refused_for_a_harmful_one(
    desk: Desk, tmp_path: Path, method: str
) -> None:
    chat, message = await there_is(desk, tmp_path, BOMB)
    code, sentence = await desk.error(method, asking(method, chat, message))
    assert (code, "unpacks" in sentence) == (RpcCode.REFUSED, True)


@pytest.mark.parametrize("method", [*OF_MESSAGES, *OF_CHATS])
async def test_it_is_done_for_any_other(desk: Desk, tmp_path: Path, method: str) -> None:
    await desk.result(method, asking(method, *await there_is(desk, tmp_path, SMALL)))


async def test_a_harmful_app_is_not_quoted(desk: Desk, tmp_path: Path) -> None:
    chat, bomb = await there_is(desk, tmp_path, BOMB)
    for method, params in (
        ("answer", {"messageId": bomb, "text": "see", "quote": True}),
        ("sendMessage", {"chatId": chat, "text": "see", "quotedMessageId": bomb}),
        ("misc_send_msg", {"chatId": chat, "text": "see", "quotedMessageId": bomb}),
        ("send_msg", {"chatId": chat, "data": {"text": "see", "quotedMessageId": bomb}}),
    ):
        code, _ = await desk.error(method, params)
        assert code == RpcCode.REFUSED
    await desk.result("answer", {"messageId": bomb, "text": "no, thanks"})


@pytest.mark.parametrize(
    ("uploaded", "said"),
    [
        ("app.xdc", {}),
        ("app.XDC", {}),
        ("app.bin", {"filename": "app.xdc"}),
        ("app.bin", {"viewtype": "Webxdc"}),
    ],
)
async def test_a_harmful_app_is_not_sent(desk: Desk, uploaded: str, said: dict[str, str]) -> None:
    chat = await notes_of(desk)
    bomb, small = await desk.upload(uploaded, BOMB), await desk.upload(uploaded, SMALL)
    inner = {"chatId": chat, "data": {"file": bomb, **said}}
    assert (await desk.error("sendMessage", {"chatId": chat, "file": bomb, **said}))[0] == -32001
    assert (await desk.error("send_msg", inner))[0] == -32001
    await desk.result("sendMessage", {"chatId": chat, "file": small, **said})


async def test_a_file_that_is_no_app_may_unpack_to_anything(desk: Desk) -> None:
    upload = await desk.upload("much.zip", BOMB)
    await desk.result("sendMessage", {"chatId": await notes_of(desk), "file": upload})

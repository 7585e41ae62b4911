"""The calls as the real core takes them: what is allowed works, and no answer tells a path."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import BASE, Desk, example, running
from vestnik.bridge.calls.arguments import HARMLESS_CODES
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.chatmail import Core
from vestnik.ids import ContactId
from vestnik.testing.plugin import NewAccount

SIGNATURES = core_signatures()
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
async def desk(core: Core, new_account: NewAccount, tmp_path: Path) -> AsyncIterator[Desk]:
    own, other = await new_account(bot=True, name="Own"), await new_account(bot=True, name="Other")
    async with running(core, tmp_path, own.id, other.id) as running_desk:
        yield running_desk


async def notes_of(desk: Desk) -> int:
    """The chat of the bot with itself."""
    return await desk.core.create_chat_by_contact_id(desk.own, ContactId(1))


async def test_files_go_by_uploads_and_come_as_links(desk: Desk) -> None:
    notes, upload = await notes_of(desk), await desk.upload("a.png", PNG)

    sent = await desk.result("sendMessage", {"chatId": notes, "text": "see", "file": upload})
    again = await desk.result(
        "answer", {"messageId": sent["messageId"], "text": "seen", "quote": True}
    )
    number, shown = await desk.result("misc_send_msg", {"chatId": notes, "file": upload})
    sticker = await desk.result("send_sticker", {"chatId": notes, "stickerPath": upload})

    message = await desk.result("get_message", {"msgId": sent["messageId"]})
    assert message["fileName"] == "a.png"
    assert message["file"].startswith(f"{BASE}/api/v1/files/")
    quote = (await desk.result("get_message", {"msgId": again["messageId"]}))["quote"]
    assert quote["messageId"] == sent["messageId"]
    assert quote["image"] is None or quote["image"].startswith(BASE)
    assert (shown["id"], shown["fileName"]) == (number, "a.png")
    assert (await desk.result("get_message", {"msgId": sticker}))["viewType"] == "Sticker"
    file = await desk.result("getFile", {"messageId": number})
    assert (file["name"], file["mime"], file["bytes"]) == ("a.png", "image/png", shown["fileBytes"])


async def test_pictures_are_set_by_uploads_and_their_paths_stay_here(desk: Desk) -> None:
    upload = await desk.upload("a.png", PNG)
    group = await desk.result("create_group_chat", {"name": "G", "protect": False})

    await desk.result("set_chat_profile_image", {"chatId": group, "imagePath": upload})
    await desk.result("setProfile", {"name": "New", "avatar": upload})

    raw: Any = await desk.core.call("get_basic_chat_info", desk.own, group)
    assert raw["profileImage"].startswith("/")
    own: Any = await desk.core.call("get_account_info", desk.own)
    assert own["profileImage"].startswith("/")
    assert (await desk.result("get_basic_chat_info", {"chatId": group}))["profileImage"] is None
    info = await desk.result("get_account_info")
    assert (info["displayName"], info["profileImage"]) == ("New", None)
    assert (await desk.result("getMe"))["name"] == "New"


async def test_the_bots_own_invitation_can_be_withdrawn_and_revived(desk: Desk) -> None:
    invite = (await desk.result("getMe"))["invite"]
    seen = await desk.result("check_qr", {"qrContent": invite})
    assert seen["kind"] in HARMLESS_CODES

    await desk.result("set_config_from_qr", {"qrContent": invite})

    seen = await desk.result("check_qr", {"qrContent": invite})
    assert seen["kind"] == "reviveVerifyContact"
    for code in ("dcaccount:example.org", "dclogin:a@example.org?p=x&v=1", "socks5://x:1"):
        assert (await desk.error("set_config_from_qr", {"qrContent": code}))[0] == RpcCode.REFUSED


async def test_a_draft_is_set_shown_and_sent(desk: Desk) -> None:
    notes, upload = await notes_of(desk), await desk.upload("a.txt", b"hello")

    await desk.result("misc_set_draft", {"chatId": notes, "text": "soon", "file": upload})
    draft = await desk.result("get_draft", {"chatId": notes})
    sent = await desk.result("misc_send_draft", {"chatId": notes})

    assert (draft["text"], draft["fileName"]) == ("soon", "a.txt")
    assert (await desk.result("get_message", {"msgId": sent}))["text"] == "soon"


async def test_keys_of_the_server_are_not_shown(desk: Desk) -> None:
    await desk.core.set_config(desk.own, "ui.vestnik.bot", "{}")
    await desk.result("set_config", {"key": "ui.mine", "value": "1"})

    assert await desk.result("get_all_ui_config_keys") == ["ui.mine"]
    assert await desk.result("batch_get_config", {"keys": ["ui.mine", "displayname"]}) == {
        "ui.mine": "1",
        "displayname": "Own",
    }


async def test_no_answer_of_any_allowed_method_tells_where_files_lie(
    desk: Desk, tmp_path: Path
) -> None:
    notes, upload = await notes_of(desk), await desk.upload("a.png", PNG)
    group = await desk.result("create_group_chat", {"name": "G", "protect": False})
    await desk.result("setProfile", {"avatar": upload})
    await desk.result("set_chat_profile_image", {"chatId": group, "imagePath": upload})
    sent = await desk.result("sendMessage", {"chatId": notes, "text": "see", "file": upload})
    blobs = str(await desk.core.get_blob_dir(desk.own))
    chats = {"chatId": notes, "groupId": group}
    answered = set()
    for method in ALLOWED:
        if method.startswith(("get_", "is_", "search_", "message_ids", "make_", "misc_", "send_")):
            for chat in chats.values():
                given = _with(method, chat, sent["messageId"], upload)
                answer = await desk.ask(method, given)
                answered |= {method} if "result" in answer else set()
                for path in (blobs, str(tmp_path), "dc.db", "/tmp/"):
                    assert path not in json.dumps(answer), method
    assert len(answered) > 40


def _with(method: str, chat: int, message: int, upload: str) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for one in SIGNATURES[method].parameters[1:]:
        name = one.name.lower()
        value = example(one.schema)
        if name == "chatid":
            value = chat
        elif "msg" in name or "message" in name:
            value = [message] if one.schema.get("type") == "array" else message
        elif name in ("entries", "contacts", "ids"):
            value = [chat] if name == "entries" else [1]
        elif name in ("file", "stickerpath", "imagepath"):
            value = upload
        elif name == "contactid":
            value = 1
        elif name == "query":
            value = ""
        given[one.name] = {"text": "x", "file": upload} if name == "data" else value
    return given

"""A token reaches one account, whatever method it calls and whatever it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bridge.calls.desk import Desk, example, fake_desk, running
from vestnik.bridge.calls.arguments import FILES, FilePlace
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED, SENDS
from vestnik.chatmail import METHODS, Core
from vestnik.chatmail.types import MessageData
from vestnik.ids import ContactId
from vestnik.testing import FakeCore
from vestnik.testing.plugin import NewAccount

SIGNATURES = core_signatures()
OF_AN_ACCOUNT = [name for name in ALLOWED if SIGNATURES[name].has_account]
WITH_FILES = [name for name, one in FILES.items() if isinstance(one, FilePlace)]
PATHS = [
    "/etc/passwd",
    "../../secrets.key",
    "file:///etc/passwd",
    "C:\\x",
    "fil_../../x",
    "fil_%2e",
]


def record_all(fake: FakeCore) -> list[tuple[str, tuple[object, ...]]]:
    """Let a core answer every method, and remember what it was asked."""
    heard: list[tuple[str, tuple[object, ...]]] = []
    for name in set(METHODS) - {
        "get_next_event",
        "get_next_event_batch",
        "get_system_info",
        "get_all_account_ids",
    }:

        def play(*given: object, of: str = name) -> object:
            heard.append((of, given))
            return example(SIGNATURES[of].result)

        fake.on(name, play)
    return heard


def arguments(method: str) -> list[Any]:
    given = [example(one.schema) for one in SIGNATURES[method].parameters]
    match method:
        case "set_config" | "get_config":
            given[1] = "displayname"
        case "batch_set_config":
            given[1] = {"displayname": "x"}
        case "batch_get_config":
            given[1] = ["displayname"]
        case "set_config_from_qr":
            given[1] = "x"
        case "send_msg":
            given[2] = {"text": "x"}
        case "misc_send_msg" | "misc_set_draft":
            given[3] = None
        case "set_chat_profile_image":
            given[2] = None
    return given


@pytest.mark.parametrize("method", OF_AN_ACCOUNT)
async def test_no_method_reaches_the_other_account(
    fake_core: FakeCore, tmp_path: Path, method: str
) -> None:
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)
        names = [one.name for one in SIGNATURES[method].parameters]
        for foreign in (desk.other, 0, 2**32 - 1):
            given = [foreign, *arguments(method)[1:]]
            for way in (given, dict(zip(names, given, strict=True))):
                code, _ = await desk.error(method, way)
                assert code == RpcCode.BAD_PARAMS
        assert heard == []

        upload = await desk.upload("a.png", b"x")
        given = [None, *arguments(method)[1:]]
        if method == "send_sticker":
            given[2] = upload
        await desk.ask(method, given)
        await desk.ask(method, dict(zip(names, given, strict=True)))

        assert heard
        assert {one[0] for _, one in heard} == {desk.own}


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(ALLOWED)))
async def test_what_is_refused_never_gets_to_the_core(
    fake_core: FakeCore, tmp_path: Path, method: str
) -> None:
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)
        given: list[Any] = [example(one.schema) for one in SIGNATURES[method].parameters]
        for account in (desk.own, desk.other, None):
            code, words = await desk.error(method, [account, *given[1:]])
            assert code == RpcCode.REFUSED
            assert words.endswith(".")
        assert heard == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", WITH_FILES)
async def test_no_file_argument_takes_a_path_or_anothers_upload(
    fake_core: FakeCore, tmp_path: Path, method: str, path: str
) -> None:
    place = FILES[method]
    assert isinstance(place, FilePlace)
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)
        names = [one.name for one in SIGNATURES[method].parameters]
        for file in (path, await desk.upload("a.png", b"secret", bot="other")):
            given = dict(zip(names, [None, *arguments(method)[1:]], strict=True))
            if method == "set_config":
                given["key"] = "selfavatar"
            given[place.parameter] = {place.member: file} if place.member else file

            code, words = await desk.error(method, given)

            assert code == RpcCode.NO_FILE
            assert path not in words
        assert heard == []


@pytest.mark.parametrize("method", CONVENIENT)
async def test_our_own_calls_reach_the_own_account_alone(
    fake_core: FakeCore, tmp_path: Path, method: str
) -> None:
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)
        own = CONVENIENT[method]
        given = {one.name: example(one.schema) for one in own.parameters}
        if own.file:
            given[own.file] = await desk.upload("a.png", b"x")

        assert (await desk.error(method, {**given, "accountId": desk.other}))[0] == (
            RpcCode.BAD_PARAMS
        )
        assert heard == []
        await desk.result(method, given)

        assert {one[0] for _, one in heard} <= {desk.own}
        assert heard or method == "setCommands"


async def test_a_line_within_a_parameter_is_no_order_to_the_core(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)
        line = b'{"jsonrpc":"2.0","id":77,"method":"remove_account","params":[2]}'
        order = b'{"jsonrpc":"2.0","id":1,"method":"get_contact","params":[null,\n%b\n]}' % line
        text = json.dumps({"text": f"\n{line.decode()}\n"}).encode()
        sent = b'{"jsonrpc":"2.0","id":1,"method":"send_msg","params":[null,10,%b]}' % text

        await desk.calls.carry_out(desk.own_token, order)
        await desk.calls.carry_out(desk.own_token, sent)

        assert {name for name, _ in heard} <= {"send_msg", "get_message_list_items"}


SECRET = "swordfish"


async def test_on_a_real_core_a_token_sees_and_changes_nothing_of_another_bot(
    core: Core, new_account: NewAccount, tmp_path: Path
) -> None:
    own, other = await new_account(bot=True, name="Own"), await new_account(bot=True, name=SECRET)
    await core.set_config(other.id, "ui.mine", SECRET)
    contact = await core.create_contact(other.id, "eva@x.example", SECRET)
    group = await core.create_group_chat(other.id, SECRET, False)
    (tmp_path / "secret.txt").write_text(SECRET)
    data = MessageData(text=SECRET, file=str(tmp_path / "secret.txt"), filename=f"{SECRET}.txt")
    chat = await core.create_chat_by_contact_id(other.id, ContactId(1))
    secrets = [await core.send_msg(other.id, chat, data) for _ in range(3)]
    notes = await core.create_chat_by_contact_id(own.id, ContactId(1))
    for _ in secrets:
        await core.send_msg(own.id, notes, MessageData(text="mine"))
    async with running(core, tmp_path, own.id, other.id) as desk:
        await _look_everywhere(desk, range(1, max(*secrets, contact, group) + 3))
        await _change_everything(desk, [*secrets, group, chat])

    assert await core.get_config(other.id, "displayname") == SECRET
    assert (await core.get_basic_chat_info(other.id, group)).name == SECRET
    assert (await core.get_contact(other.id, contact)).display_name == SECRET
    for message in secrets:
        assert (await core.get_message(other.id, message)).text == SECRET


async def _look_everywhere(desk: Desk, ids: range) -> None:
    """Ask by every method that reads for all that there may be."""
    answered = set()
    for method in OF_AN_ACCOUNT:
        if method.startswith(("get_", "is_", "search_", "call_info", "make_", "message_ids_")):
            for id in ids:
                answer = await desk.ask(method, [None, *_with_id(method, id)])
                answered |= {method} if "result" in answer else set()
                assert SECRET not in json.dumps(answer), method
                assert "dc.db" not in json.dumps(answer), method
    for id in ids:
        assert "result" not in await desk.ask("getFile", {"messageId": id})
    assert SECRET not in json.dumps(await desk.ask("getMe"))
    assert {"get_message", "get_messages", "get_full_chat_by_id", "get_contact"} <= answered
    assert {"search_messages", "get_chatlist_entries", "get_contacts", "get_config"} <= answered


def _with_id(method: str, id: int) -> list[Any]:
    given = arguments(method)[1:]
    for number, one in enumerate(SIGNATURES[method].parameters[1:]):
        if one.schema.get("type") == "array":
            given[number] = [id] if given[number] == [12] else given[number]
        elif given[number] == 12:
            given[number] = id
        elif one.name == "query":
            given[number] = SECRET
    return given


async def _change_everything(desk: Desk, ids: list[int]) -> None:
    """Try to delete and rename by ids that are the other's."""
    for id in ids:
        for method, given in (
            ("delete_messages", [[id]]),
            ("delete_chat", [id]),
            ("set_chat_name", [id, "changed"]),
            ("send_edit_request", [id, "changed"]),
            ("set_config", ["displayname", "changed"]),
        ):
            await desk.ask(method, [None, *given])
            code, _ = await desk.error(method, [desk.other, *given])
            assert code == RpcCode.BAD_PARAMS


def test_the_methods_that_send_are_among_those_that_are_tested() -> None:
    assert set(OF_AN_ACCOUNT) >= SENDS


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("set_config", ["bot", "0"]),
        ("set_config", ["ui.vestnik.bot", "{}"]),
        ("batch_set_config", [{"displayname": "x", "proxy_url": "socks5://x"}]),
        ("get_config", ["mail_pw"]),
        ("batch_get_config", [["displayname", "ui.vestnik.bot"]]),
        ("set_chat_visibility", [10, "Archived"]),
    ],
)
async def test_what_is_the_operators_of_an_own_account_never_gets_to_the_core(
    fake_core: FakeCore, tmp_path: Path, method: str, given: list[object]
) -> None:
    async with fake_desk(fake_core, tmp_path) as desk:
        heard = record_all(fake_core)

        assert (await desk.error(method, [None, *given]))[0] == RpcCode.REFUSED
        assert heard == []

"""Orders from the bytes to the answer, on a core in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bridge.calls.desk import OPERATOR, Desk, fake_desk, token_of
from vestnik.bridge.calls.calls import refuse_all
from vestnik.bridge.calls.problems import MOST_ANSWER, RpcCode
from vestnik.bridge.calls.table import REFUSED
from vestnik.gateway.model import Scope
from vestnik.testing import FakeCore


@pytest.fixture
async def desk(fake_core: FakeCore, tmp_path: Path) -> AsyncIterator[Desk]:
    async with fake_desk(fake_core, tmp_path) as running:
        yield running


async def test_a_call_reaches_the_core_with_the_tokens_account(
    desk: Desk, fake_core: FakeCore
) -> None:
    contact = await desk.result("create_contact", {"email": "eva@x.example", "name": "Eva"})

    assert (await desk.result("get_contact", {"contactId": contact}))["displayName"] == "Eva"
    assert (await desk.result("get_contact", [None, contact]))["displayName"] == "Eva"
    assert fake_core.calls("create_contact") == [(desk.own, "eva@x.example", "Eva")]


async def test_the_cores_own_words_come_with_its_own_code(desk: Desk) -> None:
    code, words = await desk.error("get_message", {"msgId": 999})

    assert code == RpcCode.CORE
    assert "999" in words


async def test_a_method_that_is_refused_says_why_and_the_core_hears_nothing(
    desk: Desk, fake_core: FakeCore
) -> None:
    code, words = await desk.error("remove_account", [desk.own])

    assert code == RpcCode.REFUSED
    assert words == f"remove_account is not for a bot's token. {REFUSED['remove_account']}"
    assert fake_core.calls("remove_account") == []


async def test_a_method_that_only_a_newer_core_has_is_refused(
    desk: Desk, fake_core: FakeCore
) -> None:
    heard: list[object] = []
    fake_core.on("get_message", lambda *given: heard.append(given))

    code, words = await desk.error("get_mesage", {"msgId": 1})

    assert code == RpcCode.NO_METHOD
    assert words.endswith("did you mean get_message?")
    assert (await desk.error("zzz"))[0] == RpcCode.NO_METHOD
    assert heard == []


async def test_the_core_may_lack_a_method_that_the_table_has(
    desk: Desk, fake_core: FakeCore
) -> None:
    fake_core.fail("get_message", "Method not found", code=-32601)

    assert (await desk.error("get_message", {"msgId": 1}))[0] == RpcCode.NO_METHOD


@pytest.mark.parametrize(
    "token",
    [
        token_of("own", Scope.NOTIFY),
        token_of(None, Scope.BOT),
        token_of("own", Scope.MANAGE, Scope.PUBLISH),
    ],
)
async def test_a_token_without_the_scope_or_the_bot_gives_no_orders(desk: Desk, token: Any) -> None:
    code, words = await desk.error("get_message", {"msgId": 1}, token=token)

    assert code == RpcCode.REFUSED
    assert "'bot'" in words


async def test_a_token_of_a_bot_that_is_not_here_is_told_so(desk: Desk) -> None:
    code, words = await desk.error("getMe", token=token_of("gone", Scope.BOT))

    assert code == RpcCode.REFUSED
    assert "'gone'" in words


async def test_when_the_core_dies_nobody_knows_what_came_of_the_call(
    desk: Desk, fake_core: FakeCore
) -> None:
    fake_core.on("get_connectivity", lambda *_: fake_core.crash())

    assert (await desk.error("get_connectivity"))[0] == RpcCode.UNKNOWN_OUTCOME


async def test_a_mistake_of_the_server_is_answered_and_tells_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(desk.core, "request_raw", stumble)

    code, words = await desk.error("get_connectivity")

    assert code == RpcCode.INTERNAL
    assert "secret" not in words
    assert "get_connectivity failed" in caplog.text


async def test_a_batch_is_carried_out_in_order_and_answered_as_one(
    desk: Desk, fake_core: FakeCore
) -> None:
    order = [
        {"jsonrpc": "2.0", "id": 1, "method": "set_config", "params": [None, "displayname", "A"]},
        {"jsonrpc": "2.0", "method": "set_config", "params": [None, "displayname", "B"]},
        {"jsonrpc": "2.0", "id": 2, "method": "get_config", "params": {"key": "displayname"}},
        {"jsonrpc": "2.0", "id": 3, "method": "start_io", "params": {}},
    ]

    answered = await desk.calls.carry_out(desk.own_token, json.dumps(order).encode())

    answers = json.loads(answered or b"")
    assert [one["id"] for one in answers] == [1, 2, 3]
    assert answers[1]["result"] == "B"
    assert answers[2]["error"]["code"] == RpcCode.REFUSED


async def test_a_notification_is_carried_out_and_not_answered(
    desk: Desk, fake_core: FakeCore
) -> None:
    order = {"jsonrpc": "2.0", "method": "set_config", "params": [None, "displayname", "A"]}

    assert await desk.calls.carry_out(desk.own_token, json.dumps(order).encode()) is None
    assert await desk.calls.carry_out(desk.own_token, b"[%b]" % json.dumps(order).encode()) is None
    assert (
        await desk.calls.carry_out(desk.own_token, b'{"jsonrpc":"2.0","method":"start_io"}') is None
    )
    assert fake_core.accounts[0].config["displayname"] == "A"


async def test_calls_of_one_chat_keep_their_order_while_others_go_on(
    desk: Desk, fake_core: FakeCore
) -> None:
    held = fake_core.hold("get_basic_chat_info")
    first = asyncio.create_task(desk.ask("get_basic_chat_info", {"chatId": 10}))
    await fake_core.until_called("get_basic_chat_info")
    second = asyncio.create_task(desk.ask("accept_chat", {"chatId": 10}))

    await desk.ask("can_send", {"chatId": 11})
    assert fake_core.calls("accept_chat") == []
    held.release()
    await asyncio.gather(first, second)

    assert fake_core.calls("accept_chat") == [(desk.own, 10)]


async def test_a_call_ends_though_its_connection_is_gone(desk: Desk, fake_core: FakeCore) -> None:
    held = fake_core.hold("get_basic_chat_info")
    first = asyncio.create_task(desk.ask("get_basic_chat_info", {"chatId": 10}))
    await fake_core.until_called("get_basic_chat_info")
    second = asyncio.create_task(desk.ask("accept_chat", {"chatId": 10}))
    await asyncio.sleep(0)

    for caller in (first, second):
        caller.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    held.release()
    await desk.calls.drain()

    assert fake_core.calls("accept_chat") == [(desk.own, 10)]


async def test_too_many_calls_at_once_are_refused(desk: Desk, fake_core: FakeCore) -> None:
    held = fake_core.hold("get_basic_chat_info")
    many = [
        asyncio.create_task(desk.ask("get_basic_chat_info", {"chatId": 10})) for _ in range(200)
    ]
    await fake_core.until_called("get_basic_chat_info")

    assert (await desk.error("get_connectivity"))[0] == RpcCode.TOO_MUCH
    assert await desk.result("get_connectivity", token=desk.other_token)

    held.release()
    await asyncio.gather(*many)


async def test_the_operator_reaches_the_whole_core_as_it_is(
    desk: Desk, fake_core: FakeCore
) -> None:
    assert await desk.result("get_all_account_ids", token=OPERATOR) == [desk.own, desk.other]
    assert await desk.result("is_configured", {"accountId": desk.other}, token=OPERATOR) is True
    assert (await desk.error("no_such", [1], token=OPERATOR))[0] == RpcCode.NO_METHOD
    assert (await desk.error("getMe", token=OPERATOR))[0] == RpcCode.NO_METHOD
    assert (await desk.error("is_configured", {"x": 1}, token=OPERATOR))[0] == RpcCode.BAD_PARAMS


@pytest.mark.parametrize("method", ["get_next_event", "get_next_event_batch"])
async def test_not_even_the_operator_takes_the_servers_events(desk: Desk, method: str) -> None:
    assert (await desk.error(method, token=OPERATOR))[0] == RpcCode.REFUSED
    assert (await desk.error(method))[0] == RpcCode.REFUSED


@pytest.mark.parametrize("method", ["get_message", "getMe", "setCommands", "send_reaction"])
async def test_a_key_where_nothing_is_sent_is_an_error_and_no_silent_lie(
    desk: Desk, method: str
) -> None:
    for way in ({"key": "k"}, {"header": "k"}):
        code, words = await desk.error(method, {}, **way)
        assert code == RpcCode.BAD_PARAMS
        assert "key" in words


async def test_codes_change_invitations_only(desk: Desk, fake_core: FakeCore) -> None:
    fake_core.on("set_config_from_qr", lambda *_: None)
    fake_core.on("check_qr", lambda account, text: {"kind": text})

    for kind, code in (("login", RpcCode.REFUSED), ("account", RpcCode.REFUSED)):
        assert (await desk.error("set_config_from_qr", {"qrContent": kind}))[0] == code
    assert fake_core.calls("set_config_from_qr") == []
    await desk.result("set_config_from_qr", {"qrContent": "withdrawVerifyContact"})


async def test_a_bot_has_one_picture_unpacked_at_a_time(desk: Desk, fake_core: FakeCore) -> None:
    fake_core.on("set_chat_profile_image", lambda *_: None)
    held = fake_core.hold("set_chat_profile_image")
    ours, theirs = await desk.upload("a.png", b"x"), await desk.upload("a.png", b"x", "other")
    async with asyncio.TaskGroup() as asking:
        for chat in (11, 12, 13):
            asking.create_task(
                desk.result("set_chat_profile_image", {"chatId": chat, "imagePath": ours})
            )
        await fake_core.until_called("set_chat_profile_image")
        asking.create_task(
            desk.result(
                "set_chat_profile_image",
                {"chatId": 14, "imagePath": theirs},
                token=desk.other_token,
            )
        )
        called = await fake_core.until_called("set_chat_profile_image", 2)
        assert [account for account, *_ in called] == [desk.own, desk.other]
        held.release()
    assert len(fake_core.calls("set_chat_profile_image")) == 4


async def test_an_answer_that_is_too_long_is_not_held(desk: Desk, fake_core: FakeCore) -> None:
    fake_core.on("get_message_html", lambda *_: "x" * MOST_ANSWER)

    code, words = await desk.error("get_message_html", {"messageId": 12})

    assert (code, "ask for less" in words) == (RpcCode.TOO_MUCH, True)


async def test_a_batch_ends_with_what_its_answers_may_take_together(
    desk: Desk, fake_core: FakeCore
) -> None:
    fake_core.on("get_message_html", lambda *_: "x" * (MOST_ANSWER // 2))
    one = {"jsonrpc": "2.0", "method": "get_message_html", "params": {"messageId": 12}}
    batch = json.dumps([{**one, "id": number} for number in range(5)]).encode()

    answers = json.loads(await desk.calls.carry_out(desk.own_token, batch) or b"")

    assert [answer["id"] for answer in answers] == [0, 1, 2, 3, 4]
    assert ["result" in answer for answer in answers] == [True, True, False, False, False]
    assert {answer["error"]["code"] for answer in answers[2:]} == {RpcCode.TOO_MUCH}
    assert len(fake_core.calls("get_message_html")) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(given=st.binary() | st.text().map(str.encode))
def test_without_a_core_any_bytes_are_refused_well(given: bytes) -> None:
    answered = refuse_all(given, "There is no bot here yet.")

    assert answered is None or json.loads(answered)


def test_without_a_core_a_call_is_told_what_to_do() -> None:
    request = b'{"jsonrpc":"2.0","id":5,"method":"getMe"}'

    assert json.loads(refuse_all(request, "Add a bot.") or b"") == {
        "jsonrpc": "2.0",
        "error": {"code": RpcCode.REFUSED, "message": "Add a bot."},
        "id": 5,
    }
    assert json.loads(refuse_all(b"[%b]" % request, "Add a bot.") or b"")[0]["id"] == 5

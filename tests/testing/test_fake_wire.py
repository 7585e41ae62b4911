"""The fake core speaks JSON-RPC as the real one does, down to the words."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from vestnik.chatmail.stdio import StdioTransport
from vestnik.chatmail.transport import CoreTransport
from vestnik.testing import FakeCore
from vestnik.testing.transport_checks import Recorder


async def said_to(transport: CoreTransport, line: str) -> object:
    """Give what a core answers to a line, or to the question after it if it is silent."""
    recorder = Recorder()
    await transport.start(recorder)
    try:
        transport.write(line.encode() + b"\n")
        async with asyncio.timeout(10):
            await recorder.until(lambda: bool(recorder.lines))
    finally:
        await transport.stop()
    answer: object = msgspec.json.decode(recorder.lines[0])
    return answer


def call(method: str, *params: object) -> str:
    request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    return msgspec.json.encode(request).decode()


@pytest.mark.parametrize(
    "line",
    [
        call("no_such_method"),
        call("start_io"),
        call("start_io", 1, 1),
        call("get_system_info", 1),
        call("get_next_event_batch", 1),
        call("start_io", "one"),
        call("start_io", None),
        call("start_io", True),
        call("start_io", -1),
        call("start_io", 99),
        call("set_config", 1, "bot", 1),
        call("send_msg", 1, 11, {"text": 5}),
        call("get_account_info", 99),
        call("remove_account", 99),
        call("select_account", 99),
        call("is_configured", 99),
        call("set_config", 99, "bot", "1"),
        call("get_message", 99, 1),
        call("send_msg", 99, 1, {}),
        call("secure_join", 99, "garbage"),
        call("check_email_validity", "nonsense"),
        call("get_selected_account_id"),
        call("get_all_accounts"),
        call("start_io_for_all_accounts"),
        call("add_transport_from_qr", 99, "garbage"),
        '{"jsonrpc":"2.0","id":7,"method":"start_io","params":{"accountId":1}}',
        '{"jsonrpc":"2.0","id":7,"method":"start_io"}',
        '{"jsonrpc":"2.0","id":"seven","method":"get_all_account_ids","params":[]}',
        '{"jsonrpc":"2.0","method":"get_all_account_ids","params":[]}',
        '{"id":7,"method":"get_all_account_ids"}',
        '{"jsonrpc":"2.0","id":7,"method":"get_all_account_ids","params":null}',
        "garbage",
        "[]",
        f"[{call('get_all_account_ids')}]",
    ],
)
async def test_the_fake_core_answers_what_the_real_one_answers(
    line: str, fake_core: FakeCore, tmp_path: Path
) -> None:
    real = await said_to(StdioTransport(tmp_path / "accounts"), line)
    assert await said_to(fake_core.transport(), line) == real


async def test_a_method_that_is_not_played_says_so_and_how_to_script_it(
    fake_core: FakeCore,
) -> None:
    answer = await said_to(fake_core.transport(), call("get_webxdc_info", 1, 10))
    words = (
        "the fake core does not play get_webxdc_info; script it with fake.on('get_webxdc_info', …)"
    )
    assert answer == {"jsonrpc": "2.0", "id": 7, "error": {"code": -1, "message": words}}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ((1, {"addr": "a@b.c"}), "missing field `password`"),
        ((1, {"addr": "a@b.c", "password": 5}), "invalid type: integer `5`, expected a string"),
        ((1, ["a@b.c"]), "invalid type: sequence, expected a map"),
        ((1, {"addr": {}, "password": ""}), "invalid type: map, expected a string"),
        ((1.5, {}), "invalid type: floating point `1.5`, expected u32"),
        ((False, {}), "invalid type: boolean `false`, expected u32"),
    ],
)
async def test_an_argument_of_the_wrong_type_is_named(
    params: tuple[object, ...], words: str, fake_core: FakeCore
) -> None:
    answer = await said_to(fake_core.transport(), call("add_or_update_transport", *params))
    assert answer == {"jsonrpc": "2.0", "id": 7, "error": {"code": -32700, "message": words}}

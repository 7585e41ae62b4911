"""`vestnik serve` as a process: how it begins, how it ends, and what it says about mistakes."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.cli.conftest import Outcome, Running
from tests.cli.gateways import Served, said, serve
from tests.receiving import receiving


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VESTNIK_DATA", "VESTNIK_CONFIG", "VESTNIK_URL", "VESTNIK_TOKEN"):
        monkeypatch.delenv(name, raising=False)


async def close_code(served: Served, by: signal.Signals) -> int | None:
    url = served.websocket_url
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as stream:
        await stream.send_json({"event": "ping"})
        await stream.receive()
        served.running.process.send_signal(by)
        await stream.receive()
        return stream.close_code


@pytest.mark.parametrize(("by", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_cleanly_and_clients_see_1012(
    start: Callable[..., Running], data: Path, by: signal.Signals, code: int
) -> None:
    served = serve(start, data)

    assert asyncio.run(close_code(served, by)) == 1012
    _, err = served.running.process.communicate(timeout=30)
    assert served.running.process.returncode == code
    assert "Traceback" not in err
    assert not (data / "server.json").exists()


@asynccontextmanager
async def holding_a_webhook(served: Served, token: str) -> AsyncIterator[None]:
    """Let the gateway send to somebody who never answers."""
    begun = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await reader.read()

    async with receiving(receive) as port:
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            for path, body in (
                ("owners", {"id": "ann", "name": "Ann"}),
                ("resources", {"id": "bot", "owner": "ann", "name": "Bot"}),
                ("webhooks", {"owner": "ann", "url": f"http://127.0.0.1:{port}/"}),
                ("notifications", {"type": 1, "resource": "bot"}),
            ):
                async with session.post(f"{served.url}/api/v1/{path}", json=body) as response:
                    assert response.status < 300, await response.text()
        await begun.wait()
        yield


async def test_a_second_ctrl_c_ends_it_at_once(start: Callable[..., Running], data: Path) -> None:
    data.mkdir()
    (data / "vestnik.toml").write_text(
        "[server]\ndrain_seconds = 3600\n"
        '[webhooks]\nallow_networks = ["127.0.0.0/8"]\ntimeout_seconds = 300\n'
    )
    served = serve(start, data)
    token = json.loads((data / "server.json").read_text())["token"]
    async with holding_a_webhook(served, token):
        served.running.process.send_signal(signal.SIGINT)
        async with aiohttp.ClientSession() as session:
            await until_refused(session, served.url)
        served.running.process.send_signal(signal.SIGINT)
        _, err = await asyncio.to_thread(served.running.process.communicate, timeout=30)

    assert served.running.process.returncode == 130
    assert "Traceback" not in err


async def until_refused(session: aiohttp.ClientSession, url: str) -> None:
    """Wait until the gateway takes nobody new, which is where its end begins."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"{url}/healthz", headers={"Connection": "close"}):
                    pass
            except aiohttp.ClientConnectorError:
                return


def test_a_newcomer_is_told_how_to_go_on(start: Callable[..., Running], data: Path) -> None:
    served = serve(start, data)
    hints = [""]
    while "vestnik listen" not in hints[-1]:
        hints.append(served.running.error_line())

    assert "vestnik owner add anna --data" in hints[-3]
    assert "vestnik resource add" in hints[-2]
    assert f"vestnik listen $(vestnik token create anna --data {data}) --data {data}" in hints[-1]
    assert "Traceback" not in served.running.end().err


def test_port_zero_is_any_and_the_log_is_json_off_a_terminal(
    start: Callable[..., Running], data: Path, vestnik: Callable[..., Outcome]
) -> None:
    served = serve(start, data)
    said(vestnik, "owner", "list", "--data", str(data))
    said(vestnik, "owner", "add", "anna", "--data", str(data))
    outcome = served.running.end()

    assert not served.url.endswith(":0")
    lines = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
    (line,) = (one for one in lines if one.get("path") == "/api/v1/owners")
    assert (line["method"], line["status"], line["who"]) == ("POST", 201, "local")
    assert "vst_" not in outcome.err
    assert "?" not in line["path"]


def test_the_world_is_told_the_public_address(
    start: Callable[..., Running], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTNIK_SERVER__PUBLIC_URL", "https://gw.example")
    served = serve(start, data)
    assert served.running.line() == (
        "for the world https://gw.example, WebSocket wss://gw.example/websocket/"
    )


def test_a_taken_port_is_a_sentence_and_exit_code_1(
    vestnik: Callable[..., Outcome], data: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        outcome = vestnik("serve", "--data", str(data), "--listen", f"127.0.0.1:{port}")

    assert outcome.exit_code == 1
    assert outcome.sentence.startswith(f"Port {port} on 127.0.0.1 is taken by another program")


def test_a_second_server_on_the_folder_is_refused(
    start: Callable[..., Running], vestnik: Callable[..., Outcome], data: Path
) -> None:
    serve(start, data)
    outcome = vestnik("serve", "--data", str(data), "--listen", "127.0.0.1:0")

    assert outcome.exit_code == 1
    assert "in use by another process" in outcome.sentence


def test_a_folder_that_cannot_be_is_refused(
    vestnik: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    outcome = vestnik("serve", "--data", str(tmp_path / "file" / "data"), "--listen", "[::1]:0")

    assert outcome.exit_code == 1
    assert "cannot be used" in outcome.sentence


def test_a_mistake_in_the_file_is_a_sentence_and_exit_code_2(
    vestnik: Callable[..., Outcome], data: Path
) -> None:
    data.mkdir()
    (data / "vestnik.toml").write_text("[server]\nlisen = 1\n")

    for command in ("serve",), ("config", "check"), ("owner", "list"):
        outcome = vestnik(*command, "--data", str(data))
        assert outcome.exit_code == 2
        assert outcome.sentence == (
            f"{data}/vestnik.toml, line 2: [server] has no setting lisen; did you mean listen?"
        )


def test_config_show_init_and_check_belong_together(
    vestnik: Callable[..., Outcome], data: Path
) -> None:
    assert said(vestnik, "config", "init", "--data", str(data)) == str(data / "vestnik.toml")
    assert (data / "vestnik.toml").read_text() == vestnik("config", "show").out
    outcome = vestnik("config", "init", "--data", str(data))
    assert (outcome.exit_code, "already" in outcome.sentence) == (2, True)
    lines = said(vestnik, "config", "check", "--data", str(data)).splitlines()
    assert lines[0] == "fine"
    assert lines[1] == "listens on 127.0.0.1:8080 for HTTP and WebSocket, plain HTTP"
    assert str(data) not in "".join(lines)


def test_config_check_warns_of_tokens_in_the_clear(
    vestnik: Callable[..., Outcome], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTNIK_SERVER__LISTEN", "0.0.0.0:8080")
    outcome = vestnik("config", "check", "--data", str(data))

    assert outcome.exit_code == 0
    assert "warning: Tokens travel in the clear to 0.0.0.0:8080" in outcome.err
    assert not data.exists()


def test_config_check_says_that_the_folder_will_be_made(
    vestnik: Callable[..., Outcome], data: Path
) -> None:
    lines = said(vestnik, "config", "check", "--data", str(data)).splitlines()

    assert lines[-1] == f"there is no folder {data} yet: `vestnik serve` will make it"
    assert vestnik("config", "check", "--quiet", "--data", str(data)).out == ""
    assert not data.exists()

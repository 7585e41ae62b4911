"""A gateway that hosts bots, from its settings to its metrics; and one that hosts none."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from vestnik.app.serve import Config, DataFolder, parse_config, serving
from vestnik.app.serve.answering import drain
from vestnik.app.serve.config import Hosting, PythonBot
from vestnik.app.serve.parts import opened
from vestnik.app.serve.python_bots import hosting_options, python_bots
from vestnik.chatmail import AccountCode
from vestnik.errors import BadBot, BadConfig, BadInput
from vestnik.ids import OwnerId, ResourceId
from vestnik.relay import Relay

ANY_PORT = '[server]\nlisten = "127.0.0.1:0"\n'
BOT = """
from vestnik.bot import Bot

bot = Bot("parrot")
"""
NO_BOTS = """
import asyncio, sys
from pathlib import Path
from vestnik.app.serve import serving, parse_config

async def main() -> None:
    config = parse_config(b'[server]\\nlisten = "127.0.0.1:0"')
    async with serving(config, Path(sys.argv[1])):
        print(*sorted(name for name in sys.modules if name.startswith("vestnik.")))

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def modules_as_before() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith(("parrot", "vestnik_loaded")):
            del sys.modules[name]


def config(text: str, path: Path = Path("vestnik.toml")) -> Config:
    return parse_config((ANY_PORT + text).encode(), path)


def test_a_gateway_without_bots_brings_in_no_client_of_the_core(tmp_path: Path) -> None:
    code = [sys.executable, "-c", NO_BOTS, str(tmp_path / "data")]
    answer = subprocess.run(code, capture_output=True, text=True, check=True, timeout=60)
    modules = answer.stdout.split()
    assert "vestnik.bridge.hosting.hosting" in modules
    assert "vestnik.chatmail._generated" not in modules
    assert not [name for name in modules if name.startswith("vestnik.chatmail")]


def test_bots_of_the_file_are_read_with_paths_from_its_folder() -> None:
    text = '[[bots]]\nid = "a"\nfile = "bots/a.py:shop"\n[[bots]]\nid = "b"\nfile = "shop:bot"\n'
    read = config(text, Path("/etc/vestnik/vestnik.toml"))
    assert read.bots == (
        PythonBot(id="a", file="/etc/vestnik/bots/a.py:shop"),
        PythonBot(id="b", file="shop:bot"),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("bots = 3\n", "write [[bots]] on a line"),
        ("[bots]\nid = 'a'\n", "write [[bots]] on a line"),
        ("[[bots]]\nid = 'a'\n", "needs file"),
        ("[[bots]]\nid = 'a'\nfil = 'b.py'\n", "did you mean file?"),
        ("[[bots]]\nid = ''\nfile = 'b.py'\n", "must be a text"),
        ("[[bots]]\nid = 3\nfile = 'b.py'\n", "must be a text"),
        ("[[bots]]\nid='a'\nfile='b.py'\n[[bots]]\nid='a'\nfile='c.py'\n", "the same id"),
    ],
)
def test_what_is_wrong_with_a_bot_of_the_file_is_said(text: str, sentence: str) -> None:
    with pytest.raises(BadConfig) as raised:
        parse_config(text.encode())
    assert sentence in str(raised.value)


def test_settings_say_how_bots_are_hosted() -> None:
    read = Config(hosting=Hosting(messages_per_minute=5, most_upload_megabytes=2, link_hours=0.5))
    options = hosting_options(read, "https://gw.example", (), offline=False)
    assert (options.per_minute, options.most_upload_bytes) == (5, 2 * 1024 * 1024)
    assert (options.link_seconds, options.base_url) == (1800, "https://gw.example")


def test_bots_are_loaded_from_their_files(tmp_path: Path) -> None:
    (tmp_path / "parrot.py").write_text(BOT)
    (one,) = python_bots(config(f'[[bots]]\nid = "a"\nfile = "{tmp_path}/parrot.py"\n'))
    assert (one.id, one.bot.name) == ("a", "parrot")


@pytest.mark.parametrize(
    ("content", "problem"), [(None, BadInput), ("x = 1\n", BadBot), ("import nothing_x\n", BadBot)]
)
async def test_a_bot_that_cannot_be_loaded_is_one_sentence_at_the_start(
    tmp_path: Path, content: str | None, problem: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / "parrot.py").write_text(content)
    settings = config(f'[[bots]]\nid = "a"\nfile = "{tmp_path}/parrot.py"\n')
    with pytest.raises(problem):
        async with serving(settings, tmp_path / "data"):
            raise AssertionError("it runs")
    assert not (tmp_path / "data").exists()


async def test_what_is_hosted_is_shown_to_prometheus(tmp_path: Path) -> None:
    settings = config('[metrics]\nlisten = "127.0.0.1:0"\n')
    async with serving(settings, tmp_path / "data") as server, aiohttp.ClientSession() as http:
        assert server.metrics_url is not None
        async with http.get(server.metrics_url) as response:
            families = text_string_to_metric_families(await response.text())
            samples = {one.name: one for family in families for one in family.samples}

    assert samples["vestnik_hosted_bots"].labels.keys() == {"state"}
    for name in ("bot_messages_total", "bot_calls_total", "core_restarts_total"):
        assert samples[f"vestnik_{name}"].value == 0


async def test_who_does_not_wait_for_the_bots_at_the_end_does_not_wait_for_webhooks_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()

    async def never(seconds: float) -> None:
        began.set()
        await asyncio.get_running_loop().create_future()

    async def waits_for_ever(seconds: float) -> None:
        raise AssertionError("it waits for webhooks")

    patient = parse_config(b'[server]\nlisten = "127.0.0.1:0"\ndrain_seconds = 3600\n')
    async with opened(patient, DataFolder(tmp_path / "data"), offline=False) as parts:
        assert parts.hosting is not None
        monkeypatch.setattr(parts.hosting, "drain", never)
        monkeypatch.setattr(parts.gateway.deliveries, "drain", waits_for_ever)
        ending = asyncio.create_task(drain(parts))
        await began.wait()
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending


async def test_a_python_bot_of_the_settings_answers(tmp_path: Path, relay: Relay) -> None:
    (tmp_path / "parrot.py").write_text(BOT)
    settings = config(f'[[bots]]\nid = "parrot"\nfile = "{tmp_path}/parrot.py"\n')
    async with serving(settings, tmp_path / "data") as server:
        gateway = server.gateway
        await gateway.administration.owners.create("Anna", id=OwnerId("anna"))
        assert server.hosting is not None
        login = AccountCode(relay.new_account().login_code)
        bot = await server.hosting.add(OwnerId("anna"), ResourceId("parrot"), "Parrot", login)
        assert (await server.hosting.show(bot.id)).name == "Parrot"
    assert (tmp_path / "data" / "bots" / "parrot.sqlite").exists()


async def test_a_command_without_a_server_can_add_a_bot(tmp_path: Path, relay: Relay) -> None:
    async with serving(config(""), tmp_path / "data", offline=True) as server:
        await server.gateway.administration.owners.create("Anna", id=OwnerId("anna"))
        assert server.hosting is not None
        login = AccountCode(relay.new_account().login_code)
        bot = await server.hosting.add(OwnerId("anna"), ResourceId("echo"), "Echo", login)
    async with serving(config(""), tmp_path / "data") as server:
        assert server.hosting is not None
        (found,) = await server.hosting.list(None)
        assert (found.id, found.account, found.address) == (bot.id, bot.account, bot.address)

"""What the pages about the gateway say, against the gateway."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from vestnik.app.serve import Config, load_config, serving
from vestnik.app.serve.config import Metrics, Server
from vestnik.app.serve.settings import settings
from vestnik.cli import app
from vestnik.cli._later import LaterCommand
from vestnik.errors import BadInput
from vestnik.gateway.delivery.retries import SCHEDULE
from vestnik.wire import ErrorCode
from vestnik.wire.limits import CLOSE_MEANING

DOCS = Path(__file__).parents[2] / "docs"
PROTOCOL = (DOCS / "reference/notification-protocol.md").read_text()
PRODUCTION = (DOCS / "howto/run-the-gateway-in-production.md").read_text()
PAGES = (
    *(DOCS / "howto").glob("*gateway*.md"),
    DOCS / "howto/put-notifications-in.md",
    DOCS / "howto/listen-to-boticord.md",
    DOCS / "howto/receive-webhooks.md",
    DOCS / "howto/receive-notifications-in-python.md",
    DOCS / "reference/notification-protocol.md",
)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands() -> Iterator[tuple[str, str]]:
    """Give every command line of ours on the pages, without what stands around it."""
    for page in PAGES:
        for block in blocks(page.read_text(), "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.search(r"(?:^|[/(]|=\S+ )vestnik (\w.*?)(?:\)|&&|$)", line):
                    yield page.name, found[1].strip()


def parse(line: str) -> None:
    """Read a command line as the program would, and do nothing."""
    words = shlex.split(line)
    command = typer.main.get_command(app)
    while isinstance(command, TyperGroup):
        name = words.pop(0)
        assert name in command.commands, name
        command = command.commands[name]
        if isinstance(command, LaterCommand):
            command = command.load()
    command.make_context("vestnik", words)


def names_of(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", row)


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, id=f"{page}: {line}") for page, line in sorted(set(commands()))],
)
def test_every_command_on_the_pages_is_understood(line: str) -> None:
    parse(line)


@pytest.mark.parametrize("line", ["serve --dat x", "owner ad Anna", "listn", "token create a b"])
def test_a_command_that_does_not_exist_would_be_noticed(line: str) -> None:
    with pytest.raises((AssertionError, TyperException)):
        parse(line)


def test_there_are_commands_on_the_pages() -> None:
    lines = [line for _, line in commands()]

    assert "config check --config /etc/vestnik.toml" in lines
    assert any(line.startswith("receive --boticord") for line in lines)


@pytest.mark.parametrize("block", blocks(PRODUCTION, "toml"))
def test_the_settings_in_production_can_work(block: str, tmp_path: Path) -> None:
    file = tmp_path / "vestnik.toml"
    file.write_text(block)

    config = load_config(tmp_path, file, {})

    assert config.server.listen == tomllib.loads(block)["server"]["listen"]


def test_the_unit_ends_as_the_gateway_does() -> None:
    _, service = blocks(PRODUCTION, "ini")
    unit = dict(line.partition("=")[::2] for line in service.splitlines() if "=" in line)

    assert int(unit["RestartPreventExitStatus"]) == BadInput.exit_code
    assert int(unit["TimeoutStopSec"]) > Config().server.drain_seconds + 2
    parse(unit["ExecStart"].partition(" ")[2])


async def test_the_metrics_in_production_are_those_that_there_are() -> None:
    config = Config(server=Server(listen="127.0.0.1:0"), metrics=Metrics(listen="127.0.0.1:0"))
    async with serving(config) as server, aiohttp.ClientSession() as session:
        assert server.metrics_url is not None
        async with session.get(server.metrics_url) as answer:
            text = await answer.text()
    shown = set(re.findall(r"^# TYPE (vestnik_\w+)", text, re.MULTILINE))
    told = set(re.findall(r"^\| `(vestnik_\w+)` \|", PRODUCTION, re.MULTILINE))

    assert {name for name in shown if not name.endswith("_created")} == told
    for name, outcome in re.findall(r"`(vestnik_\w+)\{(\w+=\"\w+\")\}`", PRODUCTION):
        assert f"{name}{{{outcome}}}" in text


def test_the_limits_in_production_are_the_defaults() -> None:
    known = {name: one.default for (_, name), one in settings().items()}
    section = PRODUCTION.partition("## Limits")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("|") and names_of(row)]

    assert len(rows) >= 5
    for row in rows:
        for name in names_of(row):
            default = known[name]
            if isinstance(default, int | float):
                assert f"{default:,.0f}" in row or f"{default // 1024:g} KiB" in row, name


def test_the_protocol_has_every_error_code_and_every_end() -> None:
    codes = re.findall(r"^\| (\d) \|", PROTOCOL, re.MULTILINE)
    ends = re.findall(r"\b1\d{3}\b", PROTOCOL.partition("### How a connection ends")[2])

    assert sorted(map(int, codes)) == sorted(ErrorCode)
    # 1000 is what the client says itself.
    assert set(CLOSE_MEANING) - {1000} <= set(map(int, ends))


def test_the_protocol_has_the_schedule_of_retries() -> None:
    assert "after 5 s, 5 min, 30 min, 2 h, 5 h and then six times 10 h" in PROTOCOL
    assert (5, 300, 1800, 7200, 18000, *[36000] * 6) == SCHEDULE
    assert timedelta(days=2.5) < timedelta(seconds=sum(SCHEDULE)) < timedelta(days=3)


def test_the_protocol_has_the_numbers_of_the_settings() -> None:
    live = Config().websocket
    text = " ".join(PROTOCOL.split())

    assert f"{live.attempts} attempts in {live.attempt_window_seconds:g} seconds" in text
    assert f"Every {live.ping_seconds:g} seconds the server sends a ping" in text
    assert f"nothing within {live.pong_seconds:g} seconds of it" in text
    assert f"{live.most_buffered_bytes // 1024} KiB may wait" in text
    assert f"{Config().webhooks.queue_per_webhook:,} may wait for it" in text

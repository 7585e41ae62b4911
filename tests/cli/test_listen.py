"""`vestnik listen`: notifications in a terminal."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running
from tests.cli.gateways import said, serve
from tests.sdk.conftest import Peer, Script, gateway
from vestnik.app.serve import DataFolder, LocalAccess
from vestnik.sdk.loop_thread import LoopThread

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


@contextmanager
def served(*scripts: Script) -> Iterator[str]:
    """Serve scripts from another thread."""
    thread = LoopThread("gateway")
    manager = gateway(*scripts)
    try:
        yield thread.run(manager.__aenter__()).url
        thread.run(manager.__aexit__(None, None, None))
    finally:
        thread.end()


async def tells(peer: Peer) -> None:
    auth = await peer.greets(epoch="e", offset=0, recovered=None)
    assert auth["data"] == {"token": "tok", "resume": True}
    await peer.tells(1, offset=1)
    await peer.says(
        event="notify",
        data={"type": 2, "user": "\x1b[2J", "affected": "[red]"},
        epoch="e",
        offset=2,
    )
    await peer.is_left()


@pytest.mark.parametrize(("by", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_prints_what_happens_until_a_signal(
    start: Start, by: signal.Signals, exit_code: int
) -> None:
    with served(tells) as url:
        running = start("listen", "tok", "--url", url)
        assert running.error_line() == f"Connecting to {url}; Ctrl-C ends."
        assert running.error_line() == "Connected."
        assert running.line() == '2023-11-14 22:13:20Z  up_added  bot  by alice  {"upCount":1}'
        assert running.line() == "1970-01-01 00:00:00Z  comment_added  [red]  by \ufffd[2J"
        outcome = running.end(by)
    assert outcome.exit_code == exit_code
    assert "Traceback" not in outcome.err


def test_json_is_an_object_a_line_and_a_command_runs_for_each(start: Start, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tok\n")
    command = f"echo $VESTNIK_NAME >> {tmp_path}/names; test $VESTNIK_NAME = up_added"
    with served(tells) as url:
        options = ("--token-file", str(tmp_path / "token"), "--url", url, "--exec", command)
        running = start("listen", "--json", *options)
        lines = [json.loads(running.line()) for _ in range(2)]
        errors = [running.error_line() for _ in range(3)]
        running.end()
    assert [line["name"] for line in lines] == ["up_added", "comment_added"]
    assert lines[0]["position"] == {"epoch": "e", "offset": 1}
    assert "The command ended with exit status 1. (comment_added)" in errors[2]
    assert (tmp_path / "names").read_text() == "up_added\ncomment_added\n"


def test_the_next_run_goes_on_where_the_last_one_was(start: Start, tmp_path: Path) -> None:
    auths: list[object] = []

    async def first(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=4))["data"])
        await peer.tells(1, offset=5)
        await peer.is_left()

    async def second(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=6, recovered=True))["data"])
        await peer.tells(2, offset=6)
        await peer.is_left()

    with served(first, second) as url:
        for number in (1, 2):
            running = start("listen", "tok", "--url", url, "--state", str(tmp_path / "state"))
            assert f'"upCount":{number}' in running.line()
            if number == 1:
                _until_kept(tmp_path / "state", 5)
            running.end()
    assert auths == [
        {"token": "tok", "resume": True},
        {"token": "tok", "resume": {"epoch": "e", "offset": 5}},
    ]


def test_a_bad_token_is_one_sentence(vestnik: Vestnik) -> None:
    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6)
        await peer.is_left()

    with served(refuses) as url:
        outcome = vestnik("listen", "tok", "--url", url)
    assert outcome.exit_code == 1
    assert "refuses the token (Unauthorized)" in outcome.sentence


def test_the_gateway_of_a_folder_is_found(start: Start, vestnik: Vestnik, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    served = serve(start, tmp_path / "data")
    assert said(vestnik, "owner", "add", "anna", "--data", data) == "anna"
    said(vestnik, "resource", "add", "bot", "--owner", "anna", "--data", data)
    token = said(vestnik, "token", "create", "anna", "--data", data)
    running = start("listen", token, "--data", data)
    assert served.websocket_url.rstrip("/") in running.error_line()
    assert running.error_line() == "Connected."
    assert vestnik("publish", "bot", "up_added", "--data", data).exit_code == 0
    assert "up_added  bot" in running.line()


def test_a_certificate_is_for_a_name(vestnik: Vestnik, tmp_path: Path) -> None:
    DataFolder(tmp_path).offer(LocalAccess("https://127.0.0.1:1", "tok", "ab"))
    outcome = vestnik("listen", "tok", "--data", str(tmp_path))
    assert (outcome.exit_code, "--url wss://NAME" in outcome.sentence) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "There is no token"),
        (("tok\x1b",), "characters that no token has"),
        (("tok", "--boticord", "--url", "ws://h"), "leave --url"),
        (("tok", "--url", "gopher://h"), "no address of a gateway"),
        (("tok", "--no-resume", "--state", "f"), "--state is for resuming"),
        (("--token-file", "/no/such"), "cannot be read"),
        (("tok", "--data", "/no/such"), "is by --url, --boticord or --data"),
        (("tok", "--url", "ws://h", "--forward", "x"), "--forward needs an address"),
    ],
)
def test_what_cannot_work_is_one_sentence(
    vestnik: Vestnik, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    for name in "VESTNIK_TOKEN", "VESTNIK_URL":
        monkeypatch.delenv(name, raising=False)
    outcome = vestnik("listen", *arguments)
    assert outcome.exit_code == 2
    assert says in outcome.sentence


def _until_kept(file: Path, offset: int) -> None:
    """The file is written right after the line is printed."""
    while json.loads(file.read_text())["offset"] < offset:
        pass

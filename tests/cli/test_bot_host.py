"""``vestnik bot host``: bots at a gateway, with a server, without one, and from far away."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import SECONDS, Outcome, Running, RunningRelay
from tests.cli.gateways import objects, said, serve
from vestnik.cli._bot_calls import id_after
from vestnik.cli.owner import TYPEABLE

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all commands of a test; nobody serves it yet."""
    for name in ("VESTNIK_CONFIG", "VESTNIK_URL", "VESTNIK_TOKEN", "VESTNIK_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VESTNIK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(params=["offline", "served"])
def gateway(request: pytest.FixtureRequest, data: Path, start: Start) -> Path:
    """A gateway's folder, once with and once without a server."""
    if request.param == "served":
        serve(start, data)
    return data


def host(vestnik: Vestnik, *arguments: str) -> str:
    return said(vestnik, "bot", "host", *arguments)


def test_a_bot_lives_from_add_to_remove(
    gateway: Path, vestnik: Vestnik, relay_command: RunningRelay
) -> None:
    made = vestnik("bot", "host", "add", "Echo Bot", "--code", relay_command.code)
    assert made.exit_code == 0, made.err
    assert re.fullmatch(r"vst_\S+\n", made.out)
    assert "made the owner me, as there was none" in made.err
    assert f"echo-bot of me is {relay_command.address}" in made.err
    link = next(line for line in made.err.splitlines() if line.startswith("https://i.delta"))
    (token,) = objects(vestnik, "token", "list", "me")
    assert (token["resource"], token["scopes"]) == ("echo-bot", ["bot", "notify"])

    (bot,) = objects(vestnik, "bot", "host", "list")
    assert (bot["id"], bot["name"], bot["owner"]) == ("echo-bot", "Echo Bot", "me")
    assert host(vestnik, "invite", "echo-bot") == link
    assert "█" in host(vestnik, "invite", "echo-bot", "--qr")

    host(vestnik, "set", "echo-bot", "--name", "Echo", "--event", "IncomingMsg")
    host(vestnik, "set", "echo-bot", "--command", "/start Begin anew")
    (bot,) = objects(vestnik, "bot", "host", "show", "echo-bot")
    assert (bot["name"], bot["events"]) == ("Echo", ["IncomingMsg"])
    assert bot["commands"] == [{"command": "start", "description": "Begin anew"}]
    host(vestnik, "set", "echo-bot", "--command", "")
    assert objects(vestnik, "bot", "host", "show", "echo-bot")[0]["commands"] == []

    removed = vestnik("bot", "host", "remove", "echo-bot", "--yes")
    assert (removed.exit_code, removed.err) == (0, "removed echo-bot\n")
    outcome = vestnik("bot", "host", "list")
    assert (outcome.out, "There is no bot" in outcome.err) == ("", True)
    assert objects(vestnik, "token", "list", "me") == []


def test_the_token_of_a_new_bot_gives_orders_at_once(
    data: Path, vestnik: Vestnik, start: Start, relay_command: RunningRelay
) -> None:
    served = serve(start, data)
    token = host(vestnik, "add", "Echo", "--code", relay_command.code)
    order = {"jsonrpc": "2.0", "id": 1, "method": "getMe"}
    request = urllib.request.Request(
        f"{served.url}/api/v1/rpc",
        data=json.dumps(order).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        told = json.loads(answer.read())["result"]
    assert (told["bot"], told["address"]) == ("echo", relay_command.address)


def test_who_adds_a_bot_is_told_what_comes_next(
    data: Path,
    vestnik: Vestnik,
    start: Start,
    relay_command: RunningRelay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VESTNIK_DATA")
    at = ("--data", str(data))
    login = ("--address", relay_command.address, "--password", "wrong")
    said(vestnik, "owner", "add", "ann", *at)
    made = vestnik("bot", "host", "add", "Echo", "--code", relay_command.code, *at)
    assert made.err.endswith(f"next: vestnik serve --data {data}\n")
    assert "ann" in made.err
    serve(start, data)
    again = vestnik("bot", "host", "add", "Echo", "--id", "echo", *login, *at)
    assert (again.exit_code, "There is a bot 'echo' already" in again.sentence) == (2, True)


def test_a_gateway_far_away_is_reached_by_url_and_token(
    data: Path,
    vestnik: Vestnik,
    start: Start,
    relay_command: RunningRelay,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    served = serve(start, data)
    said(vestnik, "owner", "add", "ann")
    operators = said(vestnik, "token", "create", "--operator", "--scope", "manage")
    anns = said(vestnik, "token", "create", "ann", "--scope", "manage")
    monkeypatch.setenv("VESTNIK_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("VESTNIK_URL", served.url)
    monkeypatch.setenv("VESTNIK_TOKEN", anns)
    refused = vestnik("bot", "host", "add", "Echo", "--code", relay_command.code)
    assert (refused.exit_code, "operator" in refused.sentence) == (1, True)
    monkeypatch.setenv("VESTNIK_TOKEN", operators)
    made = vestnik("bot", "host", "add", "Echo", "--code", relay_command.code, "--json")
    assert made.exit_code == 0, made.err
    monkeypatch.setenv("VESTNIK_TOKEN", anns)
    assert host(vestnik, "list").split("\t")[:2] == ["echo", "Echo"]
    assert not (tmp_path / "nothing").exists()


def test_a_login_that_fails_is_one_sentence_and_leaves_nothing(
    gateway: Path, vestnik: Vestnik, relay_command: RunningRelay
) -> None:
    wrong = re.sub(r"p=[^&]+", "p=wrong", relay_command.code)
    outcome = vestnik("bot", "host", "add", "Echo", "--code", wrong)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert "The account could not be configured" in outcome.sentence
    assert "wrong" not in outcome.err
    assert vestnik("bot", "host", "list").out == ""
    assert objects(vestnik, "resource", "list") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "Echo"), "Give an account code"),
        (("add", "Echo", "--address", "a@x.example"), "an address with its password"),
        (("add", "Echo", "--code", "nonsense"), "is no account code"),
        (("add", "Echo", "--code", "dcaccount:x", "--event", "x"), "There is no kind of event"),
        (("add", "Echo", "--code", "dcaccount:x", "--owner", "nobody"), "no owner 'nobody'"),
        (("show", "nothing"), "There is no bot 'nothing'"),
        (("remove", "nothing", "--yes"), "There is no bot 'nothing'"),
        (("invite", "nothing"), "There is no bot 'nothing'"),
        (("set", "nothing", "--command", "start"), "is no line of /help"),
    ],
)
def test_what_cannot_work_is_one_sentence(
    data: Path, vestnik: Vestnik, arguments: tuple[str, ...], sentence: str
) -> None:
    said(vestnik, "owner", "add", "ann")
    outcome = vestnik("bot", "host", *arguments)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert sentence in outcome.sentence


def test_with_several_owners_one_says_whose(data: Path, vestnik: Vestnik) -> None:
    for name in ("ben", "ann"):
        said(vestnik, "owner", "add", name)
    outcome = vestnik("bot", "host", "add", "Echo", "--code", "dcaccount:x.example")
    assert outcome.exit_code == 2
    assert "by --owner: there are several (ann, ben)" in outcome.sentence


def test_a_folder_without_a_gateway_has_no_bots_and_stays_nothing(
    data: Path, vestnik: Vestnik
) -> None:
    outcome = vestnik("bot", "host", "list")
    assert (outcome.exit_code, "There is no gateway" in outcome.sentence) == (2, True)
    assert not data.exists()


def test_an_id_after_a_name_is_easy_to_type() -> None:
    assert id_after("Echo Bot") == "echo-bot"
    assert id_after("  Wetter (Köln) 24/7! ") == "wetter-k-ln-24-7"
    assert id_after("Эхо") == ""


@given(st.text(max_size=300))
def test_whatever_the_name_is_the_id_can_be_one(name: str) -> None:
    assert id_after(name) == "" or TYPEABLE.fullmatch(id_after(name))

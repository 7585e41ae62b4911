"""The commands around a gateway's settings, with a server, without one, and from far away."""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running
from tests.cli.gateways import objects, said, serve

Vestnik = Callable[..., Outcome]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all commands of a test; nobody serves it yet."""
    for name in ("VESTNIK_CONFIG", "VESTNIK_URL", "VESTNIK_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VESTNIK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(params=["offline", "served"])
def gateway(request: pytest.FixtureRequest, data: Path, start: Callable[..., Running]) -> Path:
    """A gateway's folder, once with and once without a server."""
    if request.param == "served":
        serve(start, data)
    return data


def test_an_owner_lives_from_add_to_remove(gateway: Path, vestnik: Vestnik) -> None:
    assert said(vestnik, "owner", "add", "Ann", "--id", "ann") == "ann"
    assert said(vestnik, "owner", "list").split("\t")[:3] == ["ann", "Ann", "numeric"]
    vestnik("owner", "set", "ann", "--name", "Anna", "--dialect", "named")
    (owner,) = objects(vestnik, "owner", "list")
    assert (owner["name"], owner["dialect"]) == ("Anna", "named")
    assert "Anna" in said(vestnik, "owner", "show", "ann")
    assert vestnik("owner", "remove", "ann", "--yes").exit_code == 0
    outcome = vestnik("owner", "list")
    assert (outcome.out, "no owner yet" in outcome.err) == ("", True)


def test_an_owner_is_called_by_the_name_where_that_can_be_an_id(
    gateway: Path, vestnik: Vestnik
) -> None:
    assert said(vestnik, "owner", "add", "anna") == "anna"
    assert said(vestnik, "owner", "add", "anna").startswith("own_")
    assert said(vestnik, "owner", "add", "Anna & Co").startswith("own_")


def test_a_newcomer_is_told_what_comes_next(
    data: Path, vestnik: Vestnik, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VESTNIK_DATA")
    at = ("--data", str(data))
    said(vestnik, "owner", "add", "anna", *at)
    outcome = vestnik("resource", "add", "bot", "--owner", "anna", *at)
    assert outcome.err == f"next: vestnik publish bot up_added --data {data}\n"
    outcome = vestnik("webhook", "add", "anna", "https://receiver.example/", *at)
    (webhook,) = objects(vestnik, "webhook", "list", *at)
    assert outcome.err.endswith(f"next: vestnik webhook test {webhook['id']} --data {data}\n")


class Thanks(BaseHTTPRequestHandler):
    """Answers every POST with two lines, and tries to colour the terminal."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"\nthank\r\nyou\x1b[1m.\n")

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Thanks) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_test_of_a_webhook_shows_what_came_back(
    data: Path, vestnik: Vestnik, start: Callable[..., Running], receiver: str
) -> None:
    serve(start, data, "--allow-network", "127.0.0.0/8", "--allow-network", "::1/128")
    said(vestnik, "owner", "add", "anna")
    said(vestnik, "webhook", "add", "anna", receiver)
    (webhook,) = objects(vestnik, "webhook", "list")
    outcome = vestnik("webhook", "test", webhook["id"])

    assert outcome.exit_code == 0
    assert re.fullmatch(r"delivered\tstatus 200\t\d+ ms\nthank you \[1m\.\n", outcome.out)
    assert said(vestnik, "webhook", "deliveries", webhook["id"]).endswith("\tthank you [1m.")


def test_a_token_stands_alone_on_stdout(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    outcome = vestnik("token", "create", "ann", "--label", "laptop")

    assert outcome.out.startswith("vst_")
    assert len(outcome.out.split()) == 1
    assert "not shown again" in outcome.err
    assert "vst_" not in outcome.err
    (token,) = objects(vestnik, "token", "list", "ann")
    assert (token["scopes"], token["label"]) == (["notify"], "laptop")
    assert objects(vestnik, "token", "show", token["id"]) == [token]
    assert "owner\tann\n" in said(vestnik, "token", "show", token["id"])
    assert said(vestnik, "token", "regenerate", token["id"]) != outcome.out.strip()
    assert vestnik("token", "delete", token["id"]).exit_code == 0
    assert objects(vestnik, "token", "list", "ann") == []


def test_a_token_for_one_resource_is_its_owners(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    said(vestnik, "resource", "add", "echo", "--owner", "ann")
    said(vestnik, "token", "create", "--resource", "echo", "--scope", "notify", "--scope", "bot")
    (token,) = objects(vestnik, "token", "list", "ann")
    assert (token["owner"], token["resource"], token["scopes"]) == (
        "ann",
        "echo",
        ["bot", "notify"],
    )
    outcome = vestnik("token", "create", "ann", "--scope", "bot")
    assert (outcome.exit_code, "for which, by its resource" in outcome.sentence) == (2, True)
    outcome = vestnik("token", "create", "--resource", "nothing")
    assert (outcome.exit_code, "There is no resource 'nothing'" in outcome.sentence) == (2, True)


def test_the_operators_tokens_are_listed_without_the_one_of_the_machine(
    gateway: Path, vestnik: Vestnik
) -> None:
    said(vestnik, "token", "create", "--operator", "--scope", "publish", "--scope", "manage")

    (token,) = objects(vestnik, "token", "list", "--operator")
    assert token["scopes"] == ["manage", "publish"]
    for change in "regenerate", "delete":
        outcome = vestnik("token", change, "local")
        assert (outcome.exit_code, "There is no token 'local'" in outcome.sentence) == (2, True)


def test_a_resource_lives_from_add_to_remove(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    assert said(vestnik, "resource", "add", "my-bot", "--owner", "ann", "--name", "Bot") == "my-bot"
    vestnik("resource", "set", "my-bot", "--no-notify")
    (resource,) = objects(vestnik, "resource", "list")
    assert (resource["name"], resource["notify"]) == ("Bot", False)
    assert objects(vestnik, "resource", "show", "my-bot") == [resource]
    outcome = vestnik("publish", "my-bot", "up_added")
    assert (outcome.exit_code, "switched off" in outcome.err) == (0, True)
    assert vestnik("resource", "remove", "my-bot", "--yes").exit_code == 0
    assert objects(vestnik, "resource", "list") == []


def test_a_webhook_lives_from_add_to_remove(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    url = "https://receiver.example/hook"
    outcome = vestnik("webhook", "add", "ann", url, "--header", "X-Own: secret value", "--sign")
    assert "X-Boticord-Token\t" in outcome.out
    assert "signing secret\twhsec_" in outcome.out
    (webhook,) = objects(vestnik, "webhook", "list")
    assert (webhook["url"], webhook["signed"], webhook["enabled"]) == (url, True, True)
    vestnik("webhook", "enable", webhook["id"], "--off")
    shown = said(vestnik, "webhook", "show", webhook["id"])
    assert "enabled\tno" in shown
    assert "resource\tall\n" in shown
    assert "failing_since\t-\n" in shown
    vestnik("webhook", "enable", webhook["id"])
    said(vestnik, "webhook", "set", webhook["id"], "--retries", "--family", "ipv6")
    (changed,) = objects(vestnik, "webhook", "show", webhook["id"])
    assert (changed["enabled"], changed["retries"], changed["family"]) == (True, True, "ipv6")
    assert "secret value" not in json.dumps(changed)
    assert vestnik("webhook", "remove", webhook["id"], "--yes").exit_code == 0


def test_a_test_of_a_webhook_that_does_not_answer_shows_why_and_fails(
    gateway: Path, vestnik: Vestnik
) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    said(vestnik, "webhook", "add", "ann", "https://receiver.invalid/")
    (webhook,) = objects(vestnik, "webhook", "list")
    outcome = vestnik("webhook", "test", webhook["id"], "--json")

    attempt = json.loads(outcome.out)
    assert outcome.exit_code == 1
    assert (attempt["kind"], attempt["state"]) == ("test", "failed")
    assert attempt["error"]
    (found,) = objects(vestnik, "webhook", "deliveries", webhook["id"])
    assert found["id"] == attempt["id"]
    outcome = vestnik("webhook", "resend", str(attempt["id"]))
    assert (outcome.exit_code, "test" in outcome.sentence) == (2, True)


def test_a_private_address_is_refused_in_a_sentence(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    outcome = vestnik("webhook", "add", "ann", "http://127.0.0.1:1/")

    assert outcome.exit_code == 2
    assert "127.0.0.1" in outcome.sentence
    assert "`vestnik serve --allow-network`" in outcome.sentence


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("owner", "show", "nobody"), "There is no owner 'nobody'"),
        (("resource", "add", "x", "--owner", "nobody"), "nobody"),
        (("token", "create"), "or --operator, or for which --resource."),
        (("token", "create", "ann", "--operator"), "or --operator, or for which --resource."),
        (("token", "create", "--resource", "b", "--operator"), "for which --resource."),
        (("token", "list", "ann", "--operator"), "Say whose: the id of an owner, or --operator."),
        (("publish", "nothing", "1"), "There is no resource 'nothing'"),
        (("publish", "nothing", "1", "--payload", "{"), "--payload is no JSON"),
        (("webhook", "add", "a", "https://x", "--header", "x"), "A --header is written as"),
        (("owner", "list", "--url", "https://x"), "needs --token"),
        (("owner", "list", "--url", "x", "--token", "y"), "no address of a gateway"),
        (("owner", "list", "--url", "https://x", "--token", "y\n"), "characters that no token"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(
    data: Path, vestnik: Vestnik, command: tuple[str, ...], sentence: str
) -> None:
    said(vestnik, "owner", "add", "somebody")
    outcome = vestnik(*command)

    assert outcome.exit_code == 2
    assert sentence in outcome.sentence


def test_an_id_that_is_taken_is_told(data: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    outcome = vestnik("owner", "add", "Ann", "--id", "ann")

    assert (outcome.exit_code, "'ann' already" in outcome.sentence) == (2, True)


def test_nothing_is_removed_without_being_asked_for(
    data: Path, vestnik: Vestnik, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    assert vestnik("owner", "remove", "ann").exit_code == 1
    assert len(objects(vestnik, "owner", "list")) == 1


def test_a_server_that_was_killed_is_not_waited_for(
    data: Path, vestnik: Vestnik, start: Callable[..., Running]
) -> None:
    served = serve(start, data)
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    served.running.end(signal.SIGKILL)

    assert (data / "server.json").exists()
    assert [one["id"] for one in objects(vestnik, "owner", "list")] == ["ann"]
    again = serve(start, data)
    assert [one["id"] for one in objects(vestnik, "owner", "list")] == ["ann"]
    assert again.url in (data / "server.json").read_text()


def test_a_copy_of_a_folder_is_not_taken_for_the_original(
    data: Path, vestnik: Vestnik, start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(start, data)
    copy = data.with_name("copy")
    shutil.copytree(data, copy)
    assert (copy / "server.json").exists()
    said(vestnik, "owner", "add", "zoe", "--data", str(copy))
    assert objects(vestnik, "owner", "list") == []


def test_a_gateway_far_away_is_reached_by_url_and_token(
    data: Path,
    vestnik: Vestnik,
    start: Callable[..., Running],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served = serve(start, data)
    token = said(vestnik, "token", "create", "--operator", "--scope", "manage")
    monkeypatch.setenv("VESTNIK_DATA", str(data / "elsewhere"))
    monkeypatch.setenv("VESTNIK_TOKEN", token)
    # The same variable serves `listen`, which wants the WebSocket.
    monkeypatch.setenv("VESTNIK_URL", served.websocket_url)

    assert said(vestnik, "owner", "add", "Ann", "--id", "ann") == "ann"
    monkeypatch.setenv("VESTNIK_TOKEN", "vst_wrong")
    outcome = vestnik("owner", "list")
    assert (outcome.exit_code, "Nobody has this token" in outcome.sentence) == (1, True)
    assert not (data / "elsewhere").exists()
    served.running.end()
    outcome = vestnik("owner", "list")
    assert (outcome.exit_code, "cannot be reached" in outcome.sentence) == (1, True)


def test_a_backup_is_a_folder_to_start_from(
    gateway: Path, vestnik: Vestnik, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(vestnik, "owner", "add", "Ann", "--id", "ann")
    outcome = vestnik("backup", str(tmp_path / "copy"))

    assert outcome.out.strip() == str(tmp_path / "copy")
    assert "with the key" in outcome.err
    assert vestnik("backup", str(tmp_path / "copy")).exit_code == 1
    monkeypatch.setenv("VESTNIK_DATA", str(tmp_path / "copy"))
    assert [one["id"] for one in objects(vestnik, "owner", "list")] == ["ann"]


def test_the_token_of_a_webhook_is_replaced_and_stands_alone_on_stdout(
    gateway: Path, vestnik: Vestnik
) -> None:
    said(vestnik, "owner", "add", "ann")
    said(vestnik, "webhook", "add", "ann", "https://receiver.example/")
    (webhook,) = objects(vestnik, "webhook", "list")
    outcome = vestnik("webhook", "token", webhook["id"])

    assert re.fullmatch(r"vwh_\S{43}\n", outcome.out)
    assert "not shown again" in outcome.err
    own = said(vestnik, "webhook", "token", webhook["id"], "--boticord-token", "mine")
    assert own == "mine"
    (issued,) = objects(vestnik, "webhook", "token", webhook["id"])
    assert (issued["webhook"], issued["token"] != outcome.out.strip()) == (webhook, True)


@pytest.mark.parametrize("kind", ["resource", "token", "webhook"])
def test_lists_show_everybodys_or_one_owners(gateway: Path, vestnik: Vestnik, kind: str) -> None:
    for name in "ann", "zoe":
        said(vestnik, "owner", "add", name)
        said(vestnik, "resource", "add", f"{name}-bot", "--owner", name)
        said(vestnik, "token", "create", name)
        said(vestnik, "webhook", "add", name, "https://receiver.example/")

    def whose(*more: str) -> list[str]:
        return [one["owner"] for one in objects(vestnik, kind, "list", *more)]

    assert whose() == ["ann", "zoe"]
    assert whose("zoe") == ["zoe"]
    if kind != "token":
        assert whose("--owner", "zoe") == ["zoe"]


def test_an_owners_token_lists_what_is_his(
    data: Path, vestnik: Vestnik, start: Callable[..., Running]
) -> None:
    served = serve(start, data)
    for name in "ann", "zoe":
        said(vestnik, "owner", "add", name)
        said(vestnik, "resource", "add", f"{name}-bot", "--owner", name)
    token = said(vestnik, "token", "create", "ann", "--scope", "manage")
    at = ("--url", served.url, "--token", token)

    assert [one["id"] for one in objects(vestnik, "resource", "list", *at)] == ["ann-bot"]
    assert [one["owner"] for one in objects(vestnik, "token", "list", *at)] == ["ann"]
    assert objects(vestnik, "webhook", "list", *at) == []


def test_all_tokens_are_those_of_the_operator_too(gateway: Path, vestnik: Vestnik) -> None:
    said(vestnik, "owner", "add", "ann")
    said(vestnik, "token", "create", "ann")
    said(vestnik, "token", "create", "--operator")
    lines = said(vestnik, "token", "list").splitlines()

    assert [line.split("\t")[1] for line in lines] == ["operator", "ann"]


@pytest.mark.parametrize(
    "command",
    [
        ("owner", "list"),
        ("owner", "show", "ann"),
        ("resource", "add", "bot", "--owner", "ann"),
        ("resource", "list"),
        ("token", "create", "ann"),
        ("webhook", "add", "ann", "https://receiver.example/"),
        ("webhook", "list"),
        ("publish", "bot", "up_added"),
        ("backup", "copy"),
    ],
)
def test_a_mistyped_folder_does_not_become_a_gateway(
    data: Path, vestnik: Vestnik, command: tuple[str, ...]
) -> None:
    outcome = vestnik(*command)

    assert outcome.exit_code == 2
    assert f"There is no gateway in the folder {data}: " in outcome.sentence
    assert "`vestnik serve`" in outcome.sentence
    assert not data.exists()


@pytest.mark.parametrize("command", [("owner", "add", "ann"), ("token", "create", "--operator")])
def test_what_can_be_first_in_a_gateway_makes_one_and_says_so(
    data: Path, vestnik: Vestnik, command: tuple[str, ...]
) -> None:
    assert f"made a new gateway folder {data}\n" in vestnik(*command).err
    assert "made" not in vestnik("owner", "add", "zoe").err


def test_a_folder_with_nothing_but_settings_is_a_gateways(data: Path, vestnik: Vestnik) -> None:
    said(vestnik, "config", "init")
    assert objects(vestnik, "owner", "list") == []


def test_publishing_from_afar_asks_for_its_own_scope(vestnik: Vestnik) -> None:
    told = " ".join(vestnik("publish", "--help").out.replace("│", " ").split())
    assert "a token with the scope publish" in told
    assert "manage" not in told

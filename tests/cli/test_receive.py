"""`vestnik receive`: webhooks in a terminal."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.cli.conftest import Outcome, Running

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]
BODY = b'{"type":1,"affected":"bot","user":"alice","happened":0}'


def post(url: str, token: str) -> int:
    headers = {"Content-Type": "application/json", "X-Boticord-Token": token}
    try:
        with urlopen(Request(url, BODY, headers)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def told(running: Running) -> tuple[str, list[str]]:
    """Give the address, and all that it says before it waits."""
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Waiting"):
        lines.append(running.error_line())
    address = re.search(r"here: (http://\S+)\)", "\n".join(lines))
    assert address is not None
    return address[1], lines


def test_it_says_what_to_enter_checks_itself_and_prints_what_arrives(start: Start) -> None:
    running = start("receive", "--token", "tok", "--port", "0")
    url, lines = told(running)
    assert "            X-Boticord-Token: the token that you have given here" in lines
    assert [line[0] for line in lines if line[0] in "✓✗"][2:] == ["✗", "✗", "✓"]
    assert "✓ A notification to itself is answered with 200." in lines
    assert post(url, "tok") == 200
    assert running.line() == "1970-01-01 00:00:00Z  up_added  bot  by alice"
    assert post(url, "other") == 401
    assert "X-Boticord-Token is missing or wrong" in running.error_line()
    outcome = running.end(signal.SIGINT)
    assert outcome.exit_code == 130
    assert "Traceback" not in outcome.err


def test_json_is_an_object_a_line(start: Start) -> None:
    running = start("receive", "--token", "tok", "--port", "0", "--json")
    url, _ = told(running)
    assert post(url, "tok") == 200
    assert json.loads(running.line())["name"] == "up_added"
    assert running.end().exit_code == 143


def test_only_the_network_of_the_seed_is_taken_if_that_is_wanted(start: Start) -> None:
    running = start("receive", "--token", "tok", "--port", "0", "--boticord")
    url, _ = told(running)
    assert post(url, "tok") == 403


def test_a_port_in_use_is_one_sentence(vestnik: Vestnik) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = vestnik("receive", "--token", "tok", "--port", str(port))
    assert outcome.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in outcome.sentence


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--token", " "), "token is empty"),
        (("--token", "t", "--tls-key", "k"), "belong together"),
        (("--token", "t", "--tls-key", "/no/k", "--tls-certificate", "/no/c"), "cannot be used"),
        (("--token", "t", "--secret", "short"), "signing secret"),
        (("--token", "t", "--host", "no host"), "There is no host"),
    ],
)
def test_what_cannot_work_is_one_sentence(
    vestnik: Vestnik, arguments: tuple[str, ...], says: str
) -> None:
    outcome = vestnik("receive", *arguments)
    assert outcome.exit_code == 2
    assert says in outcome.sentence

"""`vestnik relay`: the mail relay as a command."""

import json
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running, RunningRelay

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


def test_it_prints_a_code_and_makes_more_on_request(relay_command: RunningRelay) -> None:
    url = f"http://127.0.0.1:{relay_command.http_port}/new"
    with urllib.request.urlopen(url, data=b"") as answer:
        made = json.load(answer)
    assert made["email"].endswith("@relay.localhost")
    assert made["dclogin_url"].startswith(f"dclogin:{made['email']}?p={made['password']}&v=1")


@pytest.mark.parametrize(("by", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_cleanly(start: Start, by: signal.Signals, exit_code: int) -> None:
    running = start("relay")
    running.line()
    outcome = running.end(by)
    assert outcome.exit_code == exit_code
    assert "Traceback" not in outcome.err


def test_a_port_in_use_is_one_sentence(vestnik: Vestnik, relay_command: RunningRelay) -> None:
    outcome = vestnik("relay", "--http-port", str(relay_command.http_port))
    assert outcome.exit_code == 1
    assert f"Port {relay_command.http_port} on 127.0.0.1 is taken" in outcome.sentence


def test_clear_text_beyond_loopback_is_refused(vestnik: Vestnik) -> None:
    outcome = vestnik("relay", "--host", "0.0.0.0")
    assert outcome.exit_code == 2
    assert "would travel in the clear" in outcome.sentence


def test_a_directory_that_cannot_be_written_is_one_sentence(
    vestnik: Vestnik, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    outcome = vestnik("relay", "--directory", str(tmp_path / "file"))
    assert outcome.exit_code == 1
    assert "cannot keep mail in" in outcome.sentence

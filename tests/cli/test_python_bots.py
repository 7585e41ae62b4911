"""Bots of the settings, as `config check` and `serve` judge them, and what a backup leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running
from tests.cli.gateways import said, serve

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VESTNIK_CONFIG", "VESTNIK_URL", "VESTNIK_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VESTNIK_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_config_check_loads_the_bots(data: Path, vestnik: Vestnik) -> None:
    (data / "parrot.py").write_text("from vestnik.bot import Bot\n\nbot = Bot()\n")
    (data / "vestnik.toml").write_text('[[bots]]\nid = "parrot"\nfile = "parrot.py"\n')
    lines = said(vestnik, "config", "check").splitlines()
    assert lines[0] == "fine"
    assert lines[-1] == f"answers for the bot parrot by {data / 'parrot.py'}"


def test_a_bot_that_was_never_added_is_told_of_by_both(
    data: Path, vestnik: Vestnik, start: Start
) -> None:
    (data / "parrot.py").write_text("from vestnik.bot import Bot\n\nbot = Bot()\n")
    (data / "vestnik.toml").write_text('[[bots]]\nid = "parrot"\nfile = "parrot.py"\n')
    told = "'parrot' of [[bots]] was never added: `vestnik bot host add NAME --id parrot"
    checked = vestnik("config", "check")
    assert (checked.exit_code, told in checked.err) == (0, True)
    assert told in serve(start, data).running.end().err
    (data / "accounts").mkdir()
    (data / "accounts/accounts.toml").write_text("[[accounts]]\nid = 1\n")
    assert told not in vestnik("config", "check").err


@pytest.mark.parametrize("command", [("config", "check"), ("serve", "--listen", "127.0.0.1:0")])
def test_a_bot_that_cannot_be_loaded_is_one_sentence(
    data: Path, vestnik: Vestnik, command: tuple[str, ...]
) -> None:
    (data / "parrot.py").write_text("1 / 0\n")
    (data / "vestnik.toml").write_text('[[bots]]\nid = "parrot"\nfile = "parrot.py"\n')
    outcome = vestnik(*command)
    assert outcome.exit_code == 2
    assert "cannot be loaded: ZeroDivisionError" in outcome.sentence


@pytest.mark.parametrize("has_bots", [True, False])
def test_a_backup_says_that_accounts_are_not_in_it(
    data: Path, tmp_path: Path, vestnik: Vestnik, *, has_bots: bool
) -> None:
    said(vestnik, "owner", "add", "Ann")
    if has_bots:
        (data / "accounts").mkdir()
    outcome = vestnik("backup", str(tmp_path / "copy"))
    assert outcome.exit_code == 0
    assert ("accounts of hosted bots are not in it" in outcome.err) is has_bots

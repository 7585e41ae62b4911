"""`vestnik account`: from the first login to the backup."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, RunningRelay

Vestnik = Callable[..., Outcome]


@pytest.fixture
def account(vestnik: Vestnik, tmp_path: Path) -> Vestnik:
    return lambda command, *rest: vestnik(
        "account", command, *rest, "--accounts", str(tmp_path / "accounts")
    )


def test_an_account_is_added_listed_linked_backed_up_removed_and_restored(
    account: Vestnik, relay_command: RunningRelay, tmp_path: Path
) -> None:
    line = f"1\t{relay_command.address}\tEcho\n"
    added = account("add", relay_command.code, "--name", "Echo")
    assert (added.exit_code, added.out) == (0, line)
    assert "Logging in: 60 %" in added.err
    assert account("list").out == line
    assert account("link", "1").out.startswith("https://i.delta.chat/#")

    backup = account("backup", "1", str(tmp_path / "backups"), "--passphrase", "secret")
    file = Path(backup.out.strip())
    assert file.parent == tmp_path / "backups"
    assert file.stat().st_size > 0
    assert account("remove", "1", "--yes").out == f"removed {line}"
    assert account("list").out == ""

    refused = account("restore", str(file), "--passphrase", "wrong")
    assert refused.exit_code == 1
    assert "The backup could not be transferred" in refused.sentence
    assert account("list").out == ""
    restored = account("restore", str(file), "--passphrase", "secret")
    assert restored.exit_code == 0
    assert relay_command.address in account("list").out


def test_a_bot_is_a_bot_unless_it_is_said_otherwise(
    account: Vestnik, vestnik: Vestnik, relay_command: RunningRelay, tmp_path: Path
) -> None:
    account("add", relay_command.code)
    account("add", relay_command.code, "--no-bot")
    accounts = ["--accounts", str(tmp_path / "accounts")]
    bots = [vestnik("rpc", "get_config", n, "bot", *accounts).out for n in ("1", "2")]
    assert list(map(json.loads, bots)) == ["1", "0"]


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        ("nonsense", "is no account code and no address"),
        ("", "is no account code and no address"),
        ("https://example.org", "is no account code and no address"),
        ("dcaccount:", "is no account code and no address"),
        ("bot@example.org", "needs a password: give it with --password"),
    ],
)
def test_what_is_no_login_is_one_sentence_and_makes_no_account(
    account: Vestnik, login: str, sentence: str, tmp_path: Path
) -> None:
    outcome = account("add", login)
    assert outcome.exit_code == 2
    assert sentence in outcome.sentence
    assert not (tmp_path / "accounts").exists()


def test_a_wrong_password_is_told_in_the_relays_words_and_leaves_no_account(
    account: Vestnik, relay_command: RunningRelay
) -> None:
    account("add", relay_command.code)
    outcome = account("add", relay_command.code.replace("?p=", "?p=wrong"))
    assert outcome.exit_code == 1
    assert "could not be configured" in outcome.sentence
    assert "AUTHENTICATIONFAILED" in outcome.sentence
    assert len(account("list").out.splitlines()) == 1


def test_a_relay_that_is_down_is_one_sentence(account: Vestnik) -> None:
    servers = "ih=127.0.0.1&ip=9&is=plain&sh=127.0.0.1&sp=9&ss=plain"
    nobody = f"dclogin:a@relay.localhost?p=password9&v=1&{servers}"
    outcome = account("add", nobody)
    assert outcome.exit_code == 1
    assert "could not be configured" in outcome.sentence
    assert "whether the relay can be reached" in outcome.sentence
    assert account("list").out == ""


def test_a_broken_code_is_told_in_the_cores_words(account: Vestnik) -> None:
    outcome = account("add", "dclogin:a@relay.localhost?v=9")
    assert outcome.exit_code == 1
    assert "could not be configured" in outcome.sentence


def test_an_account_that_is_not_there_is_one_sentence(
    account: Vestnik, relay_command: RunningRelay
) -> None:
    assert "There is no account 7 here: there is none yet." in account("link", "7").sentence
    account("add", relay_command.code)
    outcome = account("remove", "7", "--yes")
    assert outcome.exit_code == 2
    assert "There is no account 7 here: there are 1." in outcome.sentence
    assert len(account("list").out.splitlines()) == 1


def test_a_backup_that_is_not_there_is_one_sentence(account: Vestnik, tmp_path: Path) -> None:
    outcome = account("restore", str(tmp_path / "nothing.tar"))
    assert outcome.exit_code == 1
    assert "The backup could not be transferred" in outcome.sentence
    assert account("list").out == ""


def test_a_code_whose_relay_does_not_answer_is_one_sentence(account: Vestnik) -> None:
    outcome = account("add", "DCACCOUNT:https://127.0.0.1:9/new")
    assert outcome.exit_code == 1
    assert "could not be configured" in outcome.sentence
    assert account("list").out == ""

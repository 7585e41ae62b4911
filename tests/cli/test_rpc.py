"""`vestnik rpc`: any method from the shell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome
from vestnik.chatmail import METHODS

Vestnik = Callable[..., Outcome]


@pytest.fixture
def rpc(vestnik: Vestnik, tmp_path: Path) -> Vestnik:
    return lambda *arguments: vestnik("rpc", "--accounts", str(tmp_path / "accounts"), *arguments)


def test_a_method_is_called_and_its_answer_printed_as_json(rpc: Vestnik) -> None:
    outcome = rpc("get_system_info")
    assert outcome.exit_code == 0
    assert json.loads(outcome.out)["deltachat_core_version"].startswith("v2.")


def test_text_stays_text_and_the_rest_is_json(rpc: Vestnik) -> None:
    assert json.loads(rpc("add_account").out) == 1
    assert rpc("set_config", "1", "displayname", "42").exit_code == 0
    assert json.loads(rpc("get_config", "1", "displayname").out) == "42"
    assert rpc("set_config", "1", "displayname", "null").exit_code == 0
    assert json.loads(rpc("get_config", "1", "displayname").out) is None
    assert rpc("batch_set_config", "1", '{"ui.a": "x"}').exit_code == 0
    assert json.loads(rpc("batch_get_config", "1", '["ui.a"]').out) == {"ui.a": "x"}


def test_arguments_that_may_be_left_out_may_be_left_out(rpc: Vestnik) -> None:
    rpc("add_account")
    assert rpc("set_config", "1", "displayname").exit_code == 0


def test_the_list_has_every_method_with_its_signature(rpc: Vestnik) -> None:
    lines = rpc("--list").out.splitlines()
    assert len(lines) == len(METHODS) == 181
    assert "add_account() -> AccountId" in lines
    assert any("wait_next_msgs" in line and "(deprecated)" in line for line in lines)


def test_the_list_can_be_narrowed(rpc: Vestnik) -> None:
    lines = rpc("--list", "webxdc").out.splitlines()
    assert lines
    assert all("webxdc" in line.partition("(")[0] for line in lines)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (["get_sytem_info"], 2, "did you mean get_system_info"),
        (["start_io"], 2, "Wrong number of arguments (0): start_io(account_id: AccountId)"),
        (["start_io", "1", "2"], 2, "Wrong number of arguments (2)"),
        (["start_io", "99"], 1, "The core refused start_io: account with id 99 not found"),
        (["start_io", "x"], 1, "invalid type: string"),
        (["get_next_event"], 2, "vestnik events --follow"),
        (["sleep", "30", "--timeout", "0.05"], 1, "did not answer sleep within 0.05 s"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    rpc: Vestnik, arguments: list[str], exit_code: int, sentence: str
) -> None:
    outcome = rpc(*arguments)
    assert outcome.exit_code == exit_code
    assert sentence in outcome.sentence
    assert outcome.out == ""


def test_a_file_in_place_of_the_accounts_directory_is_one_sentence(
    vestnik: Vestnik, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    outcome = vestnik("rpc", "get_system_info", "--accounts", str(tmp_path / "file"))
    assert outcome.exit_code == 1
    assert "Not a directory" in outcome.sentence


def test_a_missing_core_is_one_sentence_that_says_what_to_install(
    rpc: Vestnik, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vestnik.chatmail.stdio.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    outcome = rpc("get_system_info")
    assert outcome.exit_code == 1
    assert "pip install deltachat-rpc-server" in outcome.sentence

"""`vestnik events`: the table, and what happens."""

import json
import os
import select
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, Running, children_of
from vestnik.chatmail import EVENT_TABLE

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


def test_the_table_has_a_row_for_every_event(vestnik: Vestnik) -> None:
    rows = [line.split() for line in vestnik("events").out.splitlines()]
    kinds = {row[1] for row in rows if len(row) > 1 and row[0].isdigit()}
    assert kinds == set(EVENT_TABLE)


def test_the_table_comes_as_json_lines_too(vestnik: Vestnik) -> None:
    rows = [json.loads(line) for line in vestnik("events", "--json").out.splitlines()]
    assert {row["kind"]: row["number"] for row in rows}["IncomingMsg"] == 2005
    assert len(rows) == len(EVENT_TABLE)


def test_the_table_can_be_narrowed(vestnik: Vestnik) -> None:
    (row,) = vestnik("events", "--json", "--kind", "MsgFailed").out.splitlines()
    assert json.loads(row)["constant"] == "MSG_FAILED"


def test_an_unknown_kind_is_one_sentence(vestnik: Vestnik) -> None:
    outcome = vestnik("events", "--kind", "IncommingMsg")
    assert outcome.exit_code == 2
    assert "did you mean IncomingMsg?" in outcome.sentence


@pytest.mark.parametrize(
    ("by", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_following_prints_each_event_and_ends_by_any_signal_without_a_process_left(
    vestnik: Vestnik, start: Start, tmp_path: Path, by: signal.Signals, exit_code: int
) -> None:
    accounts = ["--accounts", str(tmp_path / "accounts")]
    vestnik("rpc", "add_account", *accounts)
    following = start("events", "--follow", "--json", *accounts)
    first = json.loads(following.line())
    assert set(first) == {"contextId", "event"}
    children = children_of(following.process.pid)
    assert len(children) == 1
    outcome = following.end(by)
    assert outcome.exit_code == exit_code
    assert "Traceback" not in outcome.err
    for child in children:
        # After SIGKILL the core sees the end of its input by itself.
        wait_until_gone(child)


def wait_until_gone(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        readable, _, _ = select.select([descriptor], [], [], 20)
        assert readable, f"process {pid} is still there"
    finally:
        os.close(descriptor)

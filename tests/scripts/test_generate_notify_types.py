"""The generator of the table and the page of notify types, and that it notices drift."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from notify_types.rows import word_of
from vestnik.wire import NOTIFY_TYPES, decode_body

ROOT = Path(__file__).resolve().parents[2]
ROWS = Path("src/vestnik/wire/_core_types.py")
PAGE = Path("docs/reference/notify-types.md")
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "scripts/generate_notify_types.py")
    command = [sys.executable, script, "--root", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_committed_files_are_what_the_generator_writes() -> None:
    done = generate(ROOT, "--check")

    assert done.stderr == ""
    assert done.returncode == 0


def test_it_writes_both_files_and_notices_when_they_drift(tmp_path: Path) -> None:
    assert generate(tmp_path).returncode == 0
    for path in (ROWS, PAGE):
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()

    (tmp_path / ROWS).write_text("# by hand\n", encoding="utf-8")
    (tmp_path / PAGE).unlink()
    done = generate(tmp_path, "--check")

    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{ROWS} is not what the generator writes")
    assert second == f"{PAGE} is missing: run `make generate`."
    assert not (tmp_path / PAGE).exists()


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("Info", "info"),
        ("IncomingMsg", "incoming_msg"),
        ("ErrorSelfNotInGroup", "error_self_not_in_group"),
    ],
)
def test_a_kind_of_event_becomes_a_word(kind: str, word: str) -> None:
    assert word_of(kind) == word


def test_the_page_has_every_type_once_with_its_meaning_and_its_fields() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| (.*) \|$", TEXT, re.MULTILINE))

    assert [int(number) for number in rows] == sorted(NOTIFY_TYPES)
    for number, row in NOTIFY_TYPES.items():
        told = rows[str(number)]
        assert f"`{row.name}`" in told
        assert row.meaning in told
        assert all(f"`{field}`: {meaning}" in told for field, meaning in row.payload)


def test_the_examples_of_the_page_are_one_notification_in_two_dialects() -> None:
    numeric, named = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)

    assert list(json.loads(numeric)) == ["type", "payload", "affected", "user", "happened"]
    assert json.loads(named)["type"] == "comment_added"
    assert json.loads(named)["id"] == "echo-bot"
    assert decode_body(numeric.encode()).number == decode_body(named.encode()).number == 2

"""The generated page of the calls of bots, and that it is noticed when it drifts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.problems import CODES
from vestnik.bridge.calls.table import ALLOWED, REFUSED

ROOT = Path(__file__).parents[2]
PAGE = Path("docs/reference/bot-calls.md")
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "scripts/generate_bot_calls_page.py",
        "--root",
        str(root),
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_committed_page_is_what_the_generator_writes() -> None:
    done = generate(ROOT, "--check")

    assert done.stderr == ""
    assert done.returncode == 0


def test_it_writes_the_page_and_notices_when_it_drifts(tmp_path: Path) -> None:
    assert generate(tmp_path).returncode == 0
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == TEXT

    (tmp_path / PAGE).write_text("by hand\n", encoding="utf-8")
    done = generate(tmp_path, "--check")

    assert done.returncode == 1
    assert done.stderr.startswith(f"{PAGE} is not what the generator writes")


@pytest.mark.parametrize("method", ALLOWED)
def test_every_method_that_is_allowed_has_one_row(method: str) -> None:
    assert len(re.findall(rf"^\| `{method}\([^`]*\)` \| \S", TEXT, re.MULTILINE)) == 1


def test_what_is_refused_is_there_with_its_reason() -> None:
    for method, reason in REFUSED.items():
        assert re.search(rf"^\| .*`{method}`.* \| {re.escape(reason)} \|$", TEXT, re.MULTILINE)


def test_our_own_calls_and_the_codes_of_errors_are_there() -> None:
    assert re.findall(r"^### (\w+)$", TEXT, re.MULTILINE) == list(CONVENIENT)
    for code, words in CODES.items():
        assert f"| {int(code)} | {words} |" in TEXT

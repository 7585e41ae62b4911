"""The pages about bots say what is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))
COMPARISON = ROOT / "docs/explanation/compared-with-other-frameworks.md"


def test_every_example_stands_in_a_page() -> None:
    included = {
        (page.parent / name).resolve()
        for page in PAGES
        for name in re.findall(r"\{literalinclude\} (\S+)", page.read_text())
    }
    assert {*EXAMPLES} <= included


def test_every_test_that_the_comparison_names_exists() -> None:
    named = {*re.findall(r"`(test_\w+)`", COMPARISON.read_text())}
    there = {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(named) > 30
    assert named - there == set()


def test_every_row_of_the_comparison_says_something_of_all_four() -> None:
    rows = [row for row in COMPARISON.read_text().splitlines() if row.startswith("| ")]
    compared = [row for row in rows if row.count("|") >= 6]
    assert len(compared) == 26 + 2
    assert all(cell.strip() for row in compared for cell in row.split(" | "))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_small(example: Path) -> None:
    assert len(example.read_text().splitlines()) <= 70

#!/usr/bin/env python3
"""Generates the table of notify types from the events of the core, and the page about all types.

``--check`` writes nothing and fails with one sentence for each file that has drifted.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core_generator.drift import output_drift
from notify_types.rows import render_rows

ROOT = Path(__file__).resolve().parent.parent

_ROWS = Path("src/vestnik/wire/_core_types.py")
_PAGE = Path("docs/reference/notify-types.md")


def main(arguments: list[str] | None = None) -> int:
    """Write the generated files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if files differ")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to work on")
    options = parser.parse_args(arguments)
    return check(options.root) if options.check else write(options.root)


def check(root: Path) -> int:
    """Say which files are not what they should be."""
    problems = list(output_drift(root, {_ROWS: render_rows(), _PAGE: _page()}))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def write(root: Path) -> int:
    """Write every generated file."""
    _put(root / _ROWS, render_rows())
    _put(root / _PAGE, _page())
    return 0


def _page() -> str:
    # The page is made by the wire, which needs the rows: only now they are surely there.
    from notify_types.page import render_page

    return render_page()


def _put(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

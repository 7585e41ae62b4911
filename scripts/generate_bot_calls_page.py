#!/usr/bin/env python3
"""Generates the reference page of the calls of bots from the tables that check them.

``--check`` writes nothing and fails with one sentence if the page has drifted.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot_calls_page.page import render_page
from core_generator.drift import output_drift

PAGE = Path("docs/reference/bot-calls.md")
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to work on")
    options = parser.parse_args(arguments)
    return check(options.root) if options.check else write(options.root)


def check(root: Path) -> int:
    """Say whether the page is not what it should be."""
    problems = list(output_drift(root, {PAGE: render_page()}))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def write(root: Path) -> int:
    """Write the page."""
    target = root / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

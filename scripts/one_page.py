"""What a script does that writes one page of the reference: write it, or check that it is there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from core_generator.drift import output_drift

__all__ = ["run"]

ROOT = Path(__file__).resolve().parent.parent


def run(about: str | None, page: str, render: Callable[[], str]) -> int:
    """Do what the command line asks for, and return the exit code.

    Args:
        about: What ``--help`` says.
        page: Where the page is, from the root of the checkout on.
        render: Makes its text.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to work on")
    options = parser.parse_args()
    do = _check if options.check else _write
    return do(options.root, Path(page), render())


def _check(root: Path, page: Path, text: str) -> int:
    problems = list(output_drift(root, {page: text}))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _write(root: Path, page: Path, text: str) -> int:
    target = root / page
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return 0

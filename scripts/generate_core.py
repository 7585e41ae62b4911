#!/usr/bin/env python3
"""Generates what Vestnik knows about the core from the core's own specification.

``--check`` writes nothing and fails with one sentence for each file that has drifted, also when
the committed specification is not the one of the installed core.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core_generator.drift import core_drift, output_drift
from core_generator.outputs import SPECIFICATION, render_all

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Write the generated files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if files differ")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to work on")
    options = parser.parse_args(arguments)
    return check(options.root) if options.check else write(options.root)


def check(root: Path) -> int:
    """Say which files are not what they should be."""
    problems = [*core_drift(root / SPECIFICATION), *output_drift(root, render_all(root))]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def write(root: Path) -> int:
    """Write every generated file that is not there yet as it should be."""
    for path, text in render_all(root).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

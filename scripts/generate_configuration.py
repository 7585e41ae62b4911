#!/usr/bin/env python3
"""Generates the reference page of the configuration from the structs that read it.

``--check`` writes nothing and fails with one sentence if the page has drifted.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vestnik.app.serve.describing import reference_page

PAGE = Path("docs/reference/configuration.md")
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to work on")
    options = parser.parse_args(arguments)
    page = options.root / PAGE
    if not options.check:
        page.write_text(reference_page(), encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == reference_page():
        return 0
    print(f"{PAGE} is not what the settings say: run `make generate`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

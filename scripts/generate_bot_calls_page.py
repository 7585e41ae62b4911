#!/usr/bin/env python3
"""Generates the reference page of the calls of bots from the tables that check them.

``--check`` writes nothing and fails with one sentence if the page has drifted.
"""

from __future__ import annotations

from bot_calls_page.page import render_page
from one_page import run

if __name__ == "__main__":
    raise SystemExit(run(__doc__, "docs/reference/bot-calls.md", render_page))

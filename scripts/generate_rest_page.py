#!/usr/bin/env python3
"""Generates the reference page of the REST API from the table of its operations.

``--check`` writes nothing and fails with one sentence if the page has drifted.
"""

from __future__ import annotations

from one_page import run
from rest_page.page import render_page

if __name__ == "__main__":
    raise SystemExit(run(__doc__, "docs/reference/gateway-rest.md", render_page))

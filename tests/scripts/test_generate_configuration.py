"""The page of the configuration, as the script writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generate_configuration import main as generate
from vestnik.app.serve import reference_page


def test_the_page_is_what_the_script_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs/reference/configuration.md"
    page.parent.mkdir(parents=True)

    assert generate(["--check"]) == 0
    assert generate(["--check", "--root", str(tmp_path)]) == 1
    assert "make generate" in capsys.readouterr().err
    assert generate(["--root", str(tmp_path)]) == 0
    assert page.read_text(encoding="utf-8") == reference_page()

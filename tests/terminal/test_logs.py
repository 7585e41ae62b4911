"""What a program says on stderr."""

from __future__ import annotations

import logging

import pytest

from vestnik.terminal import log_to_stderr


@pytest.mark.parametrize("library", ["alembic.runtime.migration", "uvicorn.error"])
def test_libraries_are_heard_only_when_something_is_wrong(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    log = logging.getLogger()
    monkeypatch.setattr(log, "handlers", log.handlers[:])
    monkeypatch.setattr(log, "level", log.level)
    for name in "alembic", "uvicorn":
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    log_to_stderr()
    logging.getLogger(library).info("setup plugin")
    logging.getLogger(library).warning("something is wrong")
    logging.getLogger("vestnik.gateway").info("ours")
    said = capfd.readouterr().err
    assert "setup plugin" not in said
    assert "something is wrong" in said
    assert "ours" in said

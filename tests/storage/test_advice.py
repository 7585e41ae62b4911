"""What SQLite says becomes advice for a person."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vestnik.storage import advice_on


def test_an_error_of_the_file_has_advice_that_names_the_program(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(b"no database " * 100)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        connection.execute("SELECT * FROM sqlite_master")
    connection.close()
    assert advice_on(caught.value, "kettle") == (
        "it is not a database: move it away, and the kettle begins a new one"
    )


def test_an_error_of_the_statement_has_none() -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELEKT")
    connection.close()
    assert advice_on(caught.value, "bot") is None
    assert advice_on(ValueError("anything"), "bot") is None

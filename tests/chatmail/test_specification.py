"""The specification that the package carries is the one that it was made from."""

from __future__ import annotations

import json
from pathlib import Path

from vestnik.chatmail import METHODS, core_specification

(COMMITTED,) = (Path(__file__).parents[2] / "schema").glob("*.openrpc.json")


def test_it_is_the_committed_one_whole() -> None:
    assert json.loads(core_specification()) == json.loads(COMMITTED.read_bytes())


def test_it_has_a_line_for_each_method_so_that_changes_can_be_read() -> None:
    lines = core_specification().decode().splitlines()

    assert len([line for line in lines if line.startswith('{"name":')]) == len(METHODS)

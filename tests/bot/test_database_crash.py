"""What a killed bot leaves behind in its database: all that was told, and nothing by halves."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from vestnik.bot.store import Database
from vestnik.errors import LedgerFailed

TOLD = 500


async def test_what_transact_has_returned_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    command = [sys.executable, "-m", "tests.bot.database_process", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        try:
            told = {int(process.stdout.readline()) for _ in range(TOLD)}
            with pytest.raises(LedgerFailed, match="another program uses it"):
                async with Database(path):
                    pass
        finally:
            process.kill()
        # The last line may be torn.
        told |= {int(line) for line in process.stdout.read().split(b"\n")[:-1]}
    async with asyncio.timeout(20), Database(path) as database:
        sides = await database.transact(
            lambda db: dict(db.execute("SELECT n, group_concat(side) FROM pair GROUP BY n"))
        )
    assert told <= set(sides)
    assert set(sides.values()) == {"left,right"}

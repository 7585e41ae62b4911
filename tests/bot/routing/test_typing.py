from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]


async def test_a_type_checker_knows_what_fits_and_what_does_not(tmp_path: Path) -> None:
    mypy = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)),
        str(HERE / "typed_declarations.py"),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(50):
        told, _ = await mypy.communicate()
    assert mypy.returncode == 0, told.decode()

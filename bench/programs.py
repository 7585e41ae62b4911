"""What the benches need that is not Python: C programs, compiled here, and packages from npm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from machine import PEERS

__all__ = ["Missing", "compiled", "need", "npm_package"]

CONTENDERS = Path(__file__).parent / "contenders"


class Missing(Exception):
    """The machine has not what a bench needs."""


def need(*programs: str) -> None:
    """Check that programs are installed."""
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"This bench needs {program!r}: install it first.")


def compiled(source: str) -> Path:
    """Compile a C program of the contenders."""
    program = PEERS / Path(source).stem
    PEERS.mkdir(exist_ok=True)
    strict = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function")
    command = ("gcc", *strict, f"-I{CONTENDERS}", str(CONTENDERS / source), "-o", str(program))
    subprocess.run(command, check=True)
    return program


def npm_package(name: str, version: str) -> Path:
    """Install a package from npm; gives its directory."""
    directory = PEERS / "node"
    directory.mkdir(parents=True, exist_ok=True)
    package = directory / "node_modules" / name
    if not package.exists():
        quiet = ("--no-audit", "--no-fund", "--silent")
        subprocess.run(("npm", "install", *quiet, f"{name}@{version}"), cwd=directory, check=True)
    return package

"""Where a bench runs, and with whom: the machine, and peers from PyPI in a venv of their own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import venv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["Peers", "describe", "load"]

PEERS = Path(__file__).parent.parent / ".bench"


class Peers:
    """Packages in a venv under ``.bench/``, the latest there are."""

    def __init__(self, name: str, packages: Sequence[str]) -> None:
        self._directory = PEERS / name
        self.python = self._directory / "bin" / "python"
        if not self.python.exists():
            venv.create(self._directory, with_pip=True)
        self._pip("install", "--quiet", "--upgrade", *packages)
        self._packages = packages

    @property
    def versions(self) -> dict[str, str]:
        """What was installed of the packages that were asked for."""
        listed = json.loads(self._pip("list", "--format", "json"))
        return {item["name"]: item["version"] for item in listed if item["name"] in self._packages}

    def _pip(self, *arguments: str) -> str:
        quiet = ("--disable-pip-version-check", "--no-input")
        command = (str(self.python), "-m", "pip", *arguments, *quiet)
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def describe() -> dict[str, str]:
    """Name the machine, as far as it matters for numbers."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "load at the start": load(),
    }


def load() -> str:
    """How busy the machine was in the last minute, in processes that wanted to run."""
    return f"{os.getloadavg()[0]:.1f}"


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()

"""Finds out whether the committed files still are what they are generated from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

__all__ = ["core_drift", "output_drift"]


def output_drift(root: Path, rendered: Mapping[Path, str]) -> Iterator[str]:
    """Give one sentence for each file that is not as rendered."""
    for path, text in rendered.items():
        target = root / path
        if not target.exists():
            yield f"{path} is missing: run `make generate`."
        elif target.read_text(encoding="utf-8") != text:
            yield f"{path} is not what the generator writes: run `make generate`, never edit it."


def core_drift(specification: Path) -> Iterator[str]:
    """Give one sentence if the installed core has another specification than the committed one."""
    binary = _installed_core()
    if binary is None:
        yield "The package deltachat-rpc-server is not installed: run `make setup`."
        return
    try:
        done = subprocess.run([binary, "--openrpc"], capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        yield f"The installed core does not tell its specification: {error}"
        return
    if json.loads(done.stdout) != json.loads(specification.read_bytes()):
        yield (
            f"{specification.name} is not what the installed core says: install the core that the "
            f"file is named after, or replace it by the output of `{binary} --openrpc` and run "
            "`make generate`."
        )


def _installed_core() -> Path | None:
    package = find_spec("deltachat_rpc_server")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).with_name("deltachat-rpc-server")

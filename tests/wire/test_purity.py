"""The wire is pure: it knows no loop, socket, clock or thread, and says what it offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import vestnik.wire

ROOT = Path(vestnik.wire.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
IMPURE = {"asyncio", "socket", "time", "datetime", "threading", "selectors", "ssl", "os", "random"}


def imports(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module)


@pytest.mark.parametrize("source", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_no_module_imports_what_has_side_effects(source: Path) -> None:
    assert not IMPURE & {name.partition(".")[0] for name in imports(source)}


def test_the_search_finds_what_it_looks_for() -> None:
    assert len(SOURCES) > 15
    assert "hmac" in set(imports(ROOT / "signing.py"))
    assert "vestnik.errors" in set(imports(ROOT / "websocket" / "reader.py"))


@pytest.mark.parametrize(
    "name", ["", "attempts", "limits", "networks", "signing", "types", "websocket"]
)
def test_every_public_name_is_there(name: str) -> None:
    module = __import__(f"vestnik.wire.{name}".rstrip("."), fromlist=["__all__"])

    assert all(hasattr(module, public) for public in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)

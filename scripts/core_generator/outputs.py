"""Which files are generated, and from what."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, cast

from core_generator.events_output import render_events
from core_generator.events_page import render_events_page
from core_generator.methods_output import render_methods
from core_generator.reader import read_core
from core_generator.specification_output import render_specification
from core_generator.types_output import render_types

if TYPE_CHECKING:
    from vestnik.chatmail.event_table import EventFacts

__all__ = ["SPECIFICATION", "render_all"]

SPECIFICATION = Path("schema/deltachat-rpc-server-2.65.0.openrpc.json")

_EVENT_TABLE = Path("src/vestnik/chatmail/event_table.py")
_MODULES = Path("src/vestnik/chatmail/_generated")
_PAGE = Path("docs/reference/events.md")
_INIT = '"""What scripts/generate_core.py knows about the core; no one edits these modules."""\n'


def render_all(root: Path) -> dict[Path, str]:
    """Render every generated file of a checkout."""
    core = read_core(root / SPECIFICATION)
    source = str(SPECIFICATION)
    return {
        _MODULES / "__init__.py": _INIT,
        _MODULES / "types.py": _formatted(render_types(core, source)),
        _MODULES / "events.py": _formatted(render_events(core, source)),
        _MODULES / "methods.py": _formatted(render_methods(core, source)),
        _MODULES / "openrpc.json": render_specification(root / SPECIFICATION),
        _PAGE: render_events_page(core, _event_table(root)),
    }


def _event_table(root: Path) -> Mapping[str, EventFacts]:
    """Load the table by its path: its package needs the modules that are yet to be generated."""
    spec = spec_from_file_location("event_table", root / _EVENT_TABLE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Mapping[str, EventFacts]", module.EVENT_TABLE)


def _formatted(source: str) -> str:
    """Let ruff lay out the code; through a pipe, since it leaves these files alone by itself."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", "-"]
    done = subprocess.run(command, input=source, capture_output=True, encoding="utf-8", check=True)
    return done.stdout

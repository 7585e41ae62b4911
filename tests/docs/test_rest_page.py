"""The generated page of the REST API, and that it is noticed when it drifts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vestnik.web import OPERATIONS, Operation, document

ROOT = Path(__file__).parents[2]
PAGE = Path("docs/reference/gateway-rest.md")
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/generate_rest_page.py", "--root", str(root), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_committed_page_is_what_the_generator_writes() -> None:
    done = generate(ROOT, "--check")

    assert done.stderr == ""
    assert done.returncode == 0


def test_it_writes_the_page_and_notices_when_it_drifts(tmp_path: Path) -> None:
    assert generate(tmp_path).returncode == 0
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == TEXT

    (tmp_path / PAGE).write_text("by hand\n", encoding="utf-8")
    done = generate(tmp_path, "--check")

    assert done.returncode == 1
    assert done.stderr.startswith(f"{PAGE} is not what the generator writes")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_has_one_row(operation: Operation) -> None:
    rows = re.findall(
        rf"^\| `{operation.method} {re.escape(operation.path)}` \|.*", TEXT, re.MULTILINE
    )

    assert len(rows) == 1
    assert operation.summary in rows[0]
    assert all(f"`{scope.value}`" in rows[0] for scope in operation.scopes)
    assert operation.scopes or "any" in rows[0]
    assert f"| {operation.status} " in rows[0]


def test_every_shape_has_one_section_with_all_its_fields() -> None:
    schemas = json.loads(document(OPERATIONS))["components"]["schemas"]
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))

    for name, schema in schemas.items():
        fields = re.findall(r"^\| `(\w+)` \|", sections.get(name, ""), re.MULTILINE)
        assert fields == list(schema.get("properties", ()))


def test_every_link_within_the_page_leads_somewhere() -> None:
    anchors = {name.lower() for name in re.findall(r"^###? (\w+)$", TEXT, re.MULTILINE)}

    assert set(re.findall(r"\]\(#(\w+)\)", TEXT)) <= anchors

"""The reference page of events against the core's specification and the table of facts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from vestnik.chatmail._generated import events
from vestnik.chatmail.event_table import EVENT_TABLE, Zero

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
SPEC = json.loads(
    (ROOT / "schema/deltachat-rpc-server-2.65.0.openrpc.json").read_text(encoding="utf-8")
)
EVENT_SPECS: dict[str, Any] = {
    variant["properties"]["kind"]["enum"][0]: variant
    for variant in SPEC["components"]["schemas"]["EventType"]["oneOf"]
}
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def payload(kind: str) -> dict[str, str]:
    """Give the JSON names of a kind's payload by their Python names."""
    names = (name for name in EVENT_SPECS[kind]["properties"] if name != "kind")
    return {re.sub(r"(?=[A-Z])", "_", name).lower(): name for name in names}


def test_every_kind_of_the_specification_has_one_section_and_none_is_made_up() -> None:
    headings = re.findall(r"^### (.*)$", PAGE, re.MULTILINE)

    assert len(EVENT_SPECS) == 52
    assert sorted(headings) == sorted(EVENT_SPECS)
    assert set(EVENT_TABLE) == set(EVENT_SPECS)


@pytest.mark.parametrize("kind", EVENT_SPECS)
def test_a_section_names_exactly_the_payload_of_its_kind(kind: str) -> None:
    rows = re.findall(r"^\| `(\w+)`(?: \(JSON `(\w+)`\))? \|", SECTIONS[kind], re.MULTILINE)

    assert {name: json_name or name for name, json_name in rows} == payload(kind)
    assert len(rows) == len(payload(kind))


@pytest.mark.parametrize("kind", EVENT_SPECS)
def test_the_payload_has_the_attributes_of_the_struct(kind: str) -> None:
    struct = getattr(events, kind)

    assert set(struct.__struct_fields__) == set(payload(kind))
    assert struct.__struct_encode_fields__ == tuple(
        payload(kind)[name] for name in struct.__struct_fields__
    )


@pytest.mark.parametrize("kind", EVENT_SPECS)
def test_a_section_gives_number_meaning_and_what_zero_means(kind: str) -> None:
    facts = EVENT_TABLE[kind]
    section = " ".join(SECTIONS[kind].split())

    assert f"{facts.number}" in section
    assert facts.meaning in section
    assert facts.remark in section
    for argument in facts.arguments:
        assert f"{argument.zero.value}{': ' * bool(argument.remark)}{argument.remark} |" in section


def test_numbers_and_constants_are_used_once() -> None:
    numbers = [facts.number for facts in EVENT_TABLE.values()]
    constants = [facts.constant for facts in EVENT_TABLE.values() if facts.constant]

    assert len(set(numbers)) == len(numbers)
    assert len(set(constants)) == len(constants)
    assert EVENT_TABLE["IncomingMsg"].number == 2005


def test_a_number_of_ours_is_marked_as_ours() -> None:
    ours = [kind for kind, facts in EVENT_TABLE.items() if facts.number_is_ours]

    assert ours == ["PinnedMessagesChanged"]
    assert "9000 (Vestnik's own)" in SECTIONS["PinnedMessagesChanged"]


def test_zero_is_an_error_only_in_the_progress_of_logins_and_backups() -> None:
    errors = {
        kind
        for kind, facts in EVENT_TABLE.items()
        for argument in facts.arguments
        if argument.zero is Zero.ERROR
    }

    assert errors == {"ConfigureProgress", "ImexProgress"}


def test_the_introduction_tells_what_holds_for_all_events() -> None:
    introduction = " ".join(PAGE.partition("## Log and errors")[0].split())

    for words in (
        "0 means an error",
        "account 0 is the account manager",
        "10,000",
        "drops the oldest",
        "snake_case",
        "UnknownEvent",
    ):
        assert words in introduction


def test_the_table_is_in_our_own_words() -> None:
    theirs = " ".join(variant.get("description", "") for variant in EVENT_SPECS.values())

    for facts in EVENT_TABLE.values():
        assert facts.meaning not in theirs

"""The reference page of what bots are told: every example on it is what the bridge really says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect
import pytest

from tests.bridge.forwarding.samples import PICTURE, SAMPLES, a_chat, a_message, decoded
from vestnik.bridge.forwarding.events import notification_of
from vestnik.bridge.forwarding.message import told_message
from vestnik.bridge.forwarding.sizes import MOST_PAYLOAD
from vestnik.bridge.forwarding.told import ToldMessage
from vestnik.bridge.subscription import DEFAULT_EVENTS, DEFAULT_REASONS, EDITS
from vestnik.chatmail import EVENT_TABLE, Event
from vestnik.ids import AccountId, ResourceId
from vestnik.wire import Dialect
from vestnik.wire.dialects import encode_body

PAGE = (Path(__file__).parents[2] / "docs/reference/bot-notifications.md").read_text("utf-8")
INTRODUCTION = " ".join(PAGE.partition("\n### ")[0].split())
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
PICTURE_URL = "https://bots.example.org/api/v1/files/AQAAAAEAAABp…"


def told(kind: str, message: ToldMessage | None = None) -> dict[str, Any]:
    event = Event(account_id=AccountId(1), payload=decoded(kind, SAMPLES[kind].fields))
    notification = notification_of(event, ResourceId("echo"), 1767225600000, message)
    assert notification is not None
    found: dict[str, Any] = json.loads(encode_body(notification, Dialect.NUMERIC))
    return found


def examples(kind: str) -> list[Any]:
    blocks = re.findall(r"```json\n(.*?)```", SECTIONS[kind], re.DOTALL)
    return [json.loads(block) for block in blocks]


def test_every_kind_has_a_section_and_none_is_made_up() -> None:
    assert set(SECTIONS) == {*EVENT_TABLE, EDITS}


@pytest.mark.parametrize("kind", sorted(set(EVENT_TABLE) - {"IncomingMsg"}))
def test_the_example_of_a_kind_is_what_is_told(kind: str) -> None:
    (example,) = examples(kind)
    assert json.dumps(example) == json.dumps(told(kind))


@pytest.mark.parametrize("kind", sorted(EVENT_TABLE))
def test_a_section_says_what_it_means_and_whether_it_is_told_by_default(kind: str) -> None:
    section = " ".join(SECTIONS[kind].split())
    assert EVENT_TABLE[kind].meaning in section
    assert ("**By default:**" in section) is (kind in DEFAULT_EVENTS)
    assert DEFAULT_REASONS.get(kind, "") in section


def test_the_examples_of_messages_are_what_is_told() -> None:
    plain, picture, info = examples("IncomingMsg")
    assert json.dumps(plain) == json.dumps(told("IncomingMsg", told_message(a_message(), a_chat())))
    shown = told_message(a_message(**PICTURE), a_chat(), url=PICTURE_URL)
    assert json.dumps(picture) == json.dumps(json.loads(_encoded(shown)))
    joined = a_message(
        isInfo=True,
        text="Member Bob added by Alice.",
        systemMessageType="MemberAddedToGroup",
        infoContactId=14,
    )
    group = a_chat(chatType="Group", name="Chess")
    assert json.dumps(info) == json.dumps(json.loads(_encoded(told_message(joined, group))))


def test_the_example_of_an_edit_is_what_is_told() -> None:
    (example,) = examples(EDITS)
    edited = told_message(a_message(text="hello!", isEdited=True), a_chat())
    assert json.dumps(example) == json.dumps(told("MsgsChanged", edited))
    assert DEFAULT_REASONS[EDITS] in " ".join(SECTIONS[EDITS].split())


def test_every_field_of_a_message_is_explained() -> None:
    rows = re.findall(r"^\| (`.*?`) \| ", SECTIONS["IncomingMsg"], re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert sorted(names) == sorted(_names(ToldMessage))


def test_the_introduction_tells_what_holds_for_all() -> None:
    for words in ("default", "all", f"{MOST_PAYLOAD // 1024} KiB", "isTextCut", "isCut", "chat_id"):
        assert words in INTRODUCTION


def _encoded(message: ToldMessage) -> bytes:
    return msgspec.json.encode(message)


def _names(struct: Any, before: str = "") -> list[str]:
    """List the fields of a message as programs see them, those of its parts behind a dot."""
    found = []
    for field in msgspec.inspect.type_info(struct).fields:  # type: ignore[attr-defined]
        types = getattr(field.type, "types", (field.type,))
        parts = [one.cls for one in types if isinstance(one, msgspec.inspect.StructType)]
        name = f"{before}{field.encode_name}"
        found += _names(parts[0], f"{name}.") if parts else [name]
    return found

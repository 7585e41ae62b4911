"""No answer tells where on the server a file lies."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.bridge.calls.desk import example
from vestnik.bridge.calls.conforming import reference
from vestnik.bridge.calls.hiding import BLANKED, LINKED, hidden, holds_paths
from vestnik.bridge.calls.problems import without_paths
from vestnik.bridge.calls.signatures import core_schemas, core_signatures
from vestnik.bridge.calls.table import ALLOWED

LIKE_A_PATH = re.compile(
    r"path|file(?!name|bytes|mime)|folder|dir(?!ect)|image|icon|avatar|blob", re.IGNORECASE
)
NO_PATHS = {
    "icon": "It is a name within the app.",
    "imageMimeType": "It is a type.",
}
NO_PATHS_THERE = {"VcardContact": "The picture is in the text."}


POISON = "/srv/accounts/x/dc.db-blobs/a.png"


def members_of(schema: object, seen: frozenset[str] = frozenset()) -> set[str]:
    """The names of all members that a value of a schema can have."""
    if isinstance(schema, list):
        return {name for one in schema for name in members_of(one, seen)}
    if not isinstance(schema, dict):
        return set()
    if found := reference(schema):
        if found in seen | set(NO_PATHS_THERE):
            return set()
        return members_of(core_schemas()[found], seen | {found})
    members = schema.get("properties", {})
    inner = [
        *members.values(),
        *(schema.get(key) for key in ("items", "additionalProperties", "anyOf", "oneOf")),
    ]
    return set(members) | members_of(inner, seen)


@pytest.mark.parametrize("method", ALLOWED)
def test_every_member_of_an_answer_that_could_be_a_path_is_hidden(method: str) -> None:
    members = members_of(core_signatures()[method].result)
    suspects = {name for name in members if LIKE_A_PATH.search(name)} - set(NO_PATHS)

    assert suspects <= BLANKED | set(LINKED)
    assert holds_paths(method) == bool(suspects) or method == "get_all_ui_config_keys"


@pytest.mark.parametrize("method", [name for name in ALLOWED if holds_paths(name)])
def test_an_answer_full_of_paths_comes_back_without_one(method: str) -> None:
    answer = _poisoned(example(core_signatures()[method].result))

    clean = hidden(json.dumps(answer).encode(), lambda message: f"https://here/{message}")

    assert b"/srv/accounts" not in clean


def _poisoned(value: Any) -> Any:
    if isinstance(value, dict):
        names = BLANKED | set(LINKED)
        return {
            name: POISON if name in names else one if name == "vcardContact" else _poisoned(one)
            for name, one in value.items()
        }
    return [_poisoned(one) for one in value] if isinstance(value, list) else value


def test_the_file_of_a_message_becomes_a_link_and_that_of_a_quote_the_link_of_its_own() -> None:
    answer = {
        "id": 12,
        "file": "/srv/a.png",
        "sender": {"id": 3, "profileImage": "/srv/b.png"},
        "quote": {"kind": "WithMessage", "messageId": 11, "image": "/srv/c.png"},
        "vcardContact": {"profileImage": "aGVsbG8="},
        "text": "/srv/is a text",
    }

    clean = json.loads(hidden(json.dumps(answer).encode(), lambda message: f"link {message}"))

    assert clean == {
        "id": 12,
        "file": "link 12",
        "sender": {"id": 3, "profileImage": None},
        "quote": {"kind": "WithMessage", "messageId": 11, "image": "link 11"},
        "vcardContact": {"profileImage": "aGVsbG8="},
        "text": "/srv/is a text",
    }


def test_a_message_without_a_file_gets_no_link() -> None:
    assert json.loads(hidden(b'{"id":12,"file":null}', str)) == {"id": 12, "file": None}


def test_keys_of_the_server_are_not_among_the_keys_of_a_program() -> None:
    assert hidden(b'["ui.vestnik.bot","ui.mine"]', str) == b'["ui.mine"]'


@pytest.mark.parametrize(
    ("words", "clean"),
    [
        (
            "Failed to open /srv/data/accounts/x: gone",
            "Failed to open (a file of the server): gone",
        ),
        ('cannot read "/a/b/c.txt".', 'cannot read "(a file of the server)".'),
        ("see https://i.delta.chat/a/b#c", "see https://i.delta.chat/a/b#c"),
        ("1/2 of and/or", "1/2 of and/or"),
    ],
)
def test_the_cores_words_lose_their_paths_and_nothing_else(words: str, clean: str) -> None:
    assert without_paths(words) == clean

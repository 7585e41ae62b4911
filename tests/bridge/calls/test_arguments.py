"""No path goes from a program to the core, and no setting that is the operator's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.bridge.calls.desk import example
from vestnik.bridge.calls.arguments import (
    FILES,
    HARMLESS_CODES,
    MOST_LISTED,
    FilePlace,
    NotAFile,
    check_arguments,
    check_code,
    file_places,
)
from vestnik.bridge.calls.conforming import reference
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.signatures import core_schemas, core_signatures
from vestnik.bridge.calls.table import ALLOWED

LIKE_A_PATH = re.compile(
    r"path|file|folder|dir|image|icon|avatar|destination|blob|sticker|config|value", re.IGNORECASE
)
NO_PATHS = {"filename"}
"""The name that a file is shown under; the tests below keep folders out of it."""

SIGNATURES = core_signatures()


def texts_in(schema: object, name: str) -> list[str]:
    """The names of all texts that a value of a schema can hold."""
    if isinstance(schema, list):
        return [one for inner in schema for one in texts_in(inner, name)]
    if not isinstance(schema, dict):
        return []
    if found := reference(schema):
        return texts_in(core_schemas()[found], name)
    types = schema.get("type", [])
    here = [name] if "string" in (types if isinstance(types, list) else [types]) else []
    for member, inner in schema.get("properties", {}).items():
        here += texts_in(inner, member)
    for key in ("items", "additionalProperties", "anyOf", "oneOf"):
        here += texts_in(schema.get(key), name)
    return here


@pytest.mark.parametrize("method", ALLOWED)
def test_every_parameter_that_could_be_a_path_is_known_to_be_one_or_not(method: str) -> None:
    suspects = {
        one.name: {name for name in texts_in(one.schema, one.name) if LIKE_A_PATH.search(name)}
        for one in SIGNATURES[method].parameters
    }
    suspects = {name: found - NO_PATHS for name, found in suspects.items() if found - NO_PATHS}

    match FILES.get(method):
        case None:
            assert not suspects
        case FilePlace(parameter, member):
            assert set(suspects) == {parameter}
            assert suspects[parameter] in ({member or parameter}, {parameter})
        case NotAFile(reason):
            assert suspects
            assert reason.endswith(".")


def test_the_table_of_files_is_about_methods_that_are_allowed() -> None:
    assert set(FILES) <= set(ALLOWED)


@pytest.mark.parametrize(
    "method", [name for name, one in FILES.items() if isinstance(one, FilePlace)]
)
def test_a_file_is_found_where_it_stands(method: str) -> None:
    arguments: list[Any] = [example(one.schema) for one in SIGNATURES[method].parameters]
    if method == "set_config":
        arguments[1] = "selfavatar"
    if method == "batch_set_config":
        arguments[1] = {"selfavatar": "x"}

    place = file_places(SIGNATURES[method], arguments)

    assert place is not None
    index, member = place
    assert (arguments[index] if member is None else arguments[index][member]) == "x"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("send_msg", [1, 10, {"text": "x"}]),
        ("send_msg", [1, 10, {"text": "x", "file": None}]),
        ("set_chat_profile_image", [1, 10, None]),
        ("set_config", [1, "selfavatar", None]),
        ("set_config", [1, "displayname", "/etc/passwd"]),
        ("batch_set_config", [1, {"displayname": "/etc/passwd"}]),
        ("get_message", [1, 10]),
    ],
)
def test_where_there_is_no_file_none_is_looked_for(method: str, arguments: list[object]) -> None:
    assert file_places(SIGNATURES[method], arguments) is None


@pytest.mark.parametrize("key", ["displayname", "selfavatar", "ui.mine", "mdns_enabled"])
def test_a_program_may_set_what_is_about_its_bot(key: str) -> None:
    check_arguments("set_config", [1, key, "1"])
    check_arguments("batch_set_config", [1, {key: "1"}])


@pytest.mark.parametrize(
    "key",
    ["bot", "addr", "mail_pw", "proxy_url", "ui.vestnik.bot", "ui.vestnik.", "download_limit", ""],
)
def test_a_program_may_not_set_what_is_the_operators(key: str) -> None:
    for call in (
        ["set_config", [1, key, "1"]],
        ["batch_set_config", [1, {"selfstatus": "", key: "1"}]],
    ):
        with pytest.raises(Problem) as refused:
            check_arguments(*call)  # type: ignore[arg-type]
        assert refused.value.code == RpcCode.REFUSED


@pytest.mark.parametrize(
    "key", ["mail_pw", "configured_mail_pw", "selfavatar", "ui.vestnik.bot", "proxy_url"]
)
def test_a_program_may_not_read_secrets_and_paths(key: str) -> None:
    with pytest.raises(Problem):
        check_arguments("get_config", [1, key])
    with pytest.raises(Problem):
        check_arguments("batch_get_config", [1, ["displayname", key]])


def test_a_program_may_read_what_it_set_and_its_address() -> None:
    check_arguments("batch_get_config", [1, ["displayname", "addr", "ui.mine", "sys.version"]])
    check_arguments("get_config", [1, "selfstatus"])


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "a\x00b", "a\nb"])
def test_a_filename_is_a_name_alone(name: str) -> None:
    with pytest.raises(Problem):
        check_arguments("send_msg", [1, 10, {"filename": name}])
    with pytest.raises(Problem):
        check_arguments("misc_send_msg", [1, 10, None, "fil", name, None, None])
    with pytest.raises(Problem):
        check_arguments("misc_set_draft", [1, 10, None, "fil", name, None, None])
    check_arguments("send_msg", [1, 10, {"filename": "Übung 1.pdf"}])


def test_a_chat_is_not_archived_because_its_messages_would_be_missed() -> None:
    check_arguments("set_chat_visibility", [1, 10, "Pinned"])
    with pytest.raises(Problem, match="miss"):
        check_arguments("set_chat_visibility", [1, 10, "Archived"])


def test_a_code_changes_invitations_and_nothing_else() -> None:
    for kind in HARMLESS_CODES:
        check_code(kind)
    kinds: Any = core_schemas()["Qr"]["oneOf"]
    others = {one["properties"]["kind"]["enum"][0] for one in kinds} - HARMLESS_CODES
    assert {"account", "login", "proxy", "backup2"} <= others
    for kind in others:
        with pytest.raises(Problem):
            check_code(kind)


def test_a_call_names_so_many_ids_and_no_more() -> None:
    check_arguments("make_vcard", [1, [1] * MOST_LISTED])
    with pytest.raises(Problem, match="at most 1000"):
        check_arguments("make_vcard", [1, [1] * (MOST_LISTED + 1)])
    with pytest.raises(Problem, match="at most 1000"):
        check_arguments("batch_get_config", [1, ["addr"] * (MOST_LISTED + 1)])


def test_bytes_are_no_list_of_ids() -> None:
    check_arguments("send_webxdc_realtime_data", [1, 10, [0] * 128_000])

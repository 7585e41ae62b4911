"""The generator: its words, its names, and that it notices what has drifted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core_generator import facts, names, prose
from core_generator.drift import core_drift, output_drift
from core_generator.ids import id_of_name
from core_generator.model import Field, Name, Nullable, Struct
from core_generator.outputs import SPECIFICATION, render_all
from core_generator.reader import read_core
from core_generator.struct_source import struct_source

ROOT = Path(__file__).resolve().parents[2]
EVENT_TABLE = Path("src/vestnik/chatmail/event_table.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files that the generator reads and writes."""
    for path in (SPECIFICATION, EVENT_TABLE, *render_all(ROOT)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def generate(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "scripts/generate_core.py")
    command = [sys.executable, script, "--root", str(checkout), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_committed_files_are_what_the_generator_writes_for_the_installed_core() -> None:
    done = generate(ROOT, "--check")

    assert done.stderr == ""
    assert done.returncode == 0


def test_check_says_which_files_drifted_and_writes_nothing(checkout: Path) -> None:
    edited = checkout / "src/vestnik/chatmail/_generated/types.py"
    edited.write_text("# by hand\n", encoding="utf-8")
    lost = checkout / "docs/reference/events.md"
    lost.unlink()

    done = generate(checkout, "--check")

    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("src/vestnik/chatmail/_generated/types.py is not what")
    assert second == "docs/reference/events.md is missing: run `make generate`."
    assert edited.read_text(encoding="utf-8") == "# by hand\n"
    assert not lost.exists()


def test_generating_repairs_what_drifted(checkout: Path) -> None:
    edited = checkout / "src/vestnik/chatmail/_generated/types.py"
    edited.write_text("# by hand\n", encoding="utf-8")

    assert generate(checkout).returncode == 0

    assert not list(output_drift(checkout, render_all(ROOT)))


def test_a_specification_that_is_not_the_installed_core_s_is_told_with_advice(
    checkout: Path,
) -> None:
    specification = checkout / SPECIFICATION
    spec = json.loads(specification.read_text(encoding="utf-8"))
    del spec["methods"][0]
    specification.write_text(json.dumps(spec), encoding="utf-8")

    (problem,) = core_drift(specification)

    assert "is not what the installed core says" in problem
    assert "--openrpc" in problem


def test_a_core_that_cannot_run_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("core_generator.drift._installed_core", lambda: tmp_path / "none")

    (problem,) = core_drift(ROOT / SPECIFICATION)

    assert problem.startswith("The installed core does not tell its specification")


def test_a_core_that_is_not_installed_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core_generator.drift._installed_core", lambda: None)

    assert list(core_drift(ROOT / SPECIFICATION)) == [
        "The package deltachat-rpc-server is not installed: run `make setup`."
    ]


def test_our_words_stand_exactly_where_the_core_has_none() -> None:
    spec = json.loads((ROOT / SPECIFICATION).read_text(encoding="utf-8"))
    docs = {
        method["name"]: prose.clean(method.get("description", "")) for method in spec["methods"]
    }
    silent = {name for name, doc in docs.items() if doc == prose.deprecation(doc)}
    core = read_core(ROOT / SPECIFICATION)
    described = core.schema_names | {event.name for event in core.events}
    described |= {variant.name for union in core.unions for variant in union.variants}

    assert set(facts.METHOD_SUMMARIES) == silent
    assert set(facts.SCHEMA_SUMMARIES) <= described


def test_a_method_and_a_schema_of_a_newer_core_get_words_from_their_names(tmp_path: Path) -> None:
    spec = json.loads((ROOT / SPECIFICATION).read_text(encoding="utf-8"))
    null = {"name": "Result", "schema": {"type": "null"}}
    spec["methods"] = [{"name": "water_plants", "params": [], "result": null}]
    spec["components"]["schemas"]["PlantPot"] = {"type": "string", "enum": ["Small"]}
    (tmp_path / "new.json").write_text(json.dumps(spec), encoding="utf-8")

    core = read_core(tmp_path / "new.json")

    assert core.methods[0].doc == "Water plants."
    assert core.enums[-1].doc == "Plant pot."


@pytest.mark.parametrize(
    ("json_name", "name"),
    [
        ("chatId", "chat_id"),
        ("chat_id", "chat_id"),
        ("summaryText1", "summary_text1"),
        ("rfc724Mid", "rfc724_mid"),
        ("e2eeAvail", "e2ee_avail"),
        ("ChatE2ee", "chat_e2ee"),
        ("orMessageType2", "or_message_type2"),
    ],
)
def test_names_become_snake_case(json_name: str, name: str) -> None:
    assert names.snake_case(json_name) == name


@pytest.mark.parametrize(
    ("owner", "json_name", "id_type"),
    [
        ("Message", "fromId", "ContactId"),
        ("Message", "originalMsgId", "MessageId"),
        ("Location", "locationId", None),
        ("Event", "contextId", "AccountId"),
        ("Contact", "id", "ContactId"),
        ("get_webxdc_info", "instanceMsgId", "MessageId"),
        ("Message", "state", None),
    ],
)
def test_names_tell_which_numbers_are_ids(owner: str, json_name: str, id_type: str | None) -> None:
    assert id_of_name(owner, json_name) == id_type


@pytest.mark.parametrize(
    ("rust", "readable"),
    [
        ("see [`Self::add_contact()`]", "See `add_contact`."),
        ("for the running [`CommandApi::provide_backup`].", "For the running `provide_backup`."),
        ("like [`EventType::MsgRead`], but", "Like `MsgRead`, but."),
        ("only if [`Chattype::Group`].", "Only if `ChatType.Group`."),
        ("by calling [`a_b`]\nor not\n\n [`a_b`]: Self::a_b", "By calling `a_b` or not."),
        ("#DC_EVENT_INCOMING_MSG / [`types::events::EventType::IncomingMsg`]", "`IncomingMsg`."),
        ("a [SecureJoin](https://x.org/) link", "A SecureJoin (https://x.org/) link."),
        ("to @ref DC_STATE_IN_SEEN to", "To DC_STATE_IN_SEEN to."),
        ('the @ref DC_MSG "view type" may', "The view type may."),
        ("@deprecated; use `Viewtype::Sticker`", "Deprecated; use `Viewtype.Sticker`."),
        ("see `get_x` / `getX()`.", "See `get_x`."),
        ("after a call to setChatName(), or", "After a call to set_chat_name(), or."),
        ("omits: - one - two", "Omits:\n- one\n- two"),
        ("", ""),
    ],
)
def test_the_words_of_the_core_become_readable(rust: str, readable: str) -> None:
    assert prose.clean(rust) == readable


@pytest.mark.parametrize(
    ("doc", "sentence"),
    [
        ("One. Two.", "One."),
        ("Sorted, e.g. by name. Then more.", "Sorted, e.g. by name."),
        ("Info messages, eg. Members added. More.", "Info messages, eg. Members added."),
        ("No end\n\nNext.", "No end"),
        ("List:\n- one", "List:"),
    ],
)
def test_the_first_sentence_stands_alone(doc: str, sentence: str) -> None:
    assert prose.first_sentence(doc) == sentence


def test_only_a_paragraph_that_says_so_deprecates_its_method() -> None:
    assert prose.deprecation("Adds.\n\nDeprecated 2025; use x.") == "Deprecated 2025; use x."
    assert prose.deprecation("Adds.\n\n- `a`: Deprecated, pass `false`.") == ""
    assert prose.deprecation("Adds.\n\n`a` argument is deprecated.") == ""


def test_a_docstring_is_wrapped_and_keeps_its_lists() -> None:
    doc = "First. Then " + "word " * 30 + "\n\nList:\n- one\n- two"

    lines = prose.docstring(doc, 4).splitlines()

    assert lines[0] == '    """First.'
    assert max(map(len, lines)) <= 100
    assert lines[-4:] == ["    List:", "    - one", "    - two", '    """']


def test_a_struct_renames_only_what_it_has_to() -> None:
    def source(*json_names: str) -> str:
        return struct_source(Struct("X", tuple(Field(n, Name("int")) for n in json_names), "X."))

    assert "rename" not in source("chat_id", "n")
    assert 'rename="camel"' in source("chatId", "n")
    assert "rename={'chat_id': 'chatId', 'msg_id': 'msg_id'}" in source("chatId", "msg_id")


def test_fields_that_may_be_missing_default_to_none() -> None:
    struct = Struct("X", (Field("a", Nullable(Name("int"))), Field("b", Name("int"))), "X.")

    assert struct_source(struct).endswith("    a: int | None = None\n    b: int")

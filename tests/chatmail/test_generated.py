from __future__ import annotations

import enum
import inspect
import json
import math
import re
import subprocess
import sys
import typing
import warnings
from typing import Any

import msgspec
import pytest

from tests.chatmail.spec_samples import (
    EVENT_SPECS,
    METHOD_SPECS,
    SCHEMAS,
    Schema,
    is_union,
    resolve,
    sample,
    variants,
)
from vestnik.chatmail._decoding import Event, Method, decode_events, decode_result
from vestnik.chatmail._generated import events, types
from vestnik.chatmail._generated.methods import METHODS, CoreMethods
from vestnik.chatmail._open import OpenEnum, UnknownVariant
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

DEPRECATED = {
    "add_transport",
    "configure",
    "create_broadcast_list",
    "get_backup_qr_svg",
    "get_chat_securejoin_qr_code_svg",
    "get_next_msgs",
    "send_sticker",
    "wait_next_msgs",
}

OBJECTS = [
    pytest.param(name, variant, id=f"{name}-{number}")
    for name, schema in SCHEMAS.items()
    for number, variant in enumerate(variants(schema))
    if name not in ("Event", "EventType") and "properties" in variant
]
ENUMS = [name for name, schema in SCHEMAS.items() if "oneOf" in schema or "enum" in schema]
ENUMS = [name for name in ENUMS if not is_union(SCHEMAS[name])]


class RecordingCore(CoreMethods):
    """Answers every call with what it was asked."""

    async def _call(
        self, method: Method[Any], params: tuple[object, ...], timeout: float | None
    ) -> Any:
        return method, params, timeout


def parameters(method: Schema) -> list[str]:
    return [re.sub(r"(?<!^)(?=[A-Z])", "_", p["name"]).lower() for p in method["params"]]


def nullable(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())


@pytest.mark.parametrize(("name", "schema"), OBJECTS)
def test_every_object_of_the_specification_survives_decoding_and_encoding(
    name: str, schema: Schema
) -> None:
    json_value = sample(schema)

    value = msgspec.json.decode(json.dumps(json_value), type=getattr(types, name))

    assert not isinstance(value, UnknownVariant)
    assert json.loads(msgspec.json.encode(value)) == json_value


@pytest.mark.parametrize(("name", "schema"), OBJECTS)
def test_every_object_needs_nothing_but_its_required_fields(name: str, schema: Schema) -> None:
    required = {key: sample(schema["properties"][key]) for key in schema.get("required", ())}

    value = msgspec.json.decode(json.dumps(required), type=getattr(types, name))

    missing = {key: None for key in schema["properties"] if key not in required}
    assert json.loads(msgspec.json.encode(value)) == {**required, **missing}


@pytest.mark.parametrize("kind", EVENT_SPECS)
def test_every_event_is_a_struct_of_its_own_and_survives_decoding_and_encoding(kind: str) -> None:
    json_value = {"contextId": 3, "event": sample(EVENT_SPECS[kind])}

    (event,) = decode_events(json.dumps([json_value]).encode())

    assert type(event.payload) is getattr(events, kind)
    assert event.payload.kind == kind
    assert event.account_id == 3
    assert json.loads(msgspec.json.encode(event)) == json_value


@pytest.mark.parametrize("name", ENUMS)
def test_every_enum_has_the_values_of_the_specification(name: str) -> None:
    parts = SCHEMAS[name].get("oneOf", [SCHEMAS[name]])

    assert [member.value for member in getattr(types, name)] == [
        value for part in parts for value in part["enum"]
    ]


def test_all_structs_are_frozen_and_take_keywords_only() -> None:
    structs = [
        thing
        for module in (types, events)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct)
    ]

    assert len(structs) > 100
    for struct in structs:
        assert struct.__struct_config__.frozen
        with pytest.raises(TypeError):
            struct(1)


def test_attributes_have_python_names() -> None:
    for module in (types, events):
        for name in module.__all__:
            for attribute in getattr(getattr(module, name), "__struct_fields__", ()):
                assert re.fullmatch(r"[a-z][a-z0-9_]*", attribute)


def test_the_public_names_are_all_that_is_defined() -> None:
    for module in (types, events):
        made = {
            name
            for name, thing in vars(module).items()
            if getattr(thing, "__module__", "") == module.__name__ and isinstance(thing, type)
        }
        assert made <= set(module.__all__)
        assert all(hasattr(module, name) for name in module.__all__)
        assert module.__all__ == sorted(module.__all__)


def test_every_method_of_the_specification_is_there() -> None:
    assert list(METHODS) == list(METHOD_SPECS)
    assert len(METHODS) == 181
    public = {name for name in vars(CoreMethods) if not name.startswith("_")}
    assert public == set(METHOD_SPECS)


@pytest.mark.parametrize("name", METHOD_SPECS)
def test_the_parameters_of_a_method_are_those_of_the_specification(name: str) -> None:
    signature = inspect.signature(getattr(CoreMethods, name))
    *own, timeout = list(signature.parameters.values())[1:]

    assert [parameter.name for parameter in own] == parameters(METHOD_SPECS[name])
    assert [param.name for param in METHODS[name].params] == parameters(METHOD_SPECS[name])
    assert timeout.name == "timeout"
    assert timeout.kind is inspect.Parameter.KEYWORD_ONLY
    assert timeout.default is None


@pytest.mark.parametrize("name", METHOD_SPECS)
def test_only_a_nullable_tail_of_the_parameters_may_be_left_out(name: str) -> None:
    schemas = [param["schema"] for param in METHOD_SPECS[name]["params"]]
    tail = [all(map(nullable, schemas[place:])) for place in range(len(schemas))]

    own = list(inspect.signature(getattr(CoreMethods, name)).parameters.values())[1:-1]

    assert [parameter.default is None for parameter in own] == tail
    assert [param.optional for param in METHODS[name].params] == tail


@pytest.mark.parametrize("name", METHOD_SPECS)
async def test_a_call_passes_its_parameters_in_order(name: str) -> None:
    given = tuple(range(len(METHOD_SPECS[name]["params"])))
    recorded: list[Any] = []

    class Core(RecordingCore):
        async def _call(self, method: Method[Any], params: Any, timeout: float | None) -> Any:
            recorded.append((method, params, timeout))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        await getattr(Core(), name)(*given, timeout=2.5)

    assert recorded == [(METHODS[name], given, 2.5)]


@pytest.mark.parametrize("name", METHOD_SPECS)
def test_a_method_decodes_the_result_of_the_specification(name: str) -> None:
    json_value = sample(METHOD_SPECS[name]["result"]["schema"])

    value = decode_result(METHODS[name], json.dumps(json_value).encode())

    assert json.loads(msgspec.json.encode(value)) == json_value


@pytest.mark.parametrize("name", METHOD_SPECS)
def test_the_annotations_of_a_method_say_what_its_table_entry_says(name: str) -> None:
    method = METHODS[name]
    hints = typing.get_type_hints(
        getattr(CoreMethods, name), vars(sys.modules[CoreMethods.__module__])
    )

    assert hints["return"] == (type(None) if method.result is None else method.result)
    annotations = inspect.get_annotations(inspect.unwrap(getattr(CoreMethods, name)))
    assert annotations["return"] == method.result_text
    assert [annotations[param.name] for param in method.params] == [p.type for p in method.params]


@pytest.mark.parametrize("name", METHOD_SPECS)
def test_the_docstring_begins_with_the_one_sentence_of_the_table(name: str) -> None:
    doc = inspect.getdoc(getattr(CoreMethods, name))

    assert doc is not None
    assert doc.splitlines()[0] == METHODS[name].summary
    assert METHODS[name].summary[0].isupper()
    assert METHODS[name].summary[-1] in ".:!?"


def test_no_docstring_speaks_rust_or_doxygen() -> None:
    things = [getattr(module, name) for module in (types, events) for name in module.__all__]
    docs = [*(thing.__doc__ or "" for thing in things)]
    docs += [getattr(CoreMethods, name).__doc__ for name in METHODS]

    for doc in docs:
        assert not re.search(r"::|\]\(`|@(param|ref|deprecated)|#?DC_EVENT|\[`?Self", doc)


def test_deprecated_methods_are_exactly_those_the_core_calls_so() -> None:
    assert {name for name, method in METHODS.items() if method.deprecated} == DEPRECATED


@pytest.mark.parametrize("name", sorted(DEPRECATED))
async def test_calling_a_deprecated_method_warns_in_the_words_of_the_core(name: str) -> None:
    given = range(len(METHOD_SPECS[name]["params"]))

    with pytest.warns(DeprecationWarning, match=re.escape(METHODS[name].deprecated)):
        await getattr(RecordingCore(), name)(*given)


def test_only_calls_that_wait_for_events_have_no_deadline() -> None:
    endless = {name for name, method in METHODS.items() if method.seconds == math.inf}

    assert endless == {"get_next_event", "get_next_event_batch", "sleep", "wait_next_msgs"}
    assert METHODS["send_msg"].seconds == 60
    assert METHODS["add_transport_from_qr"].seconds == METHODS["import_backup"].seconds == 900


def test_ids_have_types_of_their_own() -> None:
    expected = {
        (types.BasicChat, "id"): ChatId,
        (types.Contact, "id"): ContactId,
        (types.Message, "id"): MessageId,
        (types.Message, "from_id"): ContactId,
        (types.Message, "parent_id"): MessageId | None,
        (types.FullChat, "contact_ids"): list[ContactId],
        (types.Reactions, "reactions_by_contact"): dict[ContactId, list[str]],
        (types.QrAskVerifyContact, "contact_id"): ContactId,
        (types.AccountConfigured, "id"): AccountId,
        (types.Location, "location_id"): int,
        (events.ChatDeleted, "chat_id"): ChatId,
        (events.ContactsChanged, "contact_id"): ContactId | None,
        (events.EventChannelOverflow, "n"): int,
        (Event, "account_id"): AccountId,
    }

    found = {key: typing.get_type_hints(key[0])[key[1]] for key in expected}

    assert found == expected


def test_methods_return_ids_of_the_right_kind() -> None:
    results = {name: METHODS[name].result for name in METHODS}

    assert results["send_msg"] is MessageId
    assert results["add_account"] is AccountId
    assert results["create_chat_by_contact_id"] is ChatId
    assert results["secure_join"] is ChatId
    assert results["get_fresh_msgs"] == list[MessageId]
    assert results["lookup_contact_id_by_addr"] == ContactId | None
    assert results["get_messages"] == dict[MessageId, types.MessageLoadResult]


def test_a_signature_reads_like_python() -> None:
    assert METHODS["set_config"].signature == (
        "set_config(account_id: AccountId, key: str, value: str | None = None) -> None"
    )


def test_importing_the_methods_builds_no_decoder() -> None:
    code = (
        "from vestnik.chatmail._generated.methods import METHODS;"
        "print(sum('decoder' in vars(method) for method in METHODS.values()))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "0\n"


def test_unknown_enum_values_become_members_for_the_occasion() -> None:
    value = types.Viewtype("Hologram")

    assert isinstance(value, OpenEnum)
    assert value == "Hologram"
    assert value.name == "Hologram"
    assert not value.is_known
    assert types.Viewtype.TEXT.is_known
    assert types.Viewtype("Hologram") == value
    assert "Hologram" not in list(types.Viewtype)
    assert msgspec.json.encode(value) == b'"Hologram"'


def test_an_enum_takes_nothing_but_text() -> None:
    with pytest.raises(ValueError, match="7 is not a valid Viewtype"):
        types.Viewtype(7)  # type: ignore[arg-type]


def test_all_enums_are_open() -> None:
    found = {name for name in types.__all__ if isinstance(getattr(types, name), enum.EnumType)}

    assert found == set(ENUMS)
    assert all(issubclass(getattr(types, name), OpenEnum) for name in found)


def test_every_union_has_a_variant_for_unknown_kinds() -> None:
    unions = [name for name, schema in SCHEMAS.items() if is_union(schema) and name != "EventType"]

    for name in unions:
        unknown = getattr(types, f"Unknown{name}")
        assert issubclass(unknown, UnknownVariant)
        assert unknown in typing.get_args(getattr(types, name))
    assert resolve({"$ref": "#/components/schemas/Qr"}) is SCHEMAS["Qr"]

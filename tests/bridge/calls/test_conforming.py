"""Whether a value fits a schema, and in words what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.calls.desk import example
from vestnik.bridge.calls.conforming import fault, may_be_null
from vestnik.bridge.calls.signatures import core_schemas, core_signatures

SCHEMAS = core_schemas()
MESSAGE = {"$ref": "#/components/schemas/MessageData"}


@pytest.mark.parametrize("method", core_signatures())
def test_an_example_of_every_parameter_and_result_fits(method: str) -> None:
    signature = core_signatures()[method]
    schemas = [*(one.schema for one in signature.parameters), signature.result]

    for schema in schemas:
        assert fault(example(schema), schema, SCHEMAS, "it") is None
        assert fault(object(), schema, SCHEMAS, "it")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_value_makes_it_fail(value: object) -> None:
    for signature in core_signatures().values():
        for one in signature.parameters:
            found = fault(value, one.schema, SCHEMAS, one.name)
            assert found is None or found.endswith(".")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"text": "x", "file": None}, None),
        ({"viewtype": "Sticker", "location": [1, 2.5]}, None),
        ([], "data must be an object."),
        ({"txt": "x"}, "data has no member 'txt'."),
        ({"text": 1}, "data.text must be a text or null."),
        ({"location": [1]}, "data.location must be a list of 2."),
        ({"location": ["a", 1]}, "data.location[0] must be a number."),
        (
            {"quotedMessageId": -1},
            "data.quotedMessageId must be a whole number from 0 to 4294967295 or null.",
        ),
    ],
)
def test_it_says_which_part_does_not_fit(value: object, sentence: str | None) -> None:
    assert fault(value, MESSAGE, SCHEMAS, "data") == sentence


def test_it_lists_what_can_be_chosen() -> None:
    found = fault("Picture", {"$ref": "#/components/schemas/Viewtype"}, SCHEMAS, "viewtype")

    assert found is not None
    assert found.startswith("viewtype must be one of Unknown, Text, Image")


def test_an_object_of_several_kinds_has_to_be_one_of_them_whole() -> None:
    schema = {"$ref": "#/components/schemas/MuteDuration"}

    assert fault({"kind": "Until", "duration": 5}, schema, SCHEMAS, "duration") is None
    assert fault({"kind": "Until"}, schema, SCHEMAS, "duration")
    assert fault({"kind": "Sometimes"}, schema, SCHEMAS, "duration")
    assert fault({}, schema, SCHEMAS, "duration") == "duration is nothing that the method knows."


def test_what_may_be_null_is_seen_through_choices() -> None:
    assert may_be_null({"type": ["string", "null"]})
    assert may_be_null({"anyOf": [MESSAGE, {"type": "null"}]})
    assert not may_be_null(MESSAGE)

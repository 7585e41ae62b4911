"""What is told to who gave an order that was not carried out."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.gateway.live.refusals import CANNOT, refusal


def refused(request: str) -> object:
    return json.loads(refusal(msgspec.Raw(request.encode()), CANNOT, "No."))


def response(id: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "error": {"code": -32003, "message": "No."}, "id": id}


@pytest.mark.parametrize("id", [1, -7, 2**70, 1.5, "a", "", 'quo"te', None])
def test_it_has_the_id_of_the_request(id: object) -> None:
    assert refused(json.dumps({"method": "m", "id": id})) == response(id)


@pytest.mark.parametrize(
    "request_",
    ["{}", '{"id":[1]}', '{"id":{}}', '{"id":true}', '{"id":"%s"}' % ("x" * 300)],
)
def test_an_id_that_is_none_is_null(request_: str) -> None:
    assert refused(request_) == response(None)


def test_a_batch_is_refused_request_by_request() -> None:
    assert refused('[{"id":1},{"id":"b"},5]') == [response(1), response("b"), response(None)]


@pytest.mark.parametrize("request_", ["[]", json.dumps([{"id": 1}] * 65)])
def test_a_batch_that_is_none_or_too_long_is_refused_as_a_whole(request_: str) -> None:
    assert refused(request_) == response(None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "x"]), inner),
    ).filter(lambda one: isinstance(one, list | dict))
)
def test_whatever_was_asked_the_refusal_is_json_and_says_why(asked: object) -> None:
    found = refused(json.dumps(asked))
    for one in found if isinstance(found, list) else [found]:
        assert isinstance(one, dict)
        assert one["error"]["code"] == CANNOT

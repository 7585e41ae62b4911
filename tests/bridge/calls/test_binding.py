"""Whatever a program gives, the core sees the token's own account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bridge.calls.desk import example, lowest
from vestnik.bridge.calls.binding import bind, bind_as_given, by_name
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.signatures import core_signatures
from vestnik.bridge.calls.table import ALLOWED
from vestnik.ids import AccountId

OWN = AccountId(7)
SIGNATURES = core_signatures()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
accounts = st.sampled_from([None, 7, 7.0, "7", True, 8, 0, -1, 2**40, [7], {"accountId": 7}])


def good(method: str) -> list[Any]:
    """Arguments that fit a method, without the account."""
    return [example(one.schema) for one in SIGNATURES[method].parameters if one.name != "accountId"]


def bound_or_refused(method: str, way: Any) -> list[object] | None:
    """What the core gets; `None` if it gets nothing."""
    try:
        return bind(SIGNATURES[method], way, OWN)
    except Problem:
        return None


@pytest.mark.parametrize("method", ALLOWED)
def test_the_account_of_a_call_is_the_tokens_by_position_and_by_name(method: str) -> None:
    signature = SIGNATURES[method]
    names = [one.name for one in signature.parameters if one.name != "accountId"]
    named = dict(zip(names, good(method), strict=True))
    ways: list[Any] = [named]
    if signature.has_account:
        ways += [{"accountId": 7, **named}, {"accountId": None, **named}]
        ways += [[7, *good(method)], [None, *good(method)]]
    else:
        ways += [good(method)]

    for way in ways:
        bound = bind(signature, way, OWN)

        assert bound == ([7, *good(method)] if signature.has_account else good(method))


@pytest.mark.parametrize("method", [one for one in ALLOWED if SIGNATURES[one].has_account])
@pytest.mark.parametrize("account", [8, 0, "7", 7.0, True, [7]])
def test_another_account_is_refused_however_it_is_given(method: str, account: object) -> None:
    names = [one.name for one in SIGNATURES[method].parameters]
    positions = [account, *good(method)]

    for way in (positions, dict(zip(names, positions, strict=True))):
        with pytest.raises(Problem) as refused:
            bind(SIGNATURES[method], way, OWN)
        assert refused.value.code == RpcCode.BAD_PARAMS


@settings(max_examples=300)
@given(
    method=st.sampled_from([one for one in ALLOWED if SIGNATURES[one].has_account]),
    account=accounts | json_values,
    rest=st.lists(json_values, max_size=6) | st.none(),
    extra=st.dictionaries(st.text(max_size=8), json_values, max_size=2),
    by_names=st.booleans(),
)
def test_whatever_is_given_the_core_sees_no_other_account(
    method: str,
    account: object,
    rest: list[object] | None,
    extra: dict[str, object],
    by_names: bool,
) -> None:
    arguments = good(method) if rest is None else rest
    names = [one.name for one in SIGNATURES[method].parameters][1:]
    way: Any = [account, *arguments]
    if by_names:
        way = {"accountId": account, **dict(zip(names, arguments, strict=False)), **extra}
    bound = bound_or_refused(method, way)

    assert bound is None or (bound[0] == OWN and type(bound[0]) is int)
    assert bound is None or len(bound) == len(SIGNATURES[method].parameters)


@pytest.mark.parametrize("method", ALLOWED)
def test_what_may_be_null_may_be_left_out(method: str) -> None:
    signature = SIGNATURES[method]
    needed = {
        one.name: example(one.schema)
        for one in signature.parameters
        if not one.is_optional and one.name != "accountId"
    }

    bound = bind(signature, needed, OWN)

    assert bound[1:] == [lowest(one.schema) for one in signature.parameters][1:]


def test_trailing_optional_parameters_may_be_left_out_by_position() -> None:
    assert bind(SIGNATURES["misc_send_msg"], [None, 10], OWN) == [7, 10, *[None] * 5]


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ([None], "get_message takes (accountId, msgId), not 1 parameters."),
        ([None, 1, 2], "get_message takes (accountId, msgId), not 3 parameters."),
        ({}, "get_message needs the parameter msgId."),
        ({"msg_id": 1}, "get_message has no parameter 'msg_id': did you mean msgId?"),
        ({"msgId": "1"}, "msgId must be a whole number from 0 to 4294967295."),
        ({"msgId": 2**32}, "msgId must be a whole number from 0 to 4294967295."),
        ({"msgId": True}, "msgId must be a whole number from 0 to 4294967295."),
        ({"msgId": None}, "msgId must be a whole number from 0 to 4294967295."),
    ],
)
def test_what_does_not_fit_is_one_sentence(params: Any, sentence: str) -> None:
    with pytest.raises(Problem) as refused:
        bind(SIGNATURES["get_message"], params, OWN)

    assert refused.value.sentence == sentence


def test_the_operator_names_accounts_himself() -> None:
    assert bind_as_given(SIGNATURES["get_message"], [3, 4]) == [3, 4]
    assert bind_as_given(SIGNATURES["get_message"], {"msgId": 4, "accountId": 3}) == [3, 4]
    assert bind_as_given(None, [1, "x"]) == [1, "x"]
    with pytest.raises(Problem, match="by position"):
        bind_as_given(None, {"accountId": 1})


def test_our_own_calls_take_their_parameters_by_name_alone() -> None:
    parameters = CONVENIENT["answer"].parameters

    assert by_name("answer", parameters, {"messageId": 5}) == {"messageId": 5}
    assert by_name("getMe", (), []) == {}
    wrongs: list[Any] = [[5], {}, {"messageId": "5"}, {"messageId": 5, "txt": ""}]
    for wrong in wrongs:
        with pytest.raises(Problem):
            by_name("answer", parameters, wrong)

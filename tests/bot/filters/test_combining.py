from __future__ import annotations

import re
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.routing.fakes import FakeMessage
from vestnik.bot.filters import Filter, HasFile, Regex, Text, filter_by
from vestnik.bot.filters.base import OwnPredicate
from vestnik.errors import BadBot


class Fixed(Filter[str, object]):
    """Finds what it was given, and counts how often it was asked."""

    def __init__(self, found: str | None) -> None:
        self.found = found
        self.asked = 0

    async def __call__(self, context: object, /) -> str | None:
        self.asked += 1
        return self.found


@pytest.mark.parametrize("left", ["a", None])
@pytest.mark.parametrize("right", ["b", None])
async def test_filters_join_as_in_logic(left: str | None, right: str | None) -> None:
    message = FakeMessage()
    assert await (Fixed(left) & Fixed(right)).matches(message) is bool(left and right)
    assert await (Fixed(left) | Fixed(right)).matches(message) is bool(left or right)
    assert await (~Fixed(left)).matches(message) is not bool(left)


async def test_the_second_filter_is_not_asked_when_the_first_decides() -> None:
    never = Fixed("never")
    await (Fixed(None) & never).matches(FakeMessage())
    await (Fixed("yes") | never).matches(FakeMessage())
    assert never.asked == 0


async def test_a_pair_finds_both_and_an_alternative_the_first_that_matches() -> None:
    message = FakeMessage()
    both, either = Fixed("a") & Fixed("b"), Fixed(None) | Fixed("c")
    assert await both.matches(message)
    assert await either.matches(message)
    assert message[both] == ("a", "b")
    assert message[either] == "c"


async def test_what_a_part_of_a_joined_filter_found_can_be_asked_for() -> None:
    number = Regex(r"\d+")
    message = FakeMessage(text="route 66", file="map.png")
    assert await (HasFile() & (Text("other") | number)).matches(message)
    assert message[number].group() == "66"


async def test_what_a_filter_did_not_find_cannot_be_asked_for() -> None:
    number, message = Regex(r"\d+"), FakeMessage(text="none")
    assert not await number.matches(message)
    with pytest.raises(KeyError):
        message[number]


@pytest.mark.parametrize("empty", ["", 0, ()])
async def test_a_filter_that_finds_something_empty_matches(empty: object) -> None:
    class Finds(Filter[object, object]):
        async def __call__(self, context: object, /) -> object:
            return empty

    assert await Finds().matches(FakeMessage())


@pytest.mark.parametrize("nothing", [None, False])
async def test_none_and_false_are_no_match(nothing: object) -> None:
    class Finds(Filter[object, object]):
        async def __call__(self, context: object, /) -> object:
            return nothing

    assert not await Finds().matches(FakeMessage())


@pytest.mark.parametrize(("found", "matches"), [(True, True), ("", False), (0, False), ("x", True)])
async def test_a_function_matches_when_its_answer_is_true(found: object, matches: bool) -> None:
    async def later(message: FakeMessage) -> object:
        return found

    assert await filter_by(later).matches(FakeMessage()) is matches
    plain: Filter[object, FakeMessage] = OwnPredicate(lambda message: found)
    assert await plain.matches(FakeMessage()) is matches


async def test_a_function_that_returns_something_to_await_is_awaited() -> None:
    async def has_text(message: FakeMessage) -> bool:
        return bool(message.text)

    indirect: Filter[object, FakeMessage] = OwnPredicate(lambda message: has_text(message))
    assert not await indirect.matches(FakeMessage())


async def test_a_function_becomes_a_filter_as_decorator_and_its_finding_is_kept() -> None:
    @filter_by
    def digits(message: FakeMessage) -> re.Match[str] | None:
        return re.search(r"\d+", message.text)

    message = FakeMessage(text="route 66")
    assert await digits.matches(message)
    assert message[digits].group() == "66"


async def test_plain_functions_join_from_either_side() -> None:
    message = FakeMessage(text="hi")
    hi = Text("hi")
    assert await (hi & (lambda message: len(message.text) == 2)).matches(message)
    assert await ((lambda message: len(message.text) == 2) & hi).matches(message)
    assert await ((lambda message: False) | hi).matches(message)
    assert not await (~hi | (lambda message: False)).matches(message)


@pytest.mark.parametrize("join", [lambda one: not one, lambda one: one and one])
def test_pythons_own_and_or_not_are_refused(join: Any) -> None:
    with pytest.raises(BadBot, match=r"joined with &, \| and ~"):
        join(Text("hi"))


def test_a_filter_joins_no_nonsense() -> None:
    with pytest.raises(BadBot, match="'hi' is no filter"):
        Text("hi") & cast("Any", "hi")


Tree = tuple[str, Any, Any] | bool
trees = st.recursive(
    st.booleans(),
    lambda inner: st.tuples(st.sampled_from("&|~"), inner, inner),
    max_leaves=12,
)


def build(tree: Tree) -> Filter[object, object]:
    if isinstance(tree, bool):
        return Fixed("found" if tree else None)
    sign, left, right = tree
    if sign == "~":
        return ~build(left)
    return build(left) & build(right) if sign == "&" else build(left) | build(right)


def truth(tree: Tree) -> bool:
    if isinstance(tree, bool):
        return tree
    sign, left, right = tree
    if sign == "~":
        return not truth(left)
    return truth(left) and truth(right) if sign == "&" else truth(left) or truth(right)


@given(trees)
async def test_any_combination_is_as_true_as_its_logic(tree: Tree) -> None:
    assert await build(tree).matches(FakeMessage()) is truth(tree)

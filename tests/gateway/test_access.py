"""Tokens are recognised, and each is good for its scopes only."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.records import operator, token
from vestnik.errors import NotAllowed
from vestnik.gateway import Access, Roster, Scope, digest_of, new_token, reaches
from vestnik.gateway.access import new_webhook_token
from vestnik.ids import OwnerId, ResourceId


def test_a_guest_is_recognised_and_is_in_no_roster() -> None:
    roster = Roster()
    access = Access(roster)
    access.admit(token("local"))
    assert access.require("local", Scope.NOTIFY) == token("local")
    assert roster.token(token("local").id) is None
    assert roster.tokens_of(token("local").owner) == ()


def test_tokens_are_long_and_never_the_same() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert {(one[:4], len(one)) for one in made} == {("vst_", 47)}


def test_a_webhooks_token_is_told_from_one_that_lets_in() -> None:
    made = {new_webhook_token() for _ in range(100)}
    assert len(made) == 100
    assert {(one[:4], len(one)) for one in made} == {("vwh_", 47)}


def test_a_token_is_recognised() -> None:
    assert Access(Roster([token("right")])).identify("right") == token("right")


@given(st.text())
def test_any_other_text_is_nobodys(text: str) -> None:
    if text != "right":
        assert Access(Roster([token("right")])).identify(text) is None


@pytest.mark.parametrize("text", ["", "\ud800", "x" * 513, digest_of("right")])
def test_strange_texts_are_nobodys(text: str) -> None:
    assert Access(Roster([token("right")])).identify(text) is None


def test_a_long_text_is_not_even_looked_at() -> None:
    long = "x" * 513
    assert Access(Roster([token(long)])).identify(long) is None


def test_a_scope_is_required() -> None:
    poor = msgspec.structs.replace(token("right"), scopes=frozenset({Scope.NOTIFY}))
    access = Access(Roster([poor]))
    assert access.require("right", Scope.NOTIFY) == poor
    with pytest.raises(NotAllowed, match="'publish'"):
        access.require("right", Scope.PUBLISH)
    with pytest.raises(NotAllowed, match="Nobody has"):
        access.require("wrong", Scope.NOTIFY)


def test_the_operators_token_reaches_everybody() -> None:
    assert reaches(token(of="anna"), OwnerId("anna"))
    assert not reaches(token(of="anna"), OwnerId("boris"))
    assert reaches(operator(), OwnerId("boris"))


def test_a_token_for_one_resource_reaches_nothing_else_of_its_owner() -> None:
    bound = token(of="anna", resource="bot")
    assert reaches(bound, OwnerId("anna"), ResourceId("bot"))
    assert not reaches(bound, OwnerId("anna"), ResourceId("other"))
    assert not reaches(bound, OwnerId("anna"))
    assert not reaches(bound, OwnerId("boris"), ResourceId("bot"))
    assert reaches(token(of="anna"), OwnerId("anna"), ResourceId("bot"))
    assert not reaches(token(of="anna"), OwnerId("boris"), ResourceId("bot"))

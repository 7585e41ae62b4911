from __future__ import annotations

import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.records import operator, token
from vestnik.gateway._keys import announced_key, published_key
from vestnik.ids import OwnerId, ResourceId

ANNA, BORIS = token(), msgspec.structs.replace(token(), owner=OwnerId("boris"))
PUBLISHERS = (
    operator(),
    ANNA,
    BORIS,
    msgspec.structs.replace(ANNA, resource=ResourceId("bot")),
    msgspec.structs.replace(ANNA, resource=ResourceId("boris")),
    msgspec.structs.replace(BORIS, resource=ResourceId("bot")),
)


@given(st.lists(st.text(" \nanb", max_size=12), min_size=2, max_size=2))
def test_nobody_can_say_what_has_the_key_of_somebody_else(texts: list[str]) -> None:
    keys = [{published_key(publisher, text) for text in texts} for publisher in PUBLISHERS] + [
        {announced_key(OwnerId(owner), text) for text in texts} for owner in ("anna", "boris")
    ]
    for some, others in itertools.combinations(keys, 2):
        assert not some & others


def test_what_has_no_key_gets_none() -> None:
    assert published_key(ANNA, None) is None
    assert announced_key(OwnerId("anna"), None) is None

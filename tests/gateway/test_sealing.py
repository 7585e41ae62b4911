"""Secrets at rest can be opened with their key only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import StoreFailed
from vestnik.gateway.sealing import Sealer, new_key

KEY = b"k" * 32
SEALER = Sealer.from_key(KEY)


@given(st.text())
def test_what_was_sealed_can_be_opened(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    sealed = SEALER.seal(text)
    assert Sealer.from_key(KEY).open(sealed) == text
    assert len(text) < 3 or text not in sealed


def test_the_same_text_comes_out_different_each_time() -> None:
    assert SEALER.seal("token") != SEALER.seal("token")


def test_another_key_gets_a_sentence() -> None:
    with pytest.raises(StoreFailed, match="cannot be opened with this key") as caught:
        Sealer.from_key(new_key()).open(SEALER.seal("token"))
    assert caught.value.__cause__ is None


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_damage_gets_a_sentence(text: str) -> None:
    with pytest.raises(StoreFailed):
        SEALER.open(text)


def test_a_changed_letter_is_noticed() -> None:
    sealed = SEALER.seal("token")
    changed = sealed[:10] + ("A" if sealed[10] != "A" else "B") + sealed[11:]
    with pytest.raises(StoreFailed):
        SEALER.open(changed)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(StoreFailed, match="needs at least 32"):
        Sealer.from_key(b"short")

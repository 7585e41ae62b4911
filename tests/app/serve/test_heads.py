from __future__ import annotations

import pytest

from vestnik.app.serve.heads import HeadMeasure, HeadTooLong, spell_head
from vestnik.wire.websocket import MAX_HEAD
from vestnik.wire.websocket.head import read_head


def test_a_head_may_be_as_long_as_it_may_and_no_longer() -> None:
    measure = HeadMeasure()
    measure.begin()
    measure.add(MAX_HEAD)
    with pytest.raises(HeadTooLong):
        measure.add(1)
    assert measure.is_too_long


def test_each_head_is_measured_for_itself() -> None:
    measure = HeadMeasure()
    for _ in range(3):
        measure.begin()
        measure.add(MAX_HEAD)
        assert not measure.is_too_long


def test_what_has_been_explained_is_not_counted_as_hoarded() -> None:
    measure = HeadMeasure()
    measure.receive(MAX_HEAD)
    measure.check()
    measure.explain()
    measure.receive(MAX_HEAD)
    measure.check()
    measure.receive(1)
    with pytest.raises(HeadTooLong):
        measure.check()


def test_a_head_that_is_spelled_anew_reads_like_the_first() -> None:
    head = spell_head(b"GET", b"/ws?a=b", b"1.1", [(b"host", b"x"), (b"x-a", b"1, 2")])
    assert head == b"GET /ws?a=b HTTP/1.1\r\nhost: x\r\nx-a: 1, 2\r\n\r\n"
    assert read_head(head).target == "/ws?a=b"

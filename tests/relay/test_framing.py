from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.relay.imap.framing import Continue, Frame, FrameRefused, Receiver


def frames(data: bytes, step: int, limit: int = 1000) -> list[Frame | Continue | str]:
    """Feed data in pieces and return what came out, errors as their text."""
    receiver, found = Receiver(limit, limit), list[Frame | Continue | str]()
    for at in range(0, len(data), step):
        receiver.feed(data[at : at + step])
        try:
            while (event := receiver.next()) is not None:
                found.append(event)
        except FrameRefused as refusal:
            found.append(f"{refusal.tag.decode()} {refusal} {refusal.fatal}")
            if refusal.fatal:
                break
    return found


def test_a_line_is_a_frame_without_its_end() -> None:
    assert frames(b"a NOOP\r\nb NOOP\n", 100) == [Frame(b"a NOOP"), Frame(b"b NOOP")]


def test_a_literal_is_asked_for_and_kept_in_its_frame() -> None:
    data = b"a LOGIN {3}\r\nx\ry {2+}\r\n\r\n\r\n"
    whole = Frame(b"a LOGIN {3}\r\nx\ry {2+}\r\n\r\n")
    assert frames(data, 100) == [Continue(), whole]


def test_a_literal_that_looks_like_a_line_end_ends_nothing() -> None:
    assert frames(b"a X {6+}\r\nb Y\r\n!\r\n", 1) == [Frame(b"a X {6+}\r\nb Y\r\n!")]


def test_many_literals_in_one_command_do_not_exhaust_the_stack() -> None:
    data = b"a" + b" {0+}\r\n" * 3000 + b"\r\n"
    assert frames(data, len(data), 100_000) == [Frame(data[:-2])]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    (refused,) = frames(b"a " + b"x" * 5000, 64)
    assert refused == "a The command line is too long True"


def test_a_large_literal_that_was_not_sent_yet_is_refused_and_the_next_command_is_read() -> None:
    found = frames(b"a APPEND x {5000}\r\n", 100) + frames(b"b NOOP\r\n", 1)
    assert found == ["a More than 1000 bytes False", Frame(b"b NOOP")]


def test_a_large_literal_that_comes_unasked_ends_the_connection() -> None:
    assert frames(b"a APPEND x {5000+}\r\nxxx", 100) == ["a More than 1000 bytes True"]


@given(st.binary(max_size=300), st.integers(1, 7))
def test_any_bytes_give_the_same_frames_whole_and_in_pieces(data: bytes, step: int) -> None:
    assert frames(data, step) == frames(data, 1000)


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_commands_with_literals_come_out_as_they_went_in(literals: list[bytes]) -> None:
    command = b"a X" + b"".join(b" {%d+}\r\n%s" % (len(one), one) for one in literals)
    assert frames(command + b"\r\n", 1) == [Frame(command)]


def test_the_literal_limit_can_be_raised_after_the_login() -> None:
    receiver = Receiver(100, 10)
    receiver.literal_limit = 50
    receiver.feed(b"a X {40}\r\n")
    assert receiver.next() == Continue()
    receiver.feed(b"y" * 500)
    with pytest.raises(FrameRefused, match="too long"):
        receiver.next()

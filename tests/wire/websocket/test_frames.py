"""Frames as we write them."""

from __future__ import annotations

import pytest

from vestnik.wire.websocket import PING_FRAME, Opcode, encode_close, encode_frame, encode_pong


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, "8100"),
        (5, "8105"),
        (125, "817d"),
        (126, "817e007e"),
        (65535, "817effff"),
        (65536, "817f0000000000010000"),
    ],
)
def test_the_length_is_spelled_as_short_as_can_be(size: int, head: str) -> None:
    assert encode_frame(b"*" * size) == bytes.fromhex(head) + b"*" * size


def test_the_frames_of_the_specification_are_written_like_that() -> None:
    assert encode_frame(b"Hello") == bytes.fromhex("810548656c6c6f")
    assert encode_frame(b"Hello", Opcode.PING) == bytes.fromhex("890548656c6c6f")
    assert encode_frame(bytes(256), Opcode.BINARY)[:4] == bytes.fromhex("827e0100")


def test_a_ping_is_two_bytes_and_a_pong_has_its_payload() -> None:
    assert bytes.fromhex("8900") == PING_FRAME
    assert encode_pong(b"abc") == b"\x8a\x03abc"
    assert encode_pong() == b"\x8a\x00"


@pytest.mark.parametrize("opcode", [Opcode.PING, Opcode.PONG, Opcode.CLOSE])
def test_a_control_frame_that_is_too_long_is_not_written(opcode: Opcode) -> None:
    with pytest.raises(ValueError, match="at most 125"):
        encode_frame(bytes(126), opcode)


def test_a_goodbye_has_code_and_reason_or_neither() -> None:
    assert encode_close(1012, "restart") == b"\x88\x09\x03\xf4restart"
    assert encode_close(1000) == b"\x88\x02\x03\xe8"
    assert encode_close() == b"\x88\x00"


def test_a_long_reason_is_cut_between_two_characters() -> None:
    payload = encode_close(1008, "Ж" * 100)[2:]

    assert payload[2:].decode() == "Ж" * 61


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
def test_a_code_that_must_not_be_sent_is_not_sent(code: int) -> None:
    with pytest.raises(ValueError, match=str(code)):
        encode_close(code)

"""Frames of clients, case by case: the rules of RFC 6455 in the order of the Autobahn groups."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.wire.websocket.client_frames import MASK, by_byte, close, fragments, frame, read
from vestnik.errors import BadFrame
from vestnik.wire.websocket import (
    Binary,
    CloseFrame,
    FrameReader,
    Incoming,
    Opcode,
    PingFrame,
    PongFrame,
    Text,
)

BOTH_WAYS = pytest.mark.parametrize("feed", [read, by_byte])
Feed = Callable[[bytes], list[Incoming]]

MOST = 64 * 1024
LENGTHS = [0, 1, 124, 125, 126, 127, 128, 65535, 65536]
CONTROL = [Opcode.CLOSE, Opcode.PING, Opcode.PONG]


def failure(items: list[Incoming]) -> int:
    """Return the close code of the one error, which has to be the last item."""
    *others, last = items
    assert not any(isinstance(item, BadFrame) for item in others)
    assert isinstance(last, BadFrame)
    assert last.reason.endswith(".")
    assert len(last.reason.encode()) <= 123
    return last.close_code


# The examples of the specification


def test_the_masked_hello_of_the_specification_is_understood() -> None:
    assert read(bytes.fromhex("818537fa213d7f9f4d5158")) == [Text(b"Hello")]


def test_the_masked_pong_of_the_specification_is_understood() -> None:
    assert read(bytes.fromhex("8a8537fa213d7f9f4d5158")) == [PongFrame(b"Hello")]


# 1: framing


@BOTH_WAYS
@pytest.mark.parametrize("size", LENGTHS)
def test_text_of_every_kind_of_length_comes_through(size: int, feed: Feed) -> None:
    assert feed(frame(b"*" * size)) == [Text(b"*" * size)]


@BOTH_WAYS
@pytest.mark.parametrize("size", LENGTHS)
def test_binary_of_every_kind_of_length_comes_through(size: int, feed: Feed) -> None:
    assert feed(frame(b"\xfe" * size, Opcode.BINARY)) == [Binary(b"\xfe" * size)]


@BOTH_WAYS
def test_any_mask_is_taken_off(feed: Feed) -> None:
    masks = [bytes(4), b"\xff" * 4, b"\x01\x02\x03\x04", b"\x00\x00\x00\x80"]

    items = feed(b"".join(frame("Привет".encode(), mask=mask) for mask in masks))

    assert items == [Text("Привет".encode())] * 4


@BOTH_WAYS
@pytest.mark.parametrize("opcode", list(Opcode))
def test_a_frame_without_a_mask_is_against_the_rules(opcode: Opcode, feed: Feed) -> None:
    assert failure(feed(frame(b"ab", opcode, mask=None))) == 1002


@BOTH_WAYS
@pytest.mark.parametrize("length_bytes", [2, 8])
def test_a_length_may_be_spelled_longer_than_it_has_to_be(length_bytes: int, feed: Feed) -> None:
    assert feed(frame(b"short", length_bytes=length_bytes)) == [Text(b"short")]


@BOTH_WAYS
def test_a_length_whose_first_bit_is_set_is_against_the_rules(feed: Feed) -> None:
    assert failure(feed(b"\x81\xff\x80" + bytes(7) + MASK)) == 1002


def test_several_frames_of_one_read_come_in_order() -> None:
    data = frame(b"a") + frame(b"b", Opcode.PING) + frame(b"c", Opcode.BINARY) + frame(b"d")

    assert read(data) == [Text(b"a"), PingFrame(b"b"), Binary(b"c"), Text(b"d")]


def test_a_frame_that_ends_in_the_next_read_waits_for_it() -> None:
    reader = FrameReader()
    data = frame(b"first") + frame(b"second")

    assert reader.feed(data[:-3]) == [Text(b"first")]
    assert reader.feed(data[-3:] + frame(b"third")) == [Text(b"second"), Text(b"third")]


@pytest.mark.parametrize("size", [1, 60, 125, 126, 200, 65536])
def test_a_frame_may_be_cut_anywhere(size: int) -> None:
    data = frame(b"*" * size)

    for cut in range(min(len(data), 200)):
        reader = FrameReader()
        assert reader.feed(data[:cut]) == []
        assert reader.feed(data[cut:]) == [Text(b"*" * size)]


def test_what_looks_like_a_frame_within_a_frame_is_none() -> None:
    inner = frame(b"not a message")
    outer = frame(b"<" + inner + b">", Opcode.BINARY, mask=bytes(4))
    begin = outer.index(inner)
    reader = FrameReader()

    assert reader.feed(outer[:begin]) == []
    assert reader.feed(inner) == []
    assert reader.feed(b">") == [Binary(b"<" + inner + b">")]


def test_nothing_is_nothing() -> None:
    assert read(b"") == []


# 2: pings and pongs


@BOTH_WAYS
@pytest.mark.parametrize("payload", [b"", b"Hello", bytes(range(125)), b"\xfe" * 125])
def test_a_ping_keeps_its_payload(payload: bytes, feed: Feed) -> None:
    assert feed(frame(payload, Opcode.PING)) == [PingFrame(payload)]


@BOTH_WAYS
def test_pongs_that_nobody_asked_for_are_no_error(feed: Feed) -> None:
    data = frame(b"", Opcode.PONG) + frame(b"here", Opcode.PONG) + frame(b"?", Opcode.PING)

    assert feed(data) == [PongFrame(b""), PongFrame(b"here"), PingFrame(b"?")]


@BOTH_WAYS
def test_ten_pings_come_in_their_order(feed: Feed) -> None:
    payloads = [b"%d" % number for number in range(10)]

    items = feed(b"".join(frame(payload, Opcode.PING) for payload in payloads))

    assert items == [PingFrame(payload) for payload in payloads]


@BOTH_WAYS
@pytest.mark.parametrize("opcode", CONTROL)
@pytest.mark.parametrize("size", [126, 200, 70_000])
def test_a_control_frame_cannot_be_long(opcode: Opcode, size: int, feed: Feed) -> None:
    assert failure(feed(frame(b"\x03\xe8" + bytes(size - 2), opcode))) == 1002


@pytest.mark.parametrize("opcode", CONTROL)
def test_a_control_frame_that_is_too_long_is_refused_by_its_second_byte(opcode: Opcode) -> None:
    assert failure(read(bytes((0x80 | opcode, 0xFE)))) == 1002


# 3: reserved bits


@BOTH_WAYS
@pytest.mark.parametrize("reserved", range(1, 8))
@pytest.mark.parametrize("opcode", list(Opcode))
def test_a_reserved_bit_is_against_the_rules(reserved: int, opcode: Opcode, feed: Feed) -> None:
    assert failure(feed(frame(b"\x03\xe8", opcode, reserved=reserved))) == 1002


@BOTH_WAYS
def test_what_came_before_a_reserved_bit_is_not_lost(feed: Feed) -> None:
    first, error = feed(frame(b"good") + frame(b"bad", reserved=4))

    assert first == Text(b"good")
    assert isinstance(error, BadFrame)


# 4: opcodes


@BOTH_WAYS
@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved"])
def test_a_reserved_opcode_is_against_the_rules(opcode: int, payload: bytes, feed: Feed) -> None:
    items = feed(frame(b"good") + frame(payload, opcode) + frame(b"", Opcode.PING))

    assert items[0] == Text(b"good")
    assert failure(items) == 1002


# 5: fragmentation


@BOTH_WAYS
@pytest.mark.parametrize("opcode", CONTROL)
def test_a_control_frame_cannot_be_fragmented(opcode: Opcode, feed: Feed) -> None:
    data = frame(b"\x03\xe8", opcode, is_last=False) + frame(b"!", Opcode.CONTINUATION)

    assert failure(feed(data)) == 1002


@BOTH_WAYS
@pytest.mark.parametrize("pieces", [[b"ab", b"cd"], [b"", b""], [b"", b"ab", b""], [b"a"] * 300])
def test_fragments_are_put_together(pieces: list[bytes], feed: Feed) -> None:
    whole = b"".join(pieces)

    assert feed(b"".join(fragments(pieces))) == [Text(whole)]
    assert feed(b"".join(fragments(pieces, Opcode.BINARY))) == [Binary(whole)]


@BOTH_WAYS
def test_control_frames_may_come_between_fragments(feed: Feed) -> None:
    first, second, third = fragments([b"fragment1", b"fragment2", b"fragment3"])
    ping, pong = frame(b"?", Opcode.PING), frame(b"!", Opcode.PONG)

    items = feed(first + ping + second + pong + ping + third)

    whole = Text(b"fragment1fragment2fragment3")
    assert items == [PingFrame(b"?"), PongFrame(b"!"), PingFrame(b"?"), whole]


@BOTH_WAYS
def test_a_close_between_fragments_ends_everything(feed: Feed) -> None:
    first, second = fragments([b"never", b"read"])

    assert feed(first + close(1001) + second) == [CloseFrame(1001)]


@BOTH_WAYS
@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("before", [b"", frame(b"whole"), b"".join(fragments([b"a", b"b"]))])
def test_there_has_to_be_something_to_continue(is_last: bool, before: bytes, feed: Feed) -> None:
    data = before + frame(b"more", Opcode.CONTINUATION, is_last=is_last) + frame(b"text")

    assert failure(feed(data)) == 1002


@BOTH_WAYS
@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
@pytest.mark.parametrize("is_last", [True, False])
def test_a_message_cannot_begin_within_another(opcode: Opcode, is_last: bool, feed: Feed) -> None:
    begun = frame(b"begun", is_last=False)

    assert failure(feed(begun + frame(b"other", opcode, is_last=is_last))) == 1002


def test_a_message_cannot_begin_within_another_that_came_in_an_earlier_read() -> None:
    reader = FrameReader()

    assert reader.feed(frame(b"begun", is_last=False)) == []
    assert failure(reader.feed(frame(b"other"))) == 1002


@BOTH_WAYS
def test_after_a_fragmented_message_comes_the_next(feed: Feed) -> None:
    pieces = b"".join(fragments([b"a", b"b"]))

    assert feed(pieces + frame(b"c") + pieces) == [Text(b"ab"), Text(b"c"), Text(b"ab")]


# 6: UTF-8

VALID = [
    "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "κόσμε".encode(),
    "Уведомления".encode(),
    b"\x00",
    b"\x7f",
    b"\xc2\x80",
    b"\xdf\xbf",
    b"\xe0\xa0\x80",
    b"\xed\x9f\xbf",
    b"\xee\x80\x80",
    b"\xef\xbf\xbd",
    b"\xef\xbf\xbf",
    b"\xef\xbb\xbf",
    b"\xf0\x90\x80\x80",
    b"\xf4\x8f\xbf\xbf",
]
INVALID = [
    b"\x80",
    b"\xbf\xbf",
    b"a\x80b",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xc2",
    b"\xc2\x20",
    b"\xe0\x80\xaf",
    b"\xe0\x9f\xbf",
    b"\xe1\x80",
    b"\xed\xa0\x80",
    b"\xed\xaf\xbf\xed\xbf\xbf",
    b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf",
    b"\xf0\x90\x80",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64",
]


@BOTH_WAYS
@pytest.mark.parametrize("text", VALID)
def test_utf_8_comes_through_whole_and_in_pieces_of_a_byte(text: bytes, feed: Feed) -> None:
    pieces = [text[at : at + 1] for at in range(len(text))]

    assert feed(frame(text)) == [Text(text)]
    assert feed(b"".join(fragments([*pieces, b""]))) == [Text(text)]


@BOTH_WAYS
@pytest.mark.parametrize("text", INVALID)
def test_other_bytes_are_no_text_whole_or_in_pieces_of_a_byte(text: bytes, feed: Feed) -> None:
    pieces = [text[at : at + 1] for at in range(len(text))]

    assert failure(feed(frame(text))) == 1007
    assert failure(feed(frame(text + b"*" * 200))) == 1007
    assert failure(feed(b"".join(fragments([*pieces, b""])))) == 1007


def test_text_that_can_never_become_utf_8_is_refused_before_its_last_fragment() -> None:
    reader = FrameReader()

    assert reader.feed(frame("κόσμε".encode(), is_last=False)) == []
    assert failure(reader.feed(frame(b"\xf4\x90", Opcode.CONTINUATION, is_last=False))) == 1007


def test_binary_may_be_anything() -> None:
    assert read(frame(b"\xff\xfe", Opcode.BINARY)) == [Binary(b"\xff\xfe")]


def test_a_ping_between_the_bytes_of_a_character_does_not_disturb_it() -> None:
    first, second = fragments([b"\xd0", b"\x96"])

    assert read(first + frame(b"\xff", Opcode.PING) + second) == [
        PingFrame(b"\xff"),
        Text("Ж".encode()),
    ]


# 7: closing


@BOTH_WAYS
def test_nothing_counts_after_a_close(feed: Feed) -> None:
    data = frame(b"before") + close(1000) + frame(b"after") + frame(b"", Opcode.PING) + b"\xff\xff"

    assert feed(data) == [Text(b"before"), CloseFrame(1000)]


def test_nothing_counts_after_an_error() -> None:
    reader = FrameReader()

    assert failure(reader.feed(b"\xff")) == 1002
    assert reader.feed(frame(b"after")) == []


@BOTH_WAYS
def test_a_close_may_be_empty(feed: Feed) -> None:
    assert feed(frame(b"", Opcode.CLOSE)) == [CloseFrame(None)]


@BOTH_WAYS
def test_a_close_cannot_have_half_a_code(feed: Feed) -> None:
    assert failure(feed(frame(b"\x03", Opcode.CLOSE))) == 1002


@BOTH_WAYS
@pytest.mark.parametrize("reason", ["", "bye", "до свидания", "x" * 123])
def test_a_close_may_have_a_reason(reason: str, feed: Feed) -> None:
    assert feed(close(1000, reason.encode())) == [CloseFrame(1000, reason)]


@BOTH_WAYS
def test_a_reason_cannot_be_longer_than_a_control_frame(feed: Feed) -> None:
    assert failure(feed(close(1000, b"x" * 124))) == 1002


@BOTH_WAYS
@pytest.mark.parametrize("reason", INVALID)
def test_a_reason_has_to_be_utf_8(reason: bytes, feed: Feed) -> None:
    assert failure(feed(close(1000, reason))) == 1007


@BOTH_WAYS
@pytest.mark.parametrize(
    "code",
    [
        *[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014],
        *[3000, 3999, 4000, 4999],
    ],
)
def test_codes_that_may_be_sent_are_understood(code: int, feed: Feed) -> None:
    assert feed(close(code)) == [CloseFrame(code)]


@BOTH_WAYS
@pytest.mark.parametrize(
    "code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
)
def test_codes_that_may_not_be_sent_are_against_the_rules(code: int, feed: Feed) -> None:
    assert failure(feed(close(code))) == 1002


# 9 and 10: sizes


@pytest.mark.parametrize("piece", [64, 256, 1024, 1300, 4096, 16384, 65536])
def test_the_longest_message_comes_through_in_pieces_of_any_size(piece: int) -> None:
    whole = "Ж".encode() * (MOST // 2)
    pieces = [whole[at : at + piece] for at in range(0, MOST, piece)]

    assert read(b"".join(fragments(pieces))) == [Text(whole)]
    assert read(b"".join(fragments(pieces, Opcode.BINARY))) == [Binary(whole)]


def test_a_message_that_is_one_byte_too_long_is_refused_by_its_head() -> None:
    assert failure(read(frame(b"*" * (MOST + 1))[:14])) == 1009


def test_a_message_of_eight_exabytes_is_refused_by_its_head() -> None:
    assert failure(read(b"\x82\xff\x7f" + b"\xff" * 7 + MASK)) == 1009


def test_fragments_count_together() -> None:
    reader = FrameReader(max_message=10)

    assert reader.feed(frame(b"12345", is_last=False)) == []
    assert reader.feed(frame(b"67890", Opcode.CONTINUATION, is_last=False)) == []
    assert failure(reader.feed(frame(b"!", Opcode.CONTINUATION)[:6])) == 1009


def test_control_frames_do_not_count_as_part_of_a_message() -> None:
    first, second = fragments([b"12345", b"67890"])
    data = first + frame(b"*" * 100, Opcode.PING) + second

    assert read(data, 10) == [PingFrame(b"*" * 100), Text(b"1234567890")]


@pytest.mark.parametrize("size", [0, 3, 4])
def test_the_limit_holds_for_short_messages_too(size: int) -> None:
    text = b"*" * size

    if size > 3:
        assert failure(read(frame(text), 3)) == 1009
    else:
        assert read(frame(text), 3) == [Text(text)]


# What a reader keeps


def test_an_idle_reader_keeps_nothing() -> None:
    reader = FrameReader()
    before = [getattr(reader, name) for name in reader.__slots__]

    reader.feed(frame(b"x" * 1000)[:500])
    reader.feed(frame(b"x" * 1000)[500:] + b"".join(fragments([b"a", b"b"])))

    assert [getattr(reader, name) for name in reader.__slots__] == before
    assert not hasattr(reader, "__dict__")


def test_a_reader_that_is_over_keeps_nothing() -> None:
    reader = FrameReader()

    reader.feed(frame(b"x" * 1000, is_last=False) + b"\xff" + bytes(1000))

    assert not any(isinstance(getattr(reader, n), bytearray) for n in reader.__slots__)
    assert reader.feed(bytes(1000)) == []

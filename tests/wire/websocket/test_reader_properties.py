"""What holds for frames of any kind, in reads of any size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.wire.websocket.client_frames import by_byte, comparable, fragments, frame, read
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
    encode_close,
    encode_frame,
)

MASKS = st.binary(min_size=4, max_size=4)
CONTROLS = st.builds(PingFrame, st.binary(max_size=125)) | st.builds(
    PongFrame, st.binary(max_size=125)
)


@st.composite
def conversations(draw: st.DrawFn) -> tuple[bytes, list[Incoming]]:
    """A row of messages, fragmented somehow, with control frames between, and what they mean."""
    data, expected = b"", list[Incoming]()
    for _ in range(draw(st.integers(0, 5))):
        text = draw(st.none() | st.text(max_size=200))
        payload = draw(st.binary(max_size=200)) if text is None else text.encode()
        opcode = Opcode.BINARY if text is None else Opcode.TEXT
        cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=4)))
        pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        for piece in fragments(pieces, opcode):
            for control in draw(st.lists(CONTROLS, max_size=2)):
                number = Opcode.PING if isinstance(control, PingFrame) else Opcode.PONG
                data += frame(control.payload, number, mask=draw(MASKS))
                expected.append(control)
            data += piece
        expected.append(Binary(payload) if text is None else Text(payload))
    return data, expected


@st.composite
def strange_bytes(draw: st.DrawFn) -> bytes:
    """Frames that are right, nearly right, or none at all."""
    strange_frames = st.builds(
        frame,
        st.binary(max_size=130),
        st.integers(0, 15),
        is_last=st.booleans(),
        reserved=st.sampled_from([0] * 9 + [1, 4]),
        mask=st.none() | MASKS,
        length_bytes=st.sampled_from([None, None, None, 2, 8]),
    )
    good, _ = draw(conversations())
    rest = draw(st.lists(strange_frames | st.binary(max_size=20), max_size=6))
    return good[: draw(st.integers(0, len(good)))] + b"".join(rest)


def in_reads(data: bytes, cuts: list[int]) -> list[Incoming]:
    reader = FrameReader()
    places = sorted(cut % (len(data) + 1) for cut in cuts)
    pairs = zip([0, *places], [*places, len(data)], strict=True)
    return [item for a, b in pairs for item in reader.feed(data[a:b])]


@given(conversations(), st.lists(st.integers(0, 1 << 16), max_size=8))
def test_messages_come_through_however_they_are_cut(
    conversation: tuple[bytes, list[Incoming]], cuts: list[int]
) -> None:
    data, expected = conversation

    assert in_reads(data, cuts) == expected
    assert by_byte(data) == expected


@given(strange_bytes() | st.binary(max_size=300))
def test_any_bytes_give_the_same_whole_and_byte_by_byte_and_at_most_one_error(data: bytes) -> None:
    items = read(data)

    assert comparable(by_byte(data)) == comparable(items)
    assert not any(isinstance(item, BadFrame | CloseFrame) for item in items[:-1])
    if items and isinstance(items[-1], BadFrame):
        assert items[-1].close_code in (1002, 1007, 1009)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_text_is_refused_exactly_if_it_is_no_utf_8(payload: bytes, cut: int) -> None:
    try:
        payload.decode()
        is_text = True
    except UnicodeDecodeError:
        is_text = False

    for data in (frame(payload), b"".join(fragments([payload[:cut], payload[cut:]]))):
        (item,) = read(data)
        assert (item == Text(payload)) if is_text else isinstance(item, BadFrame)


@given(st.binary(max_size=100), st.integers(0, 100))
def test_no_message_is_longer_than_allowed(payload: bytes, limit: int) -> None:
    (item,) = read(frame(payload, Opcode.BINARY), limit)

    if len(payload) <= limit:
        assert item == Binary(payload)
    else:
        assert isinstance(item, BadFrame)
        assert item.close_code == 1009


@given(st.binary(max_size=70_000), MASKS)
def test_our_frames_have_the_head_that_a_client_s_would_have_without_the_mask(
    payload: bytes, mask: bytes
) -> None:
    ours = encode_frame(payload, Opcode.BINARY)

    assert ours == frame(payload, Opcode.BINARY, mask=None)
    assert len(frame(payload, Opcode.BINARY, mask=mask)) == len(ours) + 4


@given(st.sampled_from([1000, 1001, 1008, 1012, 3000, 4999]), st.text(max_size=200))
def test_a_goodbye_of_ours_is_always_right_and_keeps_the_begin_of_its_reason(
    code: int, reason: str
) -> None:
    head, payload = encode_close(code, reason)[:2], encode_close(code, reason)[2:]
    told = payload[2:].decode()

    assert head == bytes((0x88, len(payload)))
    assert len(payload) <= 125
    assert payload[:2] == code.to_bytes(2, "big")
    assert reason.startswith(told)
    assert told == reason or len(reason[: len(told) + 1].encode()) > 123

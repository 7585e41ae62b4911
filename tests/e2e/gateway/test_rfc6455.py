"""The cases of Autobahn's list, on the gateway as its operator runs it, frame by frame.

What Autobahn's echo shows, the gateway's own answers show here: a Pong has the payload of its Ping,
``pong`` answers a text message that is whole, and the error about an unknown event names it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest
import pytest_asyncio

from tests.e2e.gateway.process import Gateway, running
from tests.e2e.gateway.raw import UPGRADE, Peer, connected, frame, talking

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MOST = 64 * 1024
SAY = b'{"event":"ping"}'
HEARD = {"event": "pong", "data": {}}
HELLO = "Hello-µ@ßöäüàá-UTF-8!!"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    async with running(tmp_path_factory.mktemp("rfc") / "data") as gateway:
        yield gateway
        assert "Traceback" not in gateway.log


@pytest_asyncio.fixture(loop_scope="module")
async def peer(gateway: Gateway) -> AsyncIterator[Peer]:
    async with talking(gateway) as peer:
        yield peer


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def fragments(payload: bytes, size: int, opcode: int = TEXT) -> list[bytes]:
    """Spell a message in fragments of a size."""
    parts = list(in_pieces(payload, size))
    return [
        frame(part, CONTINUED if at else opcode, last=at == len(parts) - 1)
        for at, part in enumerate(parts)
    ]


def named(name: str) -> bytes:
    """A message whose answer repeats a name."""
    return json.dumps({"event": name}, ensure_ascii=False).encode()


async def hears(peer: Peer, name: str) -> bool:
    error = await peer.hear()
    return error["event"] == "error" and repr(name) in error["data"]["message"]


async def is_failed(peer: Peer, code: int) -> bool:
    """Say whether the server ends the connection with a code, and nothing after it."""
    close = await peer.frame()
    assert (close.opcode, close.code) == (CLOSE, code), close
    assert close.payload[2:].decode()
    await peer.send(frame(b"\x03\xe8", CLOSE))
    return await peer.closed() == b""


async def still_talks(peer: Peer) -> bool:
    await peer.send(frame(b"still there?", PING))
    pong = await peer.frame()
    return (pong.opcode, pong.payload) == (PONG, b"still there?")


# 1: framing


@pytest.mark.parametrize("chop", [MOST * 2, 997], ids=["whole", "chopped"])
@pytest.mark.parametrize("size", [16, 125, 126, 127, 128, 65535, 65536])
async def test_1_1_text_of_any_size_is_understood(peer: Peer, size: int, chop: int) -> None:
    await peer.send(*in_pieces(frame(SAY.ljust(size)), chop))
    assert await peer.hear() == HEARD
    assert await still_talks(peer)


async def test_1_1_text_byte_by_byte_is_understood(peer: Peer) -> None:
    await peer.send(*in_pieces(frame(SAY.ljust(300)), 1))
    assert await peer.hear() == HEARD


async def test_1_1_an_empty_text_is_a_message(peer: Peer) -> None:
    await peer.send(frame(b""))
    assert (await peer.hear())["event"] == "error"
    assert await still_talks(peer)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536])
async def test_1_2_binary_of_any_size_is_refused_and_ends_nothing(peer: Peer, size: int) -> None:
    await peer.send(frame(b"\xfe" * size, BINARY))
    assert (await peer.hear())["event"] == "error"
    assert await still_talks(peer)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
async def test_1_3_a_message_that_is_too_long_fails_by_its_head(peer: Peer, opcode: int) -> None:
    await peer.send(frame(b" " * (MOST + 1), opcode)[:20])
    assert await is_failed(peer, 1009)


async def test_1_3_nor_do_fragments_get_around_it(peer: Peer) -> None:
    await peer.send(*fragments(b" " * (MOST + 1), 8192))
    assert await is_failed(peer, 1009)


async def test_1_4_a_length_may_be_spelled_longer_than_needed(peer: Peer) -> None:
    await peer.send(frame(SAY, wide=2), frame(SAY, wide=8))
    assert [await peer.hear(), await peer.hear()] == [HEARD, HEARD]


async def test_1_5_a_length_with_its_first_bit_fails(peer: Peer) -> None:
    await peer.send(b"\x81\xff" + b"\x80" + b"\x00" * 7 + b"mask")
    assert await is_failed(peer, 1002)


async def test_1_6_the_server_masks_nothing_and_uses_no_reserved_bit(peer: Peer) -> None:
    await peer.send(frame(SAY), frame(b"x", PING), frame(b"\x03\xe8", CLOSE))
    assert [(await peer.frame()).first for _ in range(3)] == [0x81, 0x8A, 0x88]


@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE])
async def test_1_7_a_frame_without_a_mask_fails(peer: Peer, opcode: int) -> None:
    await peer.send(frame(b"", opcode, mask=None))
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01"])
async def test_1_7_any_mask_will_do(peer: Peer, mask: bytes) -> None:
    await peer.send(frame(SAY, mask=mask))
    assert await peer.hear() == HEARD


# 2: pings and pongs

PINGS = (b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 124, b"\xfe" * 125)


@pytest.mark.parametrize("chop", [1000, 1], ids=["whole", "chopped"])
@pytest.mark.parametrize("payload", PINGS, ids=len)
async def test_2_a_ping_is_answered_with_its_payload(peer: Peer, payload: bytes, chop: int) -> None:
    await peer.send(*in_pieces(frame(payload, PING), chop))
    pong = await peer.frame()
    assert (pong.opcode, pong.payload) == (PONG, payload)


async def test_2_every_length_of_a_ping_is_answered_in_order(peer: Peer) -> None:
    payloads = [bytes(range(size)) for size in range(126)]
    await peer.send(b"".join(frame(payload, PING) for payload in payloads))
    assert [(await peer.frame()).payload for _ in payloads] == payloads


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
@pytest.mark.parametrize("size", [126, 127, 70_000])
async def test_2_5_a_control_frame_that_is_too_long_fails(
    peer: Peer, opcode: int, size: int
) -> None:
    await peer.send(frame(b"\x03\xe8" + b"x" * (size - 2), opcode)[:14])
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("payload", [b"", b"unsolicited pong payload"])
async def test_2_7_a_pong_that_nobody_asked_for_is_passed_over(peer: Peer, payload: bytes) -> None:
    await peer.send(frame(payload, PONG), frame(b"x", PING), frame(payload, PONG))
    assert (await peer.frame()).opcode == PONG
    assert await still_talks(peer)


# 3 and 4: reserved bits and opcodes


@pytest.mark.parametrize("reserved", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE])
async def test_3_reserved_bits_fail(peer: Peer, reserved: int, opcode: int) -> None:
    await peer.send(frame(SAY), frame(b"", opcode, reserved=reserved), frame(b"x", PING))
    assert await peer.hear() == HEARD
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved"])
async def test_4_reserved_opcodes_fail(peer: Peer, opcode: int, payload: bytes) -> None:
    await peer.send(frame(SAY), frame(payload, opcode), frame(b"x", PING))
    assert await peer.hear() == HEARD
    assert await is_failed(peer, 1002)


async def test_4_what_fails_is_known_by_its_first_byte(peer: Peer) -> None:
    await peer.send(b"\x83")
    assert await is_failed(peer, 1002)


# 5: fragments


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
async def test_5_1_a_control_frame_in_fragments_fails(peer: Peer, opcode: int) -> None:
    await peer.send(frame(b"frag", opcode, last=False), frame(b"ment", CONTINUED))
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("chop", [10_000, 1], ids=["whole", "chopped"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 15])
async def test_5_3_a_text_in_fragments_is_one_message(peer: Peer, size: int, chop: int) -> None:
    await peer.send(*in_pieces(b"".join(fragments(SAY, size)), chop))
    assert await peer.hear() == HEARD
    assert await still_talks(peer)


async def test_5_4_binary_in_fragments_is_one_message(peer: Peer) -> None:
    await peer.send(*fragments(b"\xfe" * 99, 10, BINARY))
    assert (await peer.hear())["event"] == "error"
    assert await still_talks(peer)


async def test_5_6_control_frames_between_fragments_are_answered_first(peer: Peer) -> None:
    for at, part in enumerate(fragments(SAY, 3)):
        await peer.send(part if at == 0 else frame(b"%d" % at, PING) + frame(b"", PONG) + part)
    pongs = [await peer.frame() for _ in range(len(SAY) // 3)]
    assert [pong.payload for pong in pongs] == [b"1", b"2", b"3", b"4", b"5"]
    assert await peer.hear() == HEARD


async def test_5_8_empty_fragments_are_fragments(peer: Peer) -> None:
    empty = frame(b"", CONTINUED, last=False)
    start = frame(b"", TEXT, last=False)
    await peer.send(start, empty, frame(SAY, CONTINUED, last=False), frame(b"", CONTINUED))
    assert await peer.hear() == HEARD


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("payload", [b"", b"non-continuation payload"])
async def test_5_9_a_continuation_of_nothing_fails(peer: Peer, payload: bytes, last: bool) -> None:
    await peer.send(frame(SAY), frame(payload, CONTINUED, last=last), frame(SAY))
    assert await peer.hear() == HEARD
    assert await is_failed(peer, 1002)


async def test_5_14_a_continuation_after_the_last_one_fails(peer: Peer) -> None:
    await peer.send(*fragments(SAY, 9), frame(b"more", CONTINUED, last=False))
    assert await peer.hear() == HEARD
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("last", [True, False])
async def test_5_18_a_new_message_inside_another_fails(peer: Peer, opcode: int, last: bool) -> None:
    await peer.send(frame(b"frag", TEXT, last=False), frame(b"ment", opcode, last=last))
    assert await is_failed(peer, 1002)


async def test_5_19_a_ping_is_answered_while_a_message_is_open_for_long(peer: Peer) -> None:
    await peer.send(frame(SAY[:8], TEXT, last=False))
    assert await still_talks(peer)
    await peer.send(frame(SAY[8:12], CONTINUED, last=False))
    assert await still_talks(peer)
    await peer.send(frame(SAY[12:], CONTINUED))
    assert await peer.hear() == HEARD


async def test_5_20_a_close_between_fragments_is_answered(peer: Peer) -> None:
    await peer.send(frame(SAY[:8], TEXT, last=False), frame(b"\x03\xe8", CLOSE))
    assert (await peer.frame()).payload == b"\x03\xe8"
    assert await peer.closed() == b""


# 6: UTF-8

NAMES = (
    HELLO,
    "κόσμε",
    "\x7f\u0080\u07ff\u0800\uffff",
    "\U00010000\U0010ffff",
    "\ud7ff\ue000\ufffd",
    "\ufdd0\ufffe\U0001fffe",
)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_6_2_valid_text_split_at_every_byte_comes_back_whole(peer: Peer, name: str) -> None:
    text = named(name)
    assert len(name) <= 40
    await peer.send(frame(text))
    assert await hears(peer, name)
    await peer.send(*fragments(text, 1))
    assert await hears(peer, name)
    for at in range(1, len(text)):
        await peer.send(frame(text[:at], last=False), frame(text[at:], CONTINUED))
        assert await hears(peer, name)


BAD = (
    b"\x80",
    b"\xbf",
    b"\xc0\xaf",
    b"\xc1\xbf",
    b"\xc3",
    b"\xc3\x28",
    b"\xe0\x80\xaf",
    b"\xe0\x9f\xbf",
    b"\xe2\x82",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf",
    b"\xf0\x9f\x98",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
)


@pytest.mark.parametrize("bad", BAD, ids=bytes.hex)
async def test_6_3_text_that_is_no_utf_8_fails(gateway: Gateway, bad: bytes) -> None:
    ways: Iterable[list[bytes]] = (
        [frame(bad)],
        [frame(b'{"event":"' + bad + b'"}')],
        [frame(b"x" * 200 + bad)],
        fragments(b"xx" + bad, 1),
    )
    for parts in ways:
        async with talking(gateway) as peer:
            await peer.send(frame(SAY), *parts, frame(SAY))
            assert await peer.hear() == HEARD
            assert await is_failed(peer, 1007)


async def test_6_4_it_fails_at_once_not_at_the_end_of_the_message(peer: Peer) -> None:
    await peer.send(frame(b"\xce\xba\xe1\xbd\xb9", last=False))
    assert await still_talks(peer)
    await peer.send(frame(b"\xf4\x90", CONTINUED, last=False))
    assert await is_failed(peer, 1007)


async def test_6_5_a_character_that_does_not_end_fails_at_the_end(peer: Peer) -> None:
    await peer.send(frame(b"\xce\xba\xe1\xbd", last=False))
    assert await still_talks(peer)
    await peer.send(frame(b"", CONTINUED))
    assert await is_failed(peer, 1007)


async def test_6_6_binary_need_not_be_utf_8(peer: Peer) -> None:
    await peer.send(*fragments(b"\xff\xfe\xed\xa0\x80", 2, BINARY))
    assert (await peer.hear())["event"] == "error"
    assert await still_talks(peer)


# 7: closing

GOOD_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
BAD_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)


def closing(code: int, reason: bytes = b"") -> bytes:
    return code.to_bytes(2, "big") + reason


@pytest.mark.parametrize(
    "payload",
    [b"", *map(closing, GOOD_CODES), closing(1000, HELLO.encode()), closing(1000, b"x" * 123)],
    ids=lambda payload: f"{int.from_bytes(payload[:2], 'big')}-{len(payload)}",
)
async def test_7_1_a_close_is_answered_with_the_same_and_ends_the_connection(
    peer: Peer, payload: bytes
) -> None:
    await peer.send(frame(SAY), frame(payload, CLOSE))
    assert await peer.hear() == HEARD
    close = await peer.frame()
    assert (close.opcode, close.payload) == (CLOSE, payload)
    assert await peer.closed() == b""


@pytest.mark.parametrize(
    "after", [frame(SAY), frame(b"x", PING), frame(b"\x03\xe9", CLOSE), b"\xff"]
)
async def test_7_1_what_comes_after_a_close_is_passed_over(peer: Peer, after: bytes) -> None:
    await peer.send(frame(b"\x03\xe8", CLOSE) + after)
    assert (await peer.frame()).payload == b"\x03\xe8"
    assert await peer.closed() == b""


async def test_7_1_a_close_and_what_was_said_before_it_in_fragments(peer: Peer) -> None:
    await peer.send(b"".join([*fragments(SAY, 4), frame(b"", CLOSE)]))
    assert await peer.hear() == HEARD
    assert (await peer.frame()).payload == b""
    assert await peer.closed() == b""


@pytest.mark.parametrize("payload", [b"\x03", *map(closing, BAD_CODES)], ids=bytes.hex)
async def test_7_9_a_close_with_a_bad_code_fails(peer: Peer, payload: bytes) -> None:
    await peer.send(frame(payload, CLOSE))
    assert await is_failed(peer, 1002)


@pytest.mark.parametrize("reason", [b"\xff", b"\xce\xba\xed\xa0\x80", b"\xe2\x82"], ids=bytes.hex)
async def test_7_5_a_close_with_a_reason_that_is_no_utf_8_fails(peer: Peer, reason: bytes) -> None:
    await peer.send(frame(closing(1000, reason), CLOSE))
    assert await is_failed(peer, 1007)


async def test_7_a_client_that_says_no_more_without_a_close_is_answered_and_let_go(
    peer: Peer,
) -> None:
    await peer.send(frame(SAY), frame(b"x", PING))
    peer.writer.write_eof()
    assert await peer.hear() == HEARD
    assert (await peer.frame()).payload == b"x"
    assert await peer.closed() == b""


async def test_7_a_client_that_ends_in_the_middle_of_a_frame_is_let_go(peer: Peer) -> None:
    await peer.send(frame(SAY)[:10])
    peer.writer.write_eof()
    assert await peer.closed() == b""


# 10: messages in many fragments


@pytest.mark.parametrize("size", [1, 1300, 4096, 65535])
async def test_10_a_message_of_the_largest_size_in_fragments_is_understood(
    peer: Peer, size: int
) -> None:
    length = MOST if size > 1 else 150
    await peer.send(b"".join(fragments(SAY.ljust(length), size)))
    assert await peer.hear() == HEARD
    assert await still_talks(peer)


# The beginning


async def test_frames_right_behind_the_handshake_are_not_lost(gateway: Gateway) -> None:
    whole = UPGRADE + b"\r\n" + frame(SAY) + frame(b"x", PING) + frame(SAY)[:5]
    for chop in (len(whole), 50, 1):
        async with connected(gateway) as peer:
            await peer.send(*in_pieces(whole, chop))
            answer = await peer.answer()
            assert answer.status == 101
            assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
            await peer.send(frame(SAY)[5:])
            assert await peer.hear() == HEARD
            assert (await peer.frame()).payload == b"x"
            assert await peer.hear() == HEARD


async def test_no_extension_and_no_subprotocol_is_agreed_on(gateway: Gateway) -> None:
    offers = (
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        b"Sec-WebSocket-Protocol: chat, superchat\r\n\r\n"
    )
    async with connected(gateway) as peer:
        await peer.send(UPGRADE + offers)
        answer = await peer.answer()
        assert answer.status == 101
        assert not {"sec-websocket-extensions", "sec-websocket-protocol"} & answer.headers.keys()
        await peer.send(frame(SAY, reserved=4))
        assert await is_failed(peer, 1002)

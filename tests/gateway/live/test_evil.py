"""Clients that mean no good, or know no better."""

import asyncio
import json

import pytest

from tests.gateway.live.stage import HEAD, Stage, frame, text, until, ups
from vestnik.gateway.live import LiveOptions
from vestnik.wire.websocket import encode_close


async def test_the_handshake_and_the_frames_may_come_byte_by_byte(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.send_bytewise(HEAD + text({"event": "auth", "data": {"token": stage.token()}}))
        answer = await raw.until(b"}}")
        await raw.send_bytewise(frame(b"", 8))
        goodbye = await raw.rest()
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b'"event":"hello"' in answer
    assert goodbye == encode_close()


async def test_everything_may_come_at_once(stage: Stage) -> None:
    auth = text({"event": "auth", "data": {"token": stage.token()}})
    async with await stage.raw() as raw:
        await raw.send(HEAD + text({"event": "ping"}) + auth)
        await raw.until(b'{"event":"pong","data":{}}')
        assert b"hello" in await raw.until(b"}}")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"\x81\x01a", 1002),
        (frame(b"", 3), 1002),
        (frame(b"", 1, first=0xC0), 1002),
        (frame(b"x" * 126, 9), 1002),
        (frame(b"\xff"), 1007),
        (frame(b"x" * 65_537), 1009),
        (frame(b"x" * 65_537)[:14], 1009),
        (frame(b"", 0), 1002),
        (frame(b"\x03\xee", 8), 1002),
    ],
)
async def test_who_breaks_the_rules_is_told_so_and_nobody_else_is_hurt(
    stage: Stage, said: bytes, code: int
) -> None:
    async with stage.client() as other, await stage.raw() as raw:
        await raw.upgrade()
        await raw.authenticate(stage.token())
        await raw.send(said)
        rest = await raw.rest()
        assert rest[0] == 0x88
        assert rest[2:4] == code.to_bytes(2, "big")
        await stage.publish(1)
        assert ups(await other.sync()) == [1]


@pytest.mark.parametrize(
    "bomb",
    [b"[" * 60_000, b'{"event":"auth","data":' + b'{"a":' * 10_000, b'{"event":' + b"9" * 60_000],
)
async def test_a_bomb_of_json_is_an_error_and_the_connection_stays(
    stage: Stage, bomb: bytes
) -> None:
    async with stage.client() as client:
        await client.socket.send(bomb, text=True)
        answer = (await client.hear())["data"]
        assert isinstance(answer, dict)
        assert answer["code"] == 5
        await stage.publish(1)
        assert ups(await client.sync()) == [1]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD.replace(b"GET", b"POST"), 405),
        (HEAD.replace(b"Upgrade: websocket\r\n", b""), 426),
        (HEAD.replace(b"Version: 13", b"Version: 8"), 426),
        (HEAD.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"), 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000, 431),
    ],
)
async def test_a_bad_handshake_is_answered_and_closed(
    stage: Stage, head: bytes, status: int
) -> None:
    async with await stage.raw() as raw:
        await raw.send(head)
        answer = await raw.rest()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert stage.hub.stats.refused == 1


async def test_who_sends_no_head_is_dropped(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.send(HEAD[:20])
        await stage.until(lambda stats: stats.connections == 1)
        await stage.clock.advance(9)
        assert stage.hub.stats.connections == 1
        await stage.clock.advance(2)
        assert await raw.rest_or_reset() == b""


async def test_who_does_not_say_in_time_who_it_is_is_told_so_and_closed(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.upgrade()
        for _ in range(9):
            await raw.send(text({"event": "ping"}))
            await raw.until(b'{"event":"pong","data":{}}')
            await stage.clock.advance(1)
        await stage.clock.advance(2)
        assert (await raw.receive())[2:4] == (1008).to_bytes(2, "big")
        await stage.clock.advance(6)
        assert await raw.rest_or_reset() == b""
    await stage.until(lambda stats: stats.connections == 0)


async def test_who_is_in_may_be_silent_as_long_as_its_pongs_come(stage: Stage) -> None:
    async with stage.client() as client:
        for _ in range(4):
            await stage.clock.advance(40)
            assert await client.sync() == []
    assert stage.hub.stats.dead == 0


async def test_who_does_not_answer_pings_is_dropped(stage: Stage) -> None:
    async with await stage.raw() as raw:
        await raw.upgrade()
        await raw.authenticate(stage.token())
        await stage.clock.advance(46)
        assert await raw.receive() == b"\x89\x00"
        await stage.clock.advance(41)
        assert await raw.rest_or_reset() == b""
    assert stage.hub.stats.dead == 1


async def test_a_silent_crowd_keeps_nobody_out_since_the_longest_silent_one_goes() -> None:
    options = LiveOptions(attempts=1000, most_waiting_for_auth=2)
    async with Stage(options) as stage, await stage.raw() as one, await stage.raw() as two:
        await one.upgrade()
        await two.upgrade()
        async with await stage.raw() as three:
            await three.upgrade()
            assert b"No authentication in time." in await one.receive()
            await three.authenticate(stage.token())
            await two.authenticate(stage.token())


async def test_a_flood_of_pings_is_read_no_faster_than_allowed(stage: Stage) -> None:
    async with await stage.raw() as raw, stage.client() as other:
        await raw.upgrade()
        await raw.authenticate(stage.token())
        await raw.send(text({"event": "ping"}) * 1000)
        await stage.until(lambda stats: stats.throttled > 0)
        await stage.publish(1)
        assert ups(await other.sync()) == [1]
        pong = b'\x81\x1a{"event":"pong","data":{}}'
        while len(raw.received) < 1000 * len(pong):
            raw.received += await raw.receive_or_advance(stage.clock)
        received, told = raw.received.count(pong), raw.received.count(b"notify")
    assert (received, told) == (1000, 1)
    assert stage.hub.stats.throttled >= 3


async def test_who_floods_and_reads_nothing_gets_no_answers_beyond_the_bound() -> None:
    options = LiveOptions(attempts=1000, most_buffered=1000, most_messages=1_000_000)
    async with Stage(options) as stage, await stage.raw(small=True) as raw:
        await raw.upgrade()
        await raw.authenticate(stage.token())
        (connection,) = stage.hub._connections()
        sending = asyncio.create_task(raw.send(text({"event": "ping"}) * 1_000_000))
        await until(lambda: connection.is_slow)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert connection._transport.get_write_buffer_size() < 64 * 1024
        assert not sending.done()
        sending.cancel()
        async with stage.client() as other:
            await stage.publish(1)
            assert ups(await other.sync()) == [1]


async def test_no_token_stands_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    logged = caplog.records
    token = stage.token(id="gone")
    async with await stage.raw() as raw:
        await raw.upgrade()
        await raw.authenticate(token)
        await stage.revoke("gone")
        await raw.rest_or_reset()
    lines = [record.getMessage() for record in logged if record.name.startswith("vestnik")]
    assert lines
    assert token not in json.dumps(lines)

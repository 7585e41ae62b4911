"""Clients that do not read as fast as they are told."""

from __future__ import annotations

import json

from tests.gateway.live.stage import ANN, Raw, Stage, until, ups
from vestnik.gateway.live import LiveOptions

BOUND = 16 * 1024
OPTIONS = LiveOptions(attempts=1000, most_buffered=BOUND, page=20)
PAYLOAD = "x" * 4000


def messages_of(data: bytes) -> list[dict[str, object]]:
    found = []
    while data:
        size, start = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
        if data[0] == 0x81:
            found.append(json.loads(data[start : start + size]))
        data = data[start + size :]
    return found


async def stalled(stage: Stage, **auth: object) -> Raw:
    raw = await stage.raw(small=True)
    await raw.upgrade()
    await raw.authenticate(stage.token(), **auth)
    return raw


async def test_stalled_readers_cost_a_bounded_buffer_and_the_others_nothing() -> None:
    async with Stage(OPTIONS) as stage, stage.client() as well:
        slow = [await stalled(stage) for _ in range(5)]
        heard = []
        for number in range(1, 2001):
            await stage.publish(number, payload=PAYLOAD)
            heard.append(await well.hear())
        assert ups(heard) == list(range(1, 2001))
        buffered = [
            one._transport.get_write_buffer_size()
            for one in stage.hub._connections()
            if one.is_slow
        ]
        assert len(buffered) == 5
        assert max(buffered) <= BOUND + 64 * 1024
        assert stage.hub.stats.missed > 0
        assert stage.hub.stats.connections == 6
        for one in slow:
            one.sock.close()


async def test_a_slow_reader_is_told_how_much_it_missed_and_can_have_it_again() -> None:
    async with Stage(OPTIONS) as stage, await stalled(stage, resume=True) as raw:
        number = 0
        while not stage.hub.stats.missed:
            number += 1
            await stage.publish(number, payload=PAYLOAD)
        await stage.publish(number + 1, payload=PAYLOAD)
        (connection,) = stage.hub._connections()
        data = b""
        while connection.is_slow:
            data += await raw.receive()
        await stage.publish(number + 2)
        end = b'"offset":%d' % (number + 2)
        while end not in data:
            data += await raw.receive()
        data += await raw.until(b"}") if not data.endswith(b"}") else b""
        messages = messages_of(data)
    offsets = [message["offset"] for message in messages]
    assert offsets[-1] == number + 2
    assert offsets[:-1] == list(range(1, len(offsets)))
    assert messages[-1]["missed"] == number + 2 - len(offsets)


async def test_a_replay_to_a_slow_reader_waits_for_it_and_loses_nothing() -> None:
    async with Stage(OPTIONS) as stage:
        await stage.publish(*range(1, 1001), payload=PAYLOAD)
        place = {"epoch": (await stage.store.log.position(ANN)).epoch, "offset": 0}
        async with await stage.raw(small=True) as raw, stage.client(resume=place) as well:
            await raw.upgrade()
            await raw.authenticate(stage.token(), resume=place)
            await until(lambda: any(one.is_slow for one in stage.hub._connections()))
            (connection,) = [one for one in stage.hub._connections() if one.is_slow]
            heard = [await well.hear() for _ in range(1000)]
            assert ups(heard) == list(range(1, 1001))
            await stage.publish(1001)
            assert connection._transport.get_write_buffer_size() <= BOUND + 64 * 1024
            data = raw.received
            while b'"offset":1001' not in data[-200:]:
                data += await raw.receive()
            raw.received = data
    assert [message["offset"] for message in messages_of(data)] == list(range(1, 1002))

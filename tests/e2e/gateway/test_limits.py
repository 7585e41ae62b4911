"""Who comes too often, says too much or nothing at all, is ended, and all others are served."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.e2e.gateway.process import Gateway, running
from tests.e2e.gateway.raw import (
    UPGRADE,
    Peer,
    connected,
    files_of,
    frame,
    memory_of,
    sockets_of,
    talking,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROXY = "127.0.9.9"
CONFIG = f"""
[server]
head_seconds = 1.0
body_seconds = 1.0
trusted_proxies = ["{PROXY}/32"]

[websocket]
auth_seconds = 1.0
attempt_window_seconds = 600.0
"""
ALLOWED = 15
MEGABYTE = 1024 * 1024
FLOOD = 10_000
AT_ONCE = 40
IDLE = 300


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    async with running(tmp_path_factory.mktemp("limits") / "data", CONFIG) as gateway:
        yield gateway
        assert "Traceback" not in gateway.log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def token(gateway: Gateway) -> str:
    return await gateway.owner()


async def knock(gateway: Gateway, source: str, fields: bytes = b"") -> tuple[int, str]:
    """Try to open a WebSocket; return the status and when to come again."""
    async with connected(gateway, source) as peer:
        await peer.send(UPGRADE + fields + b"\r\n")
        answer = await peer.answer()
        return answer.status, answer.headers.get("retry-after", "")


async def is_served(gateway: Gateway, token: str, source: str) -> bool:
    async with talking(gateway, source) as peer:
        hello = await peer.authenticate(token)
        return bool(hello["event"] == "hello")


async def test_ten_thousand_attempts_from_one_address_hurt_nobody_else(
    gateway: Gateway, token: str
) -> None:
    assert (await knock(gateway, "127.0.1.1"))[0] == 101
    files, memory = files_of(gateway), memory_of(gateway)
    seen: Counter[int] = Counter()
    waits: set[bool] = set()
    left = iter(range(FLOOD))

    async def flood() -> None:
        for _ in left:
            status, wait = await knock(gateway, "127.0.1.2")
            seen[status] += 1
            if status == 429:
                waits.add(wait.isdigit() and 0 < int(wait) <= 600)

    async def others() -> None:
        for number in range(3):
            await until(lambda least=number: seen[429] > least * FLOOD // 4, "no flood")  # type: ignore[misc]
            assert await is_served(gateway, token, f"127.0.1.{10 + number}")
            assert (await gateway.ask("GET", "/me"))[0] == 200

    async with asyncio.TaskGroup() as group:
        group.create_task(others())
        for _ in range(AT_ONCE):
            group.create_task(flood())
    assert seen == {101: ALLOWED, 429: FLOOD - ALLOWED}
    assert waits == {True}
    await until(lambda: files_of(gateway) <= files, "sockets of the flood stay open")
    assert memory_of(gateway) - memory < 24 * MEGABYTE


async def test_a_token_has_as_many_attempts_as_an_address(gateway: Gateway) -> None:
    token = await gateway.owner("tanya", resources=())
    for number in range(ALLOWED):
        assert await is_served(gateway, token, f"127.0.2.{number + 1}")
    async with talking(gateway, "127.0.2.100") as peer:
        error = await peer.authenticate(token)
    assert (error["event"], error["data"]["code"]) == ("error", 2)
    assert "wait" in error["data"]["message"]


async def test_who_is_no_trusted_proxy_cannot_be_somebody_else(gateway: Gateway) -> None:
    statuses = [
        (await knock(gateway, "127.0.3.1", b"X-Forwarded-For: 203.0.113.%d\r\n" % number))[0]
        for number in range(ALLOWED + 1)
    ]
    assert statuses == [101] * ALLOWED + [429]


async def test_behind_a_trusted_proxy_each_address_has_its_own_attempts(gateway: Gateway) -> None:
    for client in (b"198.51.100.1", b"198.51.100.2"):
        fields = b"X-Forwarded-For: " + client + b"\r\n"
        statuses = [(await knock(gateway, PROXY, fields))[0] for _ in range(ALLOWED + 1)]
        assert statuses == [101] * ALLOWED + [429]


async def test_what_a_client_writes_in_front_of_its_own_address_counts_nothing(
    gateway: Gateway,
) -> None:
    spoofs = (
        b"X-Forwarded-For: 8.8.8.%d, 198.51.100.7\r\n",
        b"X-Forwarded-For: 8.8.8.%d\r\nX-Forwarded-For: 198.51.100.7\r\n",
        b"X-Forwarded-For: nonsense%d, 198.51.100.7:4711\r\n",
        b"Forwarded: for=8.8.8.%d\r\nX-Forwarded-For: 198.51.100.7, 127.0.9.9\r\n",
    )
    statuses = [
        (await knock(gateway, PROXY, spoofs[number % len(spoofs)] % number))[0]
        for number in range(ALLOWED + 4)
    ]
    assert statuses == [101] * ALLOWED + [429] * 4


SILENT = {
    "nothing": b"",
    "half a head": b"GET /api/v1/me HTTP/1.1\r\nHost: gateway\r\nX-Slow",
    "half a body": (
        b"POST /api/v1/owners HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100\r\n"
        b"Content-Type: application/json\r\n\r\n{"
    ),
    "half a handshake": UPGRADE,
    "an end without a beginning": b"\r\n",
}


@pytest.mark.parametrize("said", SILENT.values(), ids=SILENT)
async def test_connections_that_say_no_more_are_ended_and_others_are_served(
    gateway: Gateway, token: str, said: bytes
) -> None:
    files = files_of(gateway)
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(connected(gateway)) for _ in range(IDLE)]
        for peer in peers:
            await peer.send(said)
        source = f"127.0.4.{1 + list(SILENT.values()).index(said)}"
        assert await is_served(gateway, token, source)
        await asyncio.gather(*(peer.closed() for peer in peers))
        await until(lambda: files_of(gateway) <= files, "they are not ended")


async def trickle(peer: Peer, piece: bytes) -> None:
    """Say a little again and again until the server has had enough."""
    while not peer.writer.is_closing() and not peer.reader.at_eof():
        await peer.send(piece)
        await asyncio.sleep(0.05)


TRICKLES = {
    "a head": (b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"),
    "a handshake": (UPGRADE, b"X-A: b\r\n"),
    "a body": (
        b"POST /api/v1/owners HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\n \r\n",
    ),
    "pings": (UPGRADE + b"\r\n", frame(b'{"event":"ping"}')),
    "pongs": (UPGRADE + b"\r\n", frame(b"", 10)),
    "auth in pieces": (
        UPGRADE + b"\r\n" + frame(b'{"event":"auth","data":{"tok', last=False),
        frame(b"", 0, last=False),
    ),
}


async def end_of(gateway: Gateway, source: str, begin: bytes, piece: bytes) -> bytes:
    """Say a little for ever, and return what the server said until it ended that."""
    async with connected(gateway, source) as peer:
        await peer.send(begin)
        trickling = asyncio.create_task(trickle(peer, piece))
        said = await peer.closed()
        trickling.cancel()
        return said


async def test_clients_that_say_a_little_for_ever_are_ended(gateway: Gateway, token: str) -> None:
    ends = [
        end_of(gateway, f"127.0.5.{number}", begin, piece)
        for number, (begin, piece) in enumerate(TRICKLES.values(), 1)
    ]
    head, handshake, body, *sockets = await asyncio.gather(*ends)
    assert head.startswith(b"HTTP/1.1 408")
    assert handshake.startswith(b"HTTP/1.1 408")
    assert body.startswith(b"HTTP/1.1 401")
    for said in sockets:
        assert said.startswith(b"HTTP/1.1 101")
        assert said.endswith(b"\x03\xf0No authentication in time.")
    assert await is_served(gateway, token, "127.0.5.100")


async def test_an_authenticated_connection_may_be_silent_longer(
    gateway: Gateway, token: str
) -> None:
    async with talking(gateway, "127.0.6.1") as known, talking(gateway, "127.0.6.2") as unknown:
        assert (await known.authenticate(token))["event"] == "hello"
        assert (await unknown.frame()).code == 1008
        assert await known.is_alive()


ENDLESS = {
    "many fields": (b"GET / HTTP/1.1\r\n", b"X-A: bbbbbbbbbbbbbbb\r\n" * 1000),
    "one field": (b"GET / HTTP/1.1\r\nX-A: ", b"b" * 20_000),
    "the name of a field": (b"GET / HTTP/1.1\r\n", b"b" * 20_000),
    "a URL": (b"GET /", b"b" * 20_000),
    "empty lines": (b"", b"\r\n" * 10_000),
    "fields after a body": (
        b"POST /api/v1/owners HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"X-A: bbbbbbbbbbbbbbb\r\n" * 1000,
    ),
    "an extension of a chunk": (
        b"POST /api/v1/owners HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=",
        b"b" * 20_000,
    ),
    "a handshake": (UPGRADE, b"X-A: bbbbbbbbbbbbbbb\r\n" * 1000),
}


@pytest.mark.parametrize(("begin", "more"), ENDLESS.values(), ids=ENDLESS)
async def test_a_head_without_an_end_is_refused_before_it_takes_memory(
    gateway: Gateway, begin: bytes, more: bytes
) -> None:
    memory, sent = memory_of(gateway), 0
    async with connected(gateway) as peer:
        await peer.send(begin)
        while sent < 20 * MEGABYTE and not peer.writer.is_closing() and not peer.reader.at_eof():
            await peer.send(more)
            sent += len(more)
        await peer.closed()
    assert sent < 20 * MEGABYTE
    assert memory_of(gateway) - memory < 8 * MEGABYTE
    assert (await gateway.ask("GET", "/me"))[0] == 200


async def test_a_head_that_is_too_long_is_told_so(gateway: Gateway) -> None:
    for long in (b"GET /%b HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX-A: %b\r\n\r\n"):
        async with connected(gateway) as peer:
            await peer.send(long % (b"b" * 17_000))
            assert (await peer.answer()).status == 431


async def test_who_asks_but_does_not_read_is_dropped(gateway: Gateway) -> None:
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    loop, before = asyncio.get_running_loop(), sockets_of(gateway)
    with socket.socket() as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.setblocking(False)
        await loop.sock_connect(greedy, (host, int(port)))
        await until(lambda: bool(sockets_of(gateway) - before), "it is not connected")
        of_greedy = sockets_of(gateway) - before
        ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: gateway\r\n\r\n" * 2000
        await loop.sock_sendall(greedy, ask)
        await until(lambda: not of_greedy & sockets_of(gateway), "it is not dropped")
    assert (await gateway.ask("GET", "/me"))[0] == 200


async def test_a_body_that_is_too_long_is_refused_and_takes_no_memory(gateway: Gateway) -> None:
    memory = memory_of(gateway)
    access = b"Authorization: Bearer " + gateway._given.token.encode() + b"\r\n"
    for sized in (b"Content-Length: 1073741824\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"):
        async with connected(gateway) as peer:
            head = b"POST /api/v1/owners HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            await peer.send(head + access + sized)
            for _ in range(40):
                await peer.send(b"80000\r\n" + b" " * 0x80000 + b"\r\n")
            assert (await peer.answer()).status == 413
    assert memory_of(gateway) - memory < 16 * MEGABYTE
    assert (await gateway.ask("GET", "/me"))[0] == 200

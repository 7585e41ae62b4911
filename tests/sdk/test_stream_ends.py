"""How the stream ends, waits and is refused."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.sdk.conftest import Peer, client, gateway, note, numbers, take, tell_one_more
from vestnik.errors import AuthenticationFailed, BadInput, GatewayUnreachable
from vestnik.relay.tls import certificate_in
from vestnik.sdk.dialling import Closed, NoConnection, Socket, dial
from vestnik.testing import FakeClock


async def test_closing_says_goodbye_and_ends_the_iteration_after_what_is_there() -> None:
    codes: list[int] = []

    async def script(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        await peer.tells(2)
        codes.append(await peer.is_left())

    async with gateway(script) as served, client(served.url) as notifications:
        taken = await take(notifications, 1)
        await notifications.close()
        taken += [one async for one in notifications]
    assert numbers(taken) in ([1], [1, 2])
    assert codes == [1000]


async def test_a_task_that_waits_can_be_cancelled_and_leaves_nothing_behind() -> None:
    codes: list[int] = []
    waits = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.greets()
        codes.append(await peer.is_left())

    async def follow(url: str) -> None:
        async with client(url) as notifications:
            waits.set()
            await anext(notifications)

    async with gateway(script) as served:
        before = asyncio.all_tasks()
        task = asyncio.create_task(follow(served.url))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert {t for t in asyncio.all_tasks() - before if "vestnik" in t.get_name()} == set()
    assert codes == [1000]


async def test_entering_can_be_cancelled() -> None:
    reached = asyncio.Event()

    async def rude(peer: Peer) -> None:
        await peer.hears()
        reached.set()
        assert await peer.is_left() == 1000

    async with gateway(rude) as served:
        entering = asyncio.create_task(client(served.url).__aenter__())
        await reached.wait()
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering


async def test_who_consumes_slowly_makes_the_reader_wait_and_loses_nothing() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        for number in range(200):
            await peer.tells(number)
        await peer.is_left()

    async with gateway(script) as served, client(served.url, most_waiting=3) as notifications:
        first = await take(notifications, 1)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(notifications._inbox._items) <= 3
        assert numbers(first + await take(notifications, 199)) == list(range(200))


async def test_waiting_for_a_slow_consumer_is_no_silence_of_the_server() -> None:
    clock = FakeClock()
    pings: list[object] = []

    async def script(peer: Peer) -> None:
        await peer.greets()
        for number in range(9):
            await peer.tells(number)
        for _ in range(3):
            pings.append(await peer.hears())
            await peer.says(event="pong", data={})
        await peer.is_left()

    async with gateway(script) as served, client(served.url, most_waiting=1, clock=clock) as stream:
        while len(pings) < 3:
            await clock.until_sleeping()
            await clock.advance(5)
        assert numbers(await take(stream, 9)) == list(range(9))
    assert served.connections == 1


async def test_a_connection_is_used_once() -> None:
    async with gateway(tell_one_more) as served:
        stream = client(served.url)
        async with stream:
            pass
        with pytest.raises(BadInput, match="used before"):
            await stream.__aenter__()
    with pytest.raises(BadInput, match="Nothing is connected"):
        await anext(client("ws://localhost"))


async def test_a_token_in_the_clear_beyond_this_machine_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def nowhere(url: str) -> None:
        raise RuntimeError("a bug")

    stream = client("ws://user:pass@gateway.example/?key=hidden", dial=nowhere)
    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match="a bug"):
        await stream.__aenter__()
    assert "in the clear to ws://gateway.example/websocket/" in caplog.text
    assert "hidden" not in caplog.text
    assert "pass@" not in caplog.text


class Stubborn:
    """A socket that takes some turns of the loop to stop listening."""

    def __init__(self) -> None:
        self.is_stopping = asyncio.Event()
        self.is_closed = False
        self.shows_life = asyncio.Event()
        self.heard = ['{"event":"hello","data":{"id":"c"}}']

    async def receive(self) -> str | bytes | Closed:
        if self.heard:
            return self.heard.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            self.is_stopping.set()
            for _ in range(5):
                await asyncio.sleep(0)
        raise AssertionError

    async def send(self, data: bytes) -> None:
        """Take it."""

    async def show_life(self) -> None:
        self.shows_life.set()

    async def close(self) -> None:
        self.is_closed = True


async def test_it_can_be_closed_at_the_very_moment_when_the_connection_ends() -> None:
    clock, sockets = FakeClock(), [Stubborn(), Stubborn()]
    first = sockets[0]

    async def dial(url: str) -> Stubborn:
        return sockets.pop(0)

    async with client("ws://127.0.0.1:1", dial=dial, clock=clock) as notifications:
        advancing = asyncio.create_task(clock.advance(65))
        async with asyncio.timeout(10):
            await first.is_stopping.wait()
            await notifications.close()
        advancing.cancel()
    assert first.is_closed
    assert len(sockets) == 1


async def test_while_nobody_takes_what_came_it_still_shows_that_it_lives() -> None:
    clock, socket = FakeClock(), Stubborn()
    told = {"event": "notify", "data": note(1)}
    socket.heard += [json.dumps(told)] * 3

    async def dial(url: str) -> Stubborn:
        return socket

    async with client("ws://127.0.0.1:1", dial=dial, clock=clock, most_waiting=1) as notifications:
        for _ in range(3):
            socket.shows_life.clear()
            await clock.advance(10)
            assert socket.shows_life.is_set()
        await take(notifications, 3)
        socket.shows_life.clear()
        await clock.advance(10)
        assert not socket.shows_life.is_set()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "(it gave no reason): copy it again, or create a new one where it came from."),
        (
            "Unauthorized",
            "(Unauthorized): copy it again, or create a new one where it came from.",
        ),
        ("Wrong token.", "(Wrong token): copy it again, or create a new one where it came from."),
        ("Bad: x", "(Bad: x): copy it again, or create a new one where it came from."),
        ("No such thing: look there.", "(No such thing): look there."),
    ],
)
async def test_a_refusal_is_a_sentence_with_the_servers_advice_if_it_has_any(
    words: str, sentence: str
) -> None:
    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6, words)
        await peer.is_left()

    async with gateway(refuses) as served:
        with pytest.raises(AuthenticationFailed) as refused:
            await client(served.url).__aenter__()
    assert str(refused.value) == f"The gateway refuses the token {sentence}"


async def test_a_certificate_that_cannot_be_verified_ends_the_first_attempt(tmp_path: Path) -> None:
    files = certificate_in(tmp_path, "localhost", "127.0.0.1")

    async def never(socket: ServerConnection) -> None:
        raise AssertionError("It came in.")

    async with serve(never, "127.0.0.1", 0, ssl=files.context()) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(GatewayUnreachable) as refused:
            await client(f"wss://127.0.0.1:{port}").__aenter__()
    assert str(refused.value).startswith(
        f"The certificate of wss://127.0.0.1:{port}/websocket/ cannot be verified (self"
    )
    assert "SSL_CERT_FILE" in str(refused.value)


async def test_what_lasts_is_tried_again_once_it_was_another_way() -> None:
    dialled = 0

    async def dial_badly_in_between(url: str) -> Socket:
        nonlocal dialled
        dialled += 1
        if dialled == 2:
            raise NoConnection("The certificate has run out.", is_lasting=True)
        return await dial(url)

    async def drops(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        peer.drops()

    async with (
        gateway(drops, tell_one_more) as served,
        client(served.url, dial=dial_badly_in_between) as notifications,
    ):
        assert numbers(await take(notifications, 2)) == [1, 2]
    assert dialled == 3

from __future__ import annotations

import asyncio
import socket
from typing import cast

import pytest
import uvloop

from tests.receiving import hear_all
from vestnik.errors import AddressInUse, BadInput
from vestnik.listeners import open_listener, stop_listening


class Greeter(asyncio.Protocol):
    """Says a word to everybody and leaves."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(b"hello")
        transport.close()


async def come_and_stop(turns: int) -> bytes:
    """Connect, let the server stop so many turns of the loop later, and return what was said."""
    with open_listener("127.0.0.1", 0) as listener:
        server = await asyncio.get_running_loop().create_server(Greeter, sock=listener)
        client = socket.create_connection(listener.getsockname(), timeout=20)
        for _ in range(turns):
            await asyncio.sleep(0)
        await stop_listening(server)
        assert not server.is_serving()
        await stop_listening(server)
    return await asyncio.to_thread(hear_all, client)


@pytest.mark.parametrize("turns", range(6))
async def test_nobody_who_was_on_the_way_in_is_forgotten(turns: int) -> None:
    assert await come_and_stop(turns) in (b"hello", b"")  # and no socket is left unclosed


async def test_who_was_accepted_has_come_in_when_the_server_has_stopped() -> None:
    made = 0

    class Counter(Greeter):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            nonlocal made
            made += 1
            super().connection_made(transport)

    accepted = 0
    while not accepted:
        with open_listener("127.0.0.1", 0) as listener:
            server = await asyncio.get_running_loop().create_server(Counter, sock=listener)
            client = socket.create_connection(listener.getsockname(), timeout=20)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await stop_listening(server)
        accepted = len(await asyncio.to_thread(hear_all, client))
    assert made == 1


def test_a_loop_that_accepts_in_another_way_is_left_alone() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(come_and_stop(6)) == b"hello"


def test_a_listener_does_not_block_and_tells_its_port() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        assert not listener.getblocking()
        with socket.create_connection(listener.getsockname(), timeout=20):
            pass


def test_a_port_that_is_taken_is_told() -> None:
    with open_listener("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"Port {port} on 127.0.0.1 is taken"):
            open_listener("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("no.such.host.invalid", 0, "There is no host 'no.such.host.invalid'"),
        ("x" * 70, 0, "There is no host"),
        ("192.0.2.1", 1234, r"Nothing can listen on 192\.0\.2\.1:1234 \(.*\)\."),
        ("2001:db8::1", 1234, r"Nothing can listen on \[2001:db8::1\]:1234 \(.*\)\."),
    ],
)
def test_an_address_that_cannot_be_is_one_sentence(host: str, port: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        open_listener(host, port)


def test_a_port_that_is_not_for_everybody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(BadInput, match="Port 80 needs more rights"):
        open_listener("127.0.0.1", 80)

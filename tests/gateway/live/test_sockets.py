"""What the kernel says about a peer."""

import asyncio
import socket
from typing import cast

import pytest

from tests.gateway.live.stage import until
from vestnik.gateway.live.sockets import is_full, keep_alive, peer_of


class Listening(asyncio.Protocol):
    """Keeps its transport."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)


@pytest.mark.parametrize("is_read", [True, False])
async def test_a_peer_that_does_not_read_is_full(is_read: bool) -> None:
    loop = asyncio.get_running_loop()
    ours = Listening()
    server = await loop.create_server(lambda: ours, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()) as peer:
        peer.setblocking(False)
        await until(lambda: hasattr(ours, "transport"))
        assert not is_full(ours.transport)
        ours.transport.write(bytes(20_000_000))
        received = 0
        while is_read and received < 20_000_000:
            received += len(await loop.sock_recv(peer, 1 << 20))
        await asyncio.sleep(0)
        assert is_full(ours.transport) == (not is_read and hasattr(socket, "TCP_INFO"))
        ours.transport.abort()
    server.close()
    await server.wait_closed()


async def test_keep_alive_is_on_and_the_peer_has_an_address() -> None:
    ours = Listening()
    server = await asyncio.get_running_loop().create_server(lambda: ours, "127.0.0.1", 0)
    with socket.create_connection(server.sockets[0].getsockname()):
        await until(lambda: hasattr(ours, "transport"))
        keep_alive(ours.transport)
        sock = ours.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert peer_of(ours.transport) == "127.0.0.1"
        ours.transport.abort()
    server.close()
    await server.wait_closed()


def test_what_has_no_socket_has_no_address_and_is_never_full() -> None:
    transport = asyncio.Transport()
    keep_alive(transport)
    assert peer_of(transport) == ""
    assert not is_full(transport)

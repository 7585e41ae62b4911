"""The same conversation with a client that others wrote: websockets, without its sockets."""

from __future__ import annotations

import pytest
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Close, Frame
from websockets.protocol import State
from websockets.uri import parse_uri

from vestnik.wire.websocket import (
    PING_FRAME,
    Binary,
    CloseFrame,
    FrameReader,
    Incoming,
    Opcode,
    PingFrame,
    PongFrame,
    Text,
    accept_response,
    encode_close,
    encode_frame,
    encode_pong,
    read_upgrade,
)


@pytest.fixture
def client() -> ClientProtocol:
    """A client that is in, although it would have liked compression."""
    client = ClientProtocol(
        parse_uri("wss://gateway.example/websocket/"),
        extensions=[ClientPerMessageDeflateFactory()],
    )
    client.send_request(client.connect())
    upgrade = read_upgrade(sent(client))
    assert upgrade.path == "/websocket/"
    assert "permessage-deflate" in upgrade.headers.get("Sec-WebSocket-Extensions")
    client.receive_data(accept_response(upgrade))
    assert client.handshake_exc is None
    assert client.state is State.OPEN
    client.events_received()
    return client


def sent(client: ClientProtocol) -> bytes:
    return b"".join(client.data_to_send())


def understood(client: ClientProtocol) -> list[Incoming]:
    return FrameReader().feed(sent(client))


def test_what_it_says_is_understood(client: ClientProtocol) -> None:
    client.send_text("Привет".encode())
    client.send_binary(b"\xff" * 300)
    client.send_ping(b"?")
    client.send_pong(b"!")
    client.send_text(b"in ", fin=False)
    client.send_continuation(b"pieces", fin=True)
    client.send_text(b"*" * 65536)
    client.send_close(4000, "до свидания")

    assert understood(client) == [
        Text("Привет".encode()),
        Binary(b"\xff" * 300),
        PingFrame(b"?"),
        PongFrame(b"!"),
        Text(b"in pieces"),
        Text(b"*" * 65536),
        CloseFrame(4000, "до свидания"),
    ]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 100_000])
def test_it_understands_what_we_say(client: ClientProtocol, size: int) -> None:
    client.receive_data(encode_frame(b"*" * size) + encode_pong(b"!"))

    text, pong = client.events_received()

    assert isinstance(text, Frame)
    assert isinstance(pong, Frame)
    assert (int(text.opcode), text.data) == (Opcode.TEXT, b"*" * size)
    assert (int(pong.opcode), pong.data) == (Opcode.PONG, b"!")


def test_it_answers_our_ping(client: ClientProtocol) -> None:
    client.receive_data(PING_FRAME)

    assert understood(client) == [PongFrame(b"")]


def test_it_hears_our_goodbye_and_repeats_it(client: ClientProtocol) -> None:
    client.receive_data(encode_close(1012, "restart"))

    assert client.close_rcvd == Close(1012, "restart")
    assert understood(client) == [CloseFrame(1012, "restart")]

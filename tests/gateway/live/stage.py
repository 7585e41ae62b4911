"""A hub on a real socket, with everything in memory beside it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TypeAlias

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_websocket

from vestnik.gateway.access import Access, digest_of, new_token
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.live import Hub, HubStats, LiveOptions
from vestnik.gateway.model import Addressed, Batch, Owner, Resource, Retention, Scope, Stored, Token
from vestnik.gateway.ports import SETTINGS_TOPIC, Changed, Notified, TokenRevoked, owner_topic
from vestnik.gateway.roster import Roster
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, ResourceId, TokenId
from vestnik.testing import FakeClock
from vestnik.wire import Dialect, Notification

Json: TypeAlias = dict[str, object]

ANN, BOB = OwnerId("ann"), OwnerId("bob")
NOTIFY = frozenset({Scope.NOTIFY})


def notification(number: int = 1, payload: object = None) -> Notification:
    """Return the up with that number."""
    return Notification(
        1,
        ResourceId("bot"),
        f"up{number}",
        "user",
        number,
        msgspec.Raw(msgspec.json.encode(payload)),
    )


class Stage:
    """A hub that serves on loopback."""

    def __init__(self, options: LiveOptions | None = None) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.broker = MemoryBroker()
        self.roster = Roster(_owner(name) for name in (ANN, BOB))
        self.access = Access(self.roster)
        self.hub = Hub(
            self.store.log,
            self.broker,
            self.roster,
            self.access,
            self.clock,
            options or LiveOptions(attempts=1000),
        )
        self.port = 0
        self.path = "/websocket/"
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.path}"

    async def __aenter__(self) -> Stage:
        for owner in self.roster.owners():
            await self.store.settings.save(owner, _resource(owner.id))
        await self.hub.__aenter__()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.hub.protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        await self.hub.__aexit__(*exc)
        await self._server.wait_closed()

    def token(
        self,
        owner: OwnerId | None = ANN,
        scopes: frozenset[Scope] = NOTIFY,
        id: str | None = None,
        resource: ResourceId | None = None,
    ) -> str:
        """Create a token and return it."""
        secret = new_token()
        name = TokenId(id or secret[-8:])
        self.roster.put(
            Token(
                id=name,
                owner=owner,
                resource=resource,
                scopes=scopes,
                digest=digest_of(secret),
                created=0,
            )
        )
        return secret

    async def store_only(self, *items: Notification, owner: OwnerId = ANN) -> tuple[Stored, ...]:
        """Put notifications in the log and tell nobody."""
        batch = Batch(tuple(Addressed(owner, item) for item in items))
        (appended,) = await self.store.log.append([batch])
        return tuple(appended.stored)

    async def tell(self, *items: Stored, owner: OwnerId = ANN) -> None:
        """Tell what is in the log already."""
        epoch = (await self.store.log.position(owner)).epoch
        await self.broker.publish(owner_topic(owner), Notified(owner, epoch, items))

    async def publish(self, *numbers: int, owner: OwnerId = ANN, payload: object = None) -> None:
        """Store and tell ups with these numbers."""
        items = await self.store_only(*(notification(n, payload) for n in numbers), owner=owner)
        await self.tell(*items, owner=owner)

    async def trim(self) -> None:
        """Let the log forget everything."""
        await self.store.trim(Retention(log_since=2**53, attempts_since=0))

    def be_slow(self, slow: bool) -> None:
        """Let all connections look slow, or quick again."""
        for connection in self.hub._connections():
            (connection.pause_writing if slow else connection.resume_writing)()

    async def revoke(self, id: str) -> None:
        """Delete a token."""
        self.roster.remove(Token, TokenId(id))
        await self.broker.publish(SETTINGS_TOPIC, TokenRevoked(TokenId(id)))

    async def change(self, owner: OwnerId, dialect: Dialect) -> None:
        """Switch an owner's dialect."""
        self.roster.put(_owner(owner, dialect))
        await self.broker.publish(SETTINGS_TOPIC, Changed(owner))

    async def forget(self, owner: OwnerId) -> None:
        """Delete an owner."""
        self.roster.remove(Owner, owner)
        await self.broker.publish(SETTINGS_TOPIC, Changed(owner))

    def connect(self) -> Client:
        """Return a client that is not connected yet."""
        return Client(self.url)

    def from_address(self, address: str) -> Client:
        """Return a client that comes through a proxy."""
        return Client(self.url, {"X-Forwarded-For": address})

    @asynccontextmanager
    async def client(self, **auth: object) -> AsyncIterator[Client]:
        """Give a client that has authenticated."""
        auth.setdefault("token", self.token())
        async with self.connect() as client:
            client.hello = await client.authenticate(**auth)
            yield client

    async def raw(self, *, small: bool = False) -> Raw:
        """Give a bare connection."""
        sock = socket.socket()
        if small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        return Raw(sock)

    async def until(self, is_so: Callable[[HubStats], bool]) -> None:
        """Wait until the hub's stats are as they should."""
        await until(lambda: is_so(self.hub.stats))


async def until(is_so: Callable[[], bool]) -> None:
    """Let everybody else run until something is so."""
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - nobody tells when it becomes so
            await asyncio.sleep(0)


def _owner(id: OwnerId, dialect: Dialect = Dialect.NUMERIC) -> Owner:
    return Owner(id=id, name=id, dialect=dialect, created=0)


def _resource(owner: OwnerId) -> Resource:
    return Resource(id=ResourceId(f"bot-{owner}"), owner=owner, name="bot", created=0)


class Client:
    """A `websockets` client that speaks JSON."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self._opening = connect_websocket(
            url, ping_interval=None, compression=None, additional_headers=headers, proxy=None
        )
        self.socket: ClientConnection
        self.hello: Json = {}

    async def __aenter__(self) -> Client:
        self.socket = await self._opening
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.socket.close()

    async def say(self, event: str, data: object = None) -> None:
        await self.socket.send(json.dumps({"event": event, "data": data}))

    async def hear(self) -> Json:
        found: Json = json.loads(await self.socket.recv(decode=False))
        return found

    async def authenticate(self, **data: object) -> Json:
        await self.say("auth", data)
        answer = await self.hear()
        assert answer["event"] == "hello", answer
        found = answer["data"]
        assert isinstance(found, dict)
        return found

    async def sync(self) -> list[Json]:
        """Return all that came before the answer to a ping."""
        await self.say("ping")
        heard = []
        while (message := await self.hear())["event"] != "pong":
            heard.append(message)
        return heard

    async def closing(self) -> tuple[int | None, str | None]:
        """Wait for the end, and return code and reason."""
        await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


def ups(messages: list[Json]) -> list[int]:
    """Return the numbers of the ups among messages."""
    return [up(message) for message in messages]


def up(message: Json) -> int:
    """Return the number of the up that a message tells."""
    assert message["event"] == "notify", message
    data = message["data"]
    assert isinstance(data, dict)
    return int(data["happened"])


HEAD = (
    b"GET /websocket HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Raw:
    """Bytes to and from a hub."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.received = b""

    async def __aenter__(self) -> Raw:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.sock.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def send_bytewise(self, data: bytes) -> None:
        for at in range(len(data)):
            await self.send(data[at : at + 1])

    async def receive(self) -> bytes:
        """Return some bytes; none at the end."""
        return await asyncio.get_running_loop().sock_recv(self.sock, 65536)

    async def until(self, end: bytes) -> bytes:
        """Return everything up to and including some bytes."""
        while end not in self.received:
            data = await self.receive()
            assert data, f"the end came before {end!r}, after {self.received!r}"
            self.received += data
        found, _, self.received = self.received.partition(end)
        return found + end

    async def rest(self) -> bytes:
        """Return everything up to the end of the connection."""
        while data := await self.receive():
            self.received += data
        return self.received

    async def upgrade(self, head: bytes = HEAD) -> None:
        await self.send(head)
        answer = await self.until(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer

    async def authenticate(self, token: str, **more: object) -> bytes:
        await self.send(text({"event": "auth", "data": {"token": token, **more}}))
        return await self.until(b"}}")

    async def rest_or_reset(self) -> bytes:
        """Return everything up to the end, however it comes."""
        try:
            return await self.rest()
        except ConnectionResetError:
            return self.received

    async def receive_or_advance(self, clock: FakeClock) -> bytes:
        """Return some bytes; let time pass until there are any."""
        receiving = asyncio.create_task(self.receive())
        while not receiving.done():
            await clock.advance(0.5)
        return await receiving


def frame(payload: bytes, opcode: int = 1, first: int = 0x80) -> bytes:
    """Return a frame of a client, masked with nothing."""
    size = len(payload)
    if size < 126:
        head = bytes((first | opcode, 0x80 | size))
    elif size < 1 << 16:
        head = bytes((first | opcode, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first | opcode, 0x80 | 127)) + size.to_bytes(8, "big")
    return head + bytes(4) + payload


def text(message: object) -> bytes:
    """Return a message of a client as a frame."""
    return frame(json.dumps(message).encode())

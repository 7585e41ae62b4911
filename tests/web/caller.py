"""Asks an ASGI app without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

import msgspec
from starlette.types import ASGIApp, Message

__all__ = ["Answered", "Caller", "call"]


class Answered(msgspec.Struct):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return msgspec.json.decode(self.body, type=dict[str, object])

    def read(self, *path: str | int) -> object:
        found: object = self.json
        for step in path:
            found = found[step]  # type: ignore[index]
        return found

    def text(self, *path: str | int) -> str:
        found = self.read(*path)
        assert isinstance(found, str), found
        return found


async def call(
    app: ASGIApp,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | Iterable[bytes] = b"",
    client: str = "198.51.100.7",
) -> Answered:
    """Make one request."""
    split = urlsplit(url)
    parts = [body] if isinstance(body, bytes) else list(body)
    incoming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    outgoing: list[Message] = []
    answered = asyncio.Event()

    async def receive() -> Message:
        if incoming:
            return incoming.pop(0)
        if parts:
            await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        outgoing.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": split.path,
        "raw_path": quote(split.path).encode(),
        "query_string": split.query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
        "client": (client, 4711),
        "server": ("gateway.test", 80),
    }
    await app(scope, receive, send)
    start = outgoing[0]
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answered(start["status"], found, b"".join(m.get("body", b"") for m in outgoing[1:]))


class Caller:
    """Asks as somebody: with a token, in JSON."""

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        self.app = app
        self.token = token

    async def __call__(
        self, method: str, path: str, asked: object = None, **headers: str
    ) -> Answered:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            found.setdefault("authorization", f"Bearer {self.token}")
        body = b""
        if asked is not None:
            body = asked if isinstance(asked, bytes) else msgspec.json.encode(asked)
            found.setdefault("content-type", "application/json")
        return await call(self.app, method, f"/api/v1{path}", headers=found, body=body)

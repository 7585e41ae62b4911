"""Files that bots want to send, over HTTP: bodies are streams and need not be JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.types import Message, Receive, Scope, Send

from vestnik.bridge.files.uploads import Upload
from vestnik.errors import NotFound
from vestnik.gateway import Scope as TokenScope
from vestnik.gateway import Token
from vestnik.ids import ResourceId
from vestnik.web.call import Call
from vestnik.web.door import Door
from vestnik.web.file_desk import FileDesk, check_method, refusal
from vestnik.web.http import Answer, Problem, send_answer
from vestnik.web.operations import Operation, operation, read_query

__all__ = ["UPLOAD", "UploadQuery", "UploadView", "Uploading"]

PART_SECONDS = 30.0
"""How long the next part of an upload may take to come."""


class UploadQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file is called; its ending tells what kind of message it makes."""

    name: Annotated[str, Meta(min_length=1, max_length=1024)]


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that waits to be sent.

    Attributes:
        id: To be given where a call wants a file.
        name: What it is called, without what could hurt.
        expires: Until when it can be used, in milliseconds since 1970 (UTC).
    """

    id: str
    name: str
    bytes: int
    expires: int


async def upload_file(call: Call, asked: UploadQuery) -> UploadView:
    """Stand in the table for what `Uploading` does, where bodies are streams."""
    raise Problem(500, "Files do not come this way.")


UPLOAD: Operation = operation(
    "POST",
    "/files",
    upload_file,
    "Keep a file for a day, until the bot sends it.",
    asks=UploadQuery,
    gives=UploadView,
    scopes=(TokenScope.BOT,),
    status=201,
    errors=(404, 411, 415, 507),
    takes_file=True,
)
"""How an upload is asked for."""


class Uploading:
    """Takes files in, as an ASGI app."""

    def __init__(self, door: Door, desk: FileDesk) -> None:
        self._door = door
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        try:
            answer = await self._answer(scope, receive)
        except Exception as error:
            answer = refusal(error)
        await send_answer(send, answer, scope)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        check_method(scope, ("POST",))
        headers = dict(scope["headers"])
        bot = self._bot_of(self._door.admit(UPLOAD, headers, scope))
        asked = read_query(scope["query_string"], UploadQuery)
        size = _announced(headers)
        upload = await self._desk.uploads.keep(bot, asked.name, _parts(receive), size)
        return Answer(201, msgspec.json.encode(_view(upload)))

    def _bot_of(self, token: Token | None) -> ResourceId:
        if token is None or token.resource is None:
            raise Problem(403, "This token is for no bot: take the one that the bot was given.")
        if self._desk.registry.of_bot(token.resource) is None:
            raise NotFound(f"No bot {token.resource!r} is hosted here.")
        return token.resource


def _announced(headers: Mapping[bytes, bytes]) -> int | None:
    """Return how long the body will be, or nothing if it comes in chunks.

    Raises:
        Problem: There is no body, or it is compressed.
    """
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Problem(
            415, "The file must not be compressed on its way: leave Content-Encoding out."
        )
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and len(length) < 18:
        return int(length)
    if b"transfer-encoding" in headers:
        return None
    raise Problem(411, "The file is the body of the request: send it with its Content-Length.")


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await _next(receive)
        if message["type"] == "http.disconnect":
            raise Problem(400, "The client went away before the whole file had come.")
        if part := message.get("body", b""):
            yield part
        if not message.get("more_body", False):
            return


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await receive()
    except TimeoutError:
        raise Problem(408, f"Nothing more of the file came within {PART_SECONDS:g} s.") from None


def _view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.id, name=upload.name, bytes=upload.bytes, expires=int(upload.expires * 1000)
    )

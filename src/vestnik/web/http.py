"""The little of ASGI that the API needs, without objects that it does not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

__all__ = [
    "JSON",
    "MOST_BODY",
    "Answer",
    "Problem",
    "everybodys",
    "idempotency_key",
    "read_body",
    "send_answer",
]

MOST_BODY = 1024 * 1024
"""Bytes of the longest body."""

BODY_SECONDS = 30.0
"""How long a body may take to come."""

PART = 256 * 1024
"""Bytes of an answer that are handed over at once."""

PART_SECONDS = 30.0
"""How long a client may take to read a part of its answer."""

JSON = b"application/json"

_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_NO_STORE = (b"cache-control", b"no-store")
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")


class Answer(NamedTuple):
    """What goes out.

    Attributes:
        is_public: Whether everybody may keep it; all else is for nobody's cache.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    type: bytes = JSON
    is_public: bool = False


def everybodys(body: bytes, type: bytes = JSON) -> Answer:
    """Make an answer that any web page may read and anybody may keep for a while.

    Only for what does not depend on who asks: nothing else of the API may be read across origins.
    """
    headers = ((b"access-control-allow-origin", b"*"), (b"cache-control", b"public, max-age=300"))
    return Answer(200, body, headers, type, is_public=True)


class Problem(Exception):
    """A request that is refused before it comes to what it wants."""

    def __init__(
        self, status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.headers = headers


async def read_body(receive: Receive, announced: bytes | None) -> bytes:
    """Read the body of a request.

    Args:
        announced: What ``Content-Length`` says, if it is there.

    Raises:
        Problem: It is too long, takes too long, or the client has gone away.
    """
    if announced is not None and announced.isdigit() and int(announced[:12]) > MOST_BODY:
        raise Problem(413, f"A body has at most {MOST_BODY} bytes.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive)
    except TimeoutError:
        raise Problem(408, f"The body did not come within {BODY_SECONDS:g} s.") from None


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "The client went away before the body had come.")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MOST_BODY:
            raise Problem(413, f"A body has at most {MOST_BODY} bytes.")
        if not message.get("more_body", False):
            # Most bodies come in one part and are not copied.
            return b"".join([*parts, part]) if parts else part
        parts.append(part)


def idempotency_key(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the key with which a request can be made again without being done again.

    Raises:
        Problem: It cannot be one.
    """
    text = headers.get(b"idempotency-key")
    if text is None:
        return None
    if not _KEY.fullmatch(text):
        raise Problem(400, "Idempotency-Key has 1 to 255 visible ASCII characters.")
    return text.decode("ascii")


async def send_answer(send: Send, answer: Answer, scope: Scope) -> None:
    """Send an answer with what every answer has."""
    headers = [(b"content-length", b"%d" % len(answer.body)), *_SECURITY, *answer.headers]
    if answer.body:
        headers.append((b"content-type", answer.type))
    if not answer.is_public:
        headers.append(_NO_STORE)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else answer.body
    try:
        async with asyncio.timeout(PART_SECONDS) as patience:
            await _send_body(send, body, patience)
    except TimeoutError:
        return  # who reads nothing of it for so long has no connection any more


async def _send_body(send: Send, body: bytes, patience: asyncio.Timeout) -> None:
    """Send part by part: each waits until the client has read most of those before."""
    loop = asyncio.get_running_loop()
    for start in range(0, max(len(body), 1), PART):
        part, is_last = body[start : start + PART], start + PART >= len(body)
        patience.reschedule(loop.time() + PART_SECONDS)
        await send({"type": "http.response.body", "body": part, "more_body": not is_last})

"""Files of hosted bots over HTTP: what they want to send comes in, attachments go out.

Beside the table of operations, because here bodies are streams and need not be JSON.
"""

from __future__ import annotations

import re

from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from vestnik.bridge.files.attachments import Attachment, attachment
from vestnik.bridge.files.links import LINK_PATH
from vestnik.web.door import Door
from vestnik.web.file_desk import RETRY, FileDesk, check_method, refusal
from vestnik.web.http import Problem, send_answer
from vestnik.web.uploading import Uploading

__all__ = ["file_routes"]

_ON_FILES = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_KIND = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}")
# What a browser would run if it showed it, however it is told not to.
_ACTIVE = re.compile(r"html|xml|svg|script|multipart|message|x-mixed")
_UNKNOWN = "application/octet-stream"


def file_routes(door: Door, desk: FileDesk) -> list[Route]:
    """Make the routes for files of the bots that are hosted here."""
    return [
        Route(LINK_PATH.rstrip("/"), Uploading(door, desk)),
        Route(f"{LINK_PATH}{{link}}", _Downloading(desk)),
    ]


class _Downloading:
    """Gives attachments out to whoever has a link, as an ASGI app."""

    def __init__(self, desk: FileDesk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        try:
            check_method(scope, ("GET", "HEAD"))
            found = await self._find(scope["path_params"]["link"])
        except Exception as error:
            await send_answer(send, refusal(error), scope)
            return
        response = FileResponse(found.path, media_type=_kind(found.mime), filename=found.name)
        await response(scope, receive, _guarding(send))

    async def _find(self, text: str) -> Attachment:
        link = self._desk.links.open(text)
        core = self._desk.core
        if core is None:
            raise Problem(503, "No core runs just now: try again in a moment.", RETRY)
        return await attachment(core, self._desk.registry, link)


def _kind(mime: str) -> str:
    """Return what the browser is told that it is; the sender's word is not taken for all."""
    mime = mime.lower()
    return mime if _KIND.fullmatch(mime) and not _ACTIVE.search(mime) else _UNKNOWN


def _guarding(send: Send) -> Send:
    """Add to every answer what keeps a browser from showing a file as a page of ours."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *_ON_FILES]}
        await send(message)

    return guarded

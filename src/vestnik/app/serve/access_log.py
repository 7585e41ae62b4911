"""A line in the log for every request: what was asked, how it ended, who it was. Never a secret."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vestnik.terminal.logs import logger

__all__ = ["AccessLog"]

log = logger("vestnik.access")

READING = ("GET", "HEAD")
PUBLISHING = "POST", "/api/v1/notifications"
"""Asked every few seconds by machines, or thousands of times a second, and nothing is changed that
is not written down elsewhere: a line is above debug only if it fails."""

LINKS = "/api/v1/files/"
"""What follows in such a path opens a file to anybody."""

LONGEST_PATH = 200
ERRORS = 400


class AccessLog:
    """Wraps an ASGI application.

    Args:
        app: The application.
        who: Tells the id of whoever asks from the scope after the answer.
    """

    def __init__(self, app: ASGIApp, who: Callable[[Scope], str | None]) -> None:
        self._app = app
        self._who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The path without the query, where people put secrets; a terminal must not obey it.
        path = str(scope["path"])
        if path.startswith(LINKS):
            path = f"{LINKS}…"
        shown = path if path.isprintable() else ascii(path)[1:-1]
        is_quiet = scope["method"] in READING or (scope["method"], path) == PUBLISHING
        tell = log.debug if is_quiet and status < ERRORS else log.info
        tell(
            "request",
            method=scope["method"],
            path=shown if len(shown) <= LONGEST_PATH else f"{shown[:LONGEST_PATH]}…",
            status=status,
            ms=round(seconds * 1000, 1),
            who=self._who(scope),
        )

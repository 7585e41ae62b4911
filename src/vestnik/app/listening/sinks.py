"""Where notifications can go: into a command, or to another address."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from asyncio.subprocess import Process
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from vestnik.app.listening.telling import as_json
from vestnik.errors import BadInput
from vestnik.sdk import Notification
from vestnik.wire.limits import WEBHOOK_SECONDS

__all__ = ["Command", "Forward"]

COMMAND_SECONDS = 300.0
SUCCESS = range(200, 300)


class Command:
    """Runs a command line in the shell for each notification, one after the other.

    It gets the JSON line on stdin, and the plain fields as ``VESTNIK_…`` in its environment;
    nothing of a notification is ever part of the command line.

    Args:
        line: For the shell.
        seconds: How long one run may take.
    """

    def __init__(self, line: str, seconds: float = COMMAND_SECONDS) -> None:
        self._line = line
        self._seconds = seconds

    async def take(self, notification: Notification) -> str | None:
        """Run it to its end; returns what went wrong."""
        environment = {**os.environ, **_environment(notification)}
        process = await _start(self._line, environment, as_json(notification) + b"\n")
        try:
            async with asyncio.timeout(self._seconds):
                await process.wait()
        except TimeoutError:
            return f"The command did not end within {self._seconds:g} s and was stopped."
        finally:
            await _end(process)
        if process.returncode:
            return f"The command ended with exit status {process.returncode}."
        return None


class Forward:
    """Sends each notification on, as a webhook does.

    Args:
        url: Where to.
        token: For ``X-Boticord-Token``.
    """

    def __init__(self, url: str, token: str) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadInput("--forward needs an address such as http://127.0.0.1:9000/hook.")
        self._url = url
        self._token = token
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WEBHOOK_SECONDS))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._http is not None
        await self._http.close()

    async def take(self, notification: Notification) -> str | None:
        """Send it once; returns what went wrong."""
        assert self._http is not None
        headers = {
            "Content-Type": "application/json",
            "X-Boticord-Token": self._token,
            "X-Boticord-Affected": _header(notification.affected or ""),
        }
        try:
            async with self._http.post(
                self._url, data=notification.body(), headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except TimeoutError:
            return f"The address did not answer within {WEBHOOK_SECONDS:g} s."
        except aiohttp.ClientError as error:
            return f"The address cannot be reached: {type(error).__name__}."
        return None if status in SUCCESS else f"The address answered with HTTP status {status}."


def _environment(notification: Notification) -> dict[str, str]:
    fields = {
        "TYPE": "" if notification.type is None else str(notification.type),
        "NAME": notification.name,
        "AFFECTED": notification.affected or "",
        "RESOURCE": notification.resource or "",
        "USER": notification.user or "",
        "HAPPENED": str(notification.happened_ms),
    }
    return {
        f"VESTNIK_{name}": value.replace("\0", "").encode(errors="replace").decode()
        for name, value in fields.items()
    }


def _header(value: str) -> str:
    return "".join(char for char in value if char.isprintable()).encode(errors="replace").decode()


async def _start(line: str, environment: dict[str, str], said: bytes) -> Process:
    # A file, because a pipe breaks under whoever writes to a command that does not read.
    with tempfile.TemporaryFile() as stdin:
        stdin.write(said)
        stdin.seek(0)
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_shell(
                line, stdin=stdin, env=environment, start_new_session=True
            )
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await _end(await starting)
            raise


async def _end(process: Process) -> None:
    """Leave nothing behind: neither the shell nor what it has started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
    await process.wait()

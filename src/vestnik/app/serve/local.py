"""What only the operator at this machine can have a running gateway do: a backup."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from pathlib import Path

import msgspec
from starlette.types import Receive, Scope, Send

from vestnik.app.serve.folder import LOCAL_TOKEN, BackUp, DataFolder
from vestnik.errors import StoreFailed, VestnikError
from vestnik.gateway import Gateway, Token, digest_of, new_token
from vestnik.gateway.model import Scope as TokenScope
from vestnik.gateway.ports import Store
from vestnik.web.http import Answer, Problem, read_body, send_answer
from vestnik.web.problems import answer_to

__all__ = ["LocalBackup", "let_in", "write_backup"]


def let_in(gateway: Gateway) -> str:
    """Make a token that is good for everything, and that no list, command or store ever sees."""
    secret = new_token()
    gateway.access.admit(
        Token(
            id=LOCAL_TOKEN,
            owner=None,
            scopes=frozenset(TokenScope),
            label="the command line of this machine",
            digest=digest_of(secret),
            created=int(time.time() * 1000),
        )
    )
    return secret


class LocalBackup:
    """Writes a backup for who has the token of `server.json`, as an ASGI application."""

    def __init__(self, gateway: Gateway, folder: DataFolder | None) -> None:
        self._gateway = gateway
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            answer = await self._answer(scope, receive)
        except (VestnikError, Problem) as problem:
            answer = answer_to(problem)
        await send_answer(send, answer, scope)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        token = headers.get(b"authorization", b"").removeprefix(b"Bearer ").decode("latin-1")
        known = self._gateway.access.identify(token)
        if known is None or known.id != LOCAL_TOKEN:
            raise Problem(404, "There is nothing here.")
        if scope["method"] != "POST":
            raise Problem(405, "A backup is made by POST.", ((b"allow", b"POST"),))
        if self._folder is None:
            raise StoreFailed("This gateway keeps everything in memory: there is nothing to keep.")
        try:
            wanted = msgspec.json.decode(
                await read_body(receive, headers.get(b"content-length")), type=BackUp
            )
        except msgspec.DecodeError as error:
            raise Problem(400, f"This says nothing about where to: {error}.") from error
        await write_backup(self._gateway.store, self._folder, Path(wanted.to))
        return Answer(201, msgspec.json.encode(wanted))


async def write_backup(store: Store, folder: DataFolder, to: Path) -> None:
    """Write a folder that `vestnik serve` can start from; half of one is never there.

    Raises:
        StoreFailed: It cannot be written, or there is something already.
    """
    if await asyncio.to_thread(to.exists):
        raise StoreFailed(f"There is something at {to} already: name a folder that is not there.")
    draft = to.with_name(f".{to.name}.{secrets.token_hex(4)}.partial")
    try:
        draft.mkdir(mode=0o700, parents=True)
        await store.back_up(draft / folder.store.name)
        await asyncio.to_thread(folder.copy_rest, draft)
        draft.rename(to)
    except OSError as error:
        raise StoreFailed(
            f"The backup cannot be written to {to} ({error.strerror}): choose another place."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)

"""How a connection gets in: its token, its limits, its channel, and what it missed."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Callable, Coroutine
from typing import Protocol, TypeAlias

from vestnik.gateway.access import Access
from vestnik.gateway.live.calls import ORDERING
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.channels import Channels
from vestnik.gateway.live.replay import Replayed, Replays
from vestnik.gateway.live.session import Action, Session, problem
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.live.tasks import Tasks
from vestnik.gateway.model import Scope, Token
from vestnik.ids import ConnectionId, OwnerId, ResourceId, TokenId
from vestnik.wire import Authenticate, ErrorCode, Hello, Position, Resume

__all__ = ["Entering", "Entrance"]

_log = logging.getLogger("vestnik.gateway.live")

_Work: TypeAlias = Callable[[], Coroutine[None, None, None]]
_Stream: TypeAlias = tuple[OwnerId, ResourceId | None]

_NOBODYS = "Nobody has this token: check that it is whole, or create a new one."
_NO_NOTIFY = "The token lacks the scope 'notify': create one that has it."
_NO_OWNER = "This is an operator's token, and nobody's notifications: use the token of an owner."
_DEAF = "This token lacks the scope 'notify': there is nothing that could be told again."
_BUSY = "A replay is under way: resume when it has ended."
_NO_SUCH_PLACE = (
    "The log has not everything after this place, or never had it: notifications go on from now."
)
_STORE_FAILS = "The server cannot read its log right now: try again a little later."


class Entering(Replayed, Protocol):
    """A connection, as far as the entrance knows it."""

    session: Session
    channel: Channel | None
    token: Token | None
    owner: OwnerId | None
    work: asyncio.Task[None] | None

    def carry_out(self, action: Action) -> None:
        """Do what a session wants."""

    def abort(self) -> None:
        """Be gone at once."""

    def note_stage(self) -> None:
        """Take note that the session is in, or out again."""


class Entrance:
    """Lets connections in.

    Args:
        limit: Says how many seconds a token has to wait, having connected too often; 0 if not.
    """

    def __init__(
        self,
        access: Access,
        limit: Callable[[TokenId], float],
        channels: Channels,
        replays: Replays,
        tasks: Tasks,
        stats: HubStats,
    ) -> None:
        self._access = access
        self._limit = limit
        self._channels = channels
        self._replays = replays
        self._tasks = tasks
        self._stats = stats

    def authenticate(self, connection: Entering, auth: Authenticate) -> Action:
        """Let a connection in, or return what to tell it."""
        token = self._access.identify(auth.token)
        refusal = self._refusal(token)
        if token is None or refusal is not None:
            code, sentence = refusal or (ErrorCode.UNAUTHORIZED, _NOBODYS)
            self._stats.bad_tokens += code is ErrorCode.UNAUTHORIZED
            return connection.session.stay_out(code, sentence)
        connection.session.recognise(auth)
        connection.token, connection.owner = token, token.owner
        if token.owner is not None and Scope.NOTIFY in token.scopes:
            self._enter(connection, (token.owner, token.resource), auth)
        else:
            self._greet(connection, None, False if auth.after else None)
        return None

    def resume(self, connection: Entering, resume: Resume) -> Action:
        """Begin a replay on a connection that is in, or return what to tell it."""
        channel, place = connection.channel, resume.after
        if channel is None or connection.work is not None:
            return problem(ErrorCode.BAD_REQUEST, _BUSY if connection.work else _DEAF)
        missed = channel.leave(connection)
        left_at = channel.head, missed
        self._work(connection, lambda: self._rewind(connection, channel, place, left_at))
        return None

    def leave(self, connection: Entering) -> None:
        """Forget a connection, in whatever state it is."""
        if connection.work is not None:
            connection.work.cancel()
            connection.work = None
        channel, connection.channel = connection.channel, None
        if channel is not None:
            channel.leave(connection)
            self._channels.release(channel)

    def _refusal(self, token: Token | None) -> tuple[ErrorCode, str] | None:
        if token is None:
            return ErrorCode.UNAUTHORIZED, _NOBODYS
        if seconds := self._limit(token.id):
            self._stats.limited += 1
            wait = math.ceil(seconds)
            return ErrorCode.RATE_LIMITED, f"Too many attempts with this token: wait {wait} s."
        # Who is to hear hears, or is told why not; who is only to give orders hears nothing.
        if Scope.NOTIFY not in token.scopes:
            return None if token.scopes & ORDERING else (ErrorCode.UNAUTHORIZED, _NO_NOTIFY)
        if token.owner is None:
            return ErrorCode.UNAUTHORIZED, _NO_OWNER
        return None

    def _enter(self, connection: Entering, stream: _Stream, auth: Authenticate) -> None:
        channel = None if auth.after else self._channels.hold_open(*stream)
        if channel is None:
            self._work(connection, lambda: self._enter_later(connection, stream, auth.after))
            return
        connection.channel = channel
        self._greet(connection, channel)
        channel.join(connection)

    def _work(self, connection: Entering, work: _Work) -> None:
        connection.work = self._tasks.start(self._to_the_end(connection, work))

    async def _to_the_end(self, connection: Entering, work: _Work) -> None:
        """Do the work of a connection; one that is left halfway is told nothing, so it must go."""
        try:
            await work()
        except Exception:
            _log.exception("A mistake with one connection, which is ended.")
            connection.work = None
            connection.abort()

    async def _enter_later(
        self, connection: Entering, stream: _Stream, after: Position | None
    ) -> None:
        try:
            channel = connection.channel = await self._channels.hold(*stream)
            recovered = await self._replays.reaches(channel, after) if after else None
        except Exception as error:
            self._turn_away(connection, error)
            return
        self._greet(connection, channel, recovered)
        await self._go_on(connection, channel, after.offset if after and recovered else None)

    def _turn_away(self, connection: Entering, error: Exception) -> None:
        _log.warning("A connection cannot be let in now: %s", error)
        connection.work = connection.token = connection.owner = None
        self.leave(connection)
        connection.carry_out(
            connection.session.stay_out(ErrorCode.INTERNAL, _STORE_FAILS, is_try=False)
        )
        connection.note_stage()

    def _greet(
        self, connection: Entering, channel: Channel | None, recovered: bool | None = None
    ) -> None:
        """Let a connection in; without a channel, one that hears nothing."""
        session = connection.session
        position = channel.position if channel and session.wants_positions else None
        id = ConnectionId(secrets.token_hex(8))
        connection.write(session.enter(Hello(id, position, recovered)))
        connection.note_stage()
        _log.debug("Connection %s is in.", id)

    async def _rewind(
        self, connection: Entering, channel: Channel, place: Position, left_at: tuple[int, int]
    ) -> None:
        after, missed = left_at
        try:
            if await self._replays.reaches(channel, place):
                after, missed = place.offset, 0
            else:
                connection.write(problem(ErrorCode.BAD_REQUEST, _NO_SUCH_PLACE))
        except Exception as error:
            _log.warning("A replay cannot begin: %s", error)
            connection.write(problem(ErrorCode.INTERNAL, _STORE_FAILS))
        await self._go_on(connection, channel, after, missed)

    async def _go_on(
        self, connection: Entering, channel: Channel, after: int | None, missed: int = 0
    ) -> None:
        """Be live, after a replay if there is something to replay."""
        if after is None:
            channel.join(connection, missed)
        else:
            await self._replays.catch_up(connection, channel, after, missed)
        connection.work = None

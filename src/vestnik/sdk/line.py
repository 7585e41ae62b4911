"""One client's life: connections one after the other, and what they bring, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeAlias

import msgspec

from vestnik.clock import Clock
from vestnik.errors import BadInput, GatewayUnreachable
from vestnik.sdk.actions import (
    Actions,
    Answered,
    Declined,
    Deliver,
    Drop,
    Lost,
    Refuse,
    Send,
    Stand,
)
from vestnik.sdk.attempts import Attempts
from vestnik.sdk.dialling import Closed, Dial, NoConnection, Socket
from vestnik.sdk.duplicates import Duplicates
from vestnik.sdk.inbox import Inbox
from vestnik.sdk.notification import Gap, Notification
from vestnik.sdk.orders import Orders
from vestnik.sdk.session import Session
from vestnik.wire import Position

__all__ = ["Item", "Line"]

SEND_SECONDS = 20.0

LIFE_SECONDS = 10.0
"""How often a server is shown that we live while nothing is read, and its pings are not either."""

Item: TypeAlias = Notification | Gap | Position

_log = logging.getLogger("vestnik.sdk")


class _Over(msgspec.Struct, frozen=True):
    """How a connection, or an attempt at one, came to its end."""

    reason: str
    at_least: float = 0.0


class Line:
    """Keeps a session connected and fills the inbox.

    While the inbox is full nothing is read, so that the server sees how fast we are; pings of our
    own still go out, and signs of life in place of answers to the server's. A server that gives us
    up meanwhile is connected to again and resumes. While an order waits for its answer, all is
    read; notifications that there is no room for are left out, and asked for when there is.
    """

    def __init__(
        self,
        url: str,
        session: Session,
        inbox: Inbox[Item],
        orders: Orders,
        *,
        dial: Dial,
        attempts: Attempts,
        clock: Clock,
        duplicates: Duplicates | None,
        give_up_after: float | None,
    ) -> None:
        self._url = url
        self._session = session
        self._inbox = inbox
        self._orders = orders
        self._dial = dial
        self._attempts = attempts
        self._clock = clock
        self._duplicates = duplicates
        self._give_up_after = give_up_after
        self._out_since: float | None = None
        self._is_held_up = False
        self.first_end = asyncio.Event()
        """Set once the server has let us in, or it is certain that it will not."""

    async def serve(self) -> None:
        """Connect again and again until cancelled; what ends it for good ends the inbox."""
        try:
            while True:
                await self._attempts.turn(self._clock)
                await self._pause_after(await self._connection())
        except asyncio.CancelledError:
            self._inbox.end()
            self._orders.ended(BadInput("This stream is closed: call connect again."))
            raise
        except Exception as error:
            self._inbox.end(error)
            self._orders.ended(error)
        finally:
            self.first_end.set()

    async def _pause_after(self, over: _Over) -> None:
        now = self._clock.monotonic()
        if self._out_since is None or self._session.is_in:
            self._out_since = now
        pause = max(self._session.closed(now), over.at_least)
        if self._give_up_after is not None:
            pause = self._shortened(pause, now, over.reason)
        _log.warning("%s Trying again in %.1f s.", over.reason, pause)
        await self._clock.sleep(pause)

    def _shortened(self, pause: float, now: float, reason: str) -> float:
        assert self._give_up_after is not None
        assert self._out_since is not None
        left = self._out_since + self._give_up_after - now
        if left <= 0:
            raise GatewayUnreachable(f"{reason} That is so for {self._give_up_after:g} s now.")
        return min(pause, left)

    async def _connection(self) -> _Over:
        try:
            socket = await self._dial(self._url)
        except NoConnection as problem:
            if problem.is_lasting and not self.first_end.is_set():
                raise GatewayUnreachable(str(problem)) from problem
            return _Over(str(problem), problem.at_least)
        try:
            return await self._life(socket)
        finally:
            await socket.close()

    async def _life(self, socket: Socket) -> _Over:
        """Read and watch the time side by side, until one of the two finds the end."""
        await self._do(socket, self._session.opened(self._clock.monotonic()))
        sides = {
            asyncio.create_task(self._read(socket)),
            asyncio.create_task(self._watch(socket)),
        }
        try:
            done, _ = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            self._orders.lost("The connection to the gateway was lost, or closed.")
            for side in sides:
                side.cancel()
            await asyncio.gather(*sides, return_exceptions=True)

    async def _read(self, socket: Socket) -> _Over:
        while True:
            match await socket.receive():
                case Closed(code=code):
                    return _Over(f"The connection to the gateway is lost (code {code}).")
                case bytes():
                    _log.warning("A binary message of the gateway is skipped.")
                case text:
                    if over := await self._do(socket, self._heard(text)):
                        return over
            if self._session.is_in:
                self.first_end.set()
                self._orders.opened(socket.send)

    def _heard(self, text: str) -> Actions:
        now = self._clock.monotonic()
        has_room = not (self._orders.are_waiting and self._inbox.is_full)
        return [*self._session.received(text, now, has_room=has_room), *self._made_up(now)]

    def _made_up(self, now: float) -> Actions:
        """Ask for what was left out, if there is room for a good part of it."""
        if not (self._session.is_behind and self._inbox.has_much_room):
            return []
        return self._session.make_up(now)

    async def _watch(self, socket: Socket) -> _Over:
        while True:
            left = self._session.due - self._clock.monotonic()
            await self._clock.sleep(min(left, LIFE_SECONDS))
            now = self._clock.monotonic()
            if self._is_held_up:
                self._session.held_up(now)
                if over := await _in_time(socket.show_life()):
                    return over
            if over := await self._do(socket, [*self._session.tick(now), *self._made_up(now)]):
                return over

    async def _do(self, socket: Socket, actions: Actions) -> _Over | None:
        for action in actions:
            match action:
                case Send(data=data):
                    if over := await _in_time(socket.send(data)):
                        return over
                case Drop(reason=reason, at_least=at_least):
                    return _Over(reason, at_least)
                case Refuse(error=error):
                    raise error
                case Answered(answer=answer):
                    self._orders.answered(answer)
                case Declined(code=code, words=words):
                    self._orders.declined(code, words)
                case Deliver() | Stand() | Lost():
                    await self._hand_over(action)
        return None

    async def _hand_over(self, action: Deliver | Stand | Lost) -> None:
        if not (item := self._item(action)):
            return
        if not self._inbox.is_full:
            self._inbox.put_at_once(item)
            return
        self._is_held_up = True
        try:
            await self._inbox.put(item)
        finally:
            self._is_held_up = False
        self._session.held_up(self._clock.monotonic())

    def _item(self, action: Deliver | Stand | Lost) -> Item | None:
        match action:
            case Stand(position=position):
                return position
            case Lost(gap=gap):
                return gap
            case Deliver(notification=notification):
                if self._duplicates is None or self._duplicates.is_new(notification.key):
                    return notification
                return notification.position


async def _in_time(sending: Awaitable[None]) -> _Over | None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await sending
    except TimeoutError:
        return _Over(f"The gateway took nothing for {SEND_SECONDS:g} s.")
    return None

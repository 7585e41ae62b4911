"""What a client says and when, pure: messages and the time go in, actions come out.

One `Session` lives through all connections of a client::

    waiting ─ opened ─▶ greeting ─ hello ─▶ in ─ missed ─▶ catching up ─ hello ─▶ in
       ▲                   │                 │                  │
       └────── closed ─────┴─────────────────┴──────────────────┘

Who waits for an answer to an order has to read on, also where there is no room for notifications:
then they are left out (behind), and asked for when there is room (catching up).

What it has learnt of the stream, it keeps: where to go on, and what it has seen already.
"""

from __future__ import annotations

import logging
from enum import Enum, auto

from vestnik.errors import BadMessage
from vestnik.sdk.actions import (
    Actions,
    Answered,
    Declined,
    Deliver,
    Drop,
    Lost,
    Send,
    Stand,
)
from vestnik.sdk.backoff import Backoff
from vestnik.sdk.notification import Gap, read_notification
from vestnik.sdk.place import Place
from vestnik.sdk.turned_away import turned_away
from vestnik.wire import (
    PING,
    ErrorCode,
    Hello,
    Notify,
    Position,
    Problem,
    RpcAnswer,
    ServerMessage,
    Unknown,
    decode_server_message,
    encode_authenticate,
    encode_resume,
)
from vestnik.wire.limits import CLIENT_PING_SECONDS

__all__ = ["Session"]

NO_ORDERS = frozenset({ErrorCode.BAD_REQUEST, ErrorCode.UNKNOWN_EVENT})
"""What a gateway says to whom it takes no orders from; all else that we say it understands."""

MOST_WORDS = 200

_log = logging.getLogger("vestnik.sdk")


class _State(Enum):
    WAITING = auto()
    GREETING = auto()
    IN = auto()
    BEHIND = auto()
    CATCHING_UP = auto()


class Session:
    """The client's half of the protocol.

    Args:
        token: Who we are.
        resume: Ask the server for what was missed.
        after: The place to go on from, known from an earlier run.
        backoff: How long to pause between connections.
        answer_seconds: How long the server may take to greet and to answer a ping.
    """

    def __init__(
        self,
        token: str,
        *,
        resume: bool = True,
        after: Position | None = None,
        backoff: Backoff | None = None,
        ping_seconds: float = CLIENT_PING_SECONDS,
        answer_seconds: float = 20.0,
    ) -> None:
        self._token = token
        self._wants_positions = resume
        self._place = Place(after if resume else None)
        self._backoff = backoff or Backoff()
        self._ping_seconds = ping_seconds
        self._answer_seconds = answer_seconds
        self._state = _State.WAITING
        self._was_in = False
        self._failures = 0
        self._in_since = 0.0
        self._ping_at = 0.0
        self._answer_by: float | None = None
        self._left_out = 0
        self._left_out_at: Position | None = None

    @property
    def is_in(self) -> bool:
        """Whether the server has said hello on this connection."""
        return self._state in (_State.IN, _State.BEHIND, _State.CATCHING_UP)

    @property
    def due(self) -> float:
        """When to call `tick` next; only while there is a connection."""
        if self._answer_by is None:
            return self._ping_at
        return min(self._answer_by, self._ping_at) if self.is_in else self._answer_by

    def opened(self, now: float) -> Actions:
        """There is a connection: say who we are."""
        self._state = _State.GREETING
        self._left_out = 0
        self._answer_by = now + self._answer_seconds
        resume = (self._place.last or True) if self._wants_positions else None
        return [Send(encode_authenticate(self._token, resume))]

    def received(self, data: str | bytes, now: float, *, has_room: bool = True) -> Actions:
        """Make sense of a text message; one that makes none is skipped.

        Args:
            has_room: Whether a notification can be handed over; else it is left out for now.
        """
        try:
            message = decode_server_message(data)
            self._heard()
            if isinstance(message, Notify) and (self._state is _State.BEHIND or not has_room):
                self._leave_out(message)
                return []
            return self._on_message(message, now)
        except BadMessage as problem:
            _log.warning("A message of the gateway is skipped: %s", self._clean(str(problem)))
            return []

    @property
    def is_behind(self) -> bool:
        """Whether notifications were left out that are still to be asked for."""
        return self._state is _State.BEHIND

    def make_up(self, now: float) -> Actions:
        """There is room again: ask for what was left out."""
        self._state = _State.IN
        left_out, self._left_out = self._left_out, 0
        if self._left_out_at is None or not (after := self._to_catch_up_from(self._left_out_at)):
            return _gap_of(left_out)
        return self._catch_up(after, now)

    def held_up(self, now: float) -> None:
        """Nothing could be heard until now because nobody took what came; that is no silence."""
        if self._state in (_State.IN, _State.BEHIND):
            self._answer_by = None
        elif self._answer_by is not None:
            self._answer_by = now + self._answer_seconds

    def tick(self, now: float) -> Actions:
        """Do what is due."""
        if self._answer_by is not None and now >= self._answer_by:
            return [Drop(f"The gateway did not answer within {self._answer_seconds:g} s.")]
        if not self.is_in or now < self._ping_at:
            return []
        self._ping_at = now + self._ping_seconds
        if self._answer_by is None:
            self._answer_by = now + self._answer_seconds
        return [Send(PING), *self._ask_for_the_rest()]

    def closed(self, now: float) -> float:
        """The connection is gone, or could not be made.

        Returns:
            How many seconds to pause before the next one.
        """
        was_calm = self.is_in and now - self._in_since >= self._backoff.calm
        self._state = _State.WAITING
        self._failures = 1 if was_calm else self._failures + 1
        return self._backoff.pause(self._failures)

    def _ask_for_the_rest(self) -> Actions:
        """When it has become quiet, ask for what the server may have left out at the end."""
        rest = self._place.to_ask_for_rest() if self._state is _State.IN else None
        return [Send(encode_resume(rest))] if rest else []

    def _heard(self) -> None:
        if self._state in (_State.IN, _State.BEHIND):
            self._answer_by = None

    def _leave_out(self, notify: Notify) -> None:
        if self._place.is_old(notify.position):
            return
        self._state, self._answer_by = _State.BEHIND, None
        self._left_out += 1 + notify.missed
        self._left_out_at = notify.position

    def _on_message(self, message: ServerMessage, now: float) -> Actions:
        match message:
            case Notify():
                return self._on_notify(message, now)
            case Hello():
                return self._on_hello(message, now)
            case RpcAnswer(answer=answer):
                return [Answered(answer)]
            case Problem():
                return self._on_problem(message)
            case Unknown():
                _log.info("The gateway said %r, which is unknown here.", message.event[:MOST_WORDS])
        return []

    def _on_hello(self, hello: Hello, now: float) -> Actions:
        if self._state in (_State.IN, _State.BEHIND):
            return []
        is_first, self._was_in = not self._was_in, True
        if self._state is _State.GREETING:
            self._in_since = now
            self._ping_at = now + self._ping_seconds
        self._state = _State.IN
        self._answer_by = None
        return self._placed(hello, is_first=is_first)

    def _placed(self, hello: Hello, *, is_first: bool) -> Actions:
        """Find out where in the stream we are now."""
        has_asked = self._place.last is not None
        if hello.recovered and has_asked:
            return []
        gap: Actions = [] if is_first and not has_asked else [Lost(Gap(self._why(hello)))]
        if hello.position is None:
            return gap
        self._place.move_to(hello.position)
        return [*gap, Stand(hello.position)]

    def _why(self, hello: Hello) -> str:
        if not self._wants_positions:
            return "Nothing was asked for again after the connection was lost: resume is off."
        if hello.position is None:
            return "The connection was lost, and this server cannot tell what happened meanwhile."
        return "The server's log does not reach back to where the connection was lost."

    def _on_notify(self, notify: Notify, now: float) -> Actions:
        place = notify.position
        is_catching_up = self._state is _State.CATCHING_UP
        if self._place.is_old(place) or (is_catching_up and not self._place.is_next(notify)):
            return []
        if notify.missed and place is not None and (after := self._to_catch_up_from(place)):
            return self._catch_up(after, now)
        notification = read_notification(notify.told, place)
        if place is not None and self._wants_positions:
            self._place.note(place)
        if is_catching_up:
            self._state, self._answer_by = _State.IN, None
        return [*_gap_of(notify.missed), Deliver(notification)]

    def _to_catch_up_from(self, told_at: Position) -> Position | None:
        return self._place.to_catch_up_from(told_at) if self._state is _State.IN else None

    def _catch_up(self, after: Position, now: float) -> Actions:
        self._state = _State.CATCHING_UP
        self._answer_by = now + self._answer_seconds
        return [Send(encode_resume(after))]

    def _on_problem(self, problem: Problem) -> Actions:
        words = self._clean(problem.message)
        if self._state is _State.GREETING:
            return [turned_away(problem.code, words)]
        if self._state is _State.CATCHING_UP:
            # Another connection can resume by its auth; what is left out then is lost.
            self._place.give_up()
            return [Drop(f"The gateway cannot resume here ({words}).")]
        _log.warning("The gateway tells of an error: %s (%d).", words, problem.code)
        return [Declined(problem.code, words)] if problem.code in NO_ORDERS else []

    def _clean(self, words: str) -> str:
        """Shorten what a server says for the log, and keep the token out of it."""
        return words.replace(self._token, "…")[:MOST_WORDS]


def _gap_of(missed: int) -> Actions:
    if not missed:
        return []
    return [Lost(Gap("Some were left out because they were taken too slowly.", missed))]

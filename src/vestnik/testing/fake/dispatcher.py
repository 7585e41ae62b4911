"""From a line of the client to the method that it calls, and back to the line that answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from vestnik.ids import AccountId
from vestnik.testing.fake.life import Life
from vestnik.testing.fake.methods import TOPICS
from vestnik.testing.fake.methods.transports import LOGIN_METHODS, tell_failed_login
from vestnik.testing.fake.script import EVENT_METHODS, Script
from vestnik.testing.fake.specification import parameter_types, typed_arguments
from vestnik.testing.fake.wire import (
    Refusal,
    Request,
    answer_line,
    read_request,
    refusal_line,
)
from vestnik.testing.fake.world import World

__all__ = ["Dispatcher"]


class Dispatcher:
    """Plays the methods of a world, as far as no script says otherwise.

    Attributes:
        calls: The arguments of all calls by method, but of those that ask for events.
    """

    def __init__(self, world: World, script: Script) -> None:
        self._world = world
        self._script = script
        self.calls: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._played: dict[str, Callable[..., object]] = {
            name: getattr(topic, name)
            for topic in (make_topic(world) for make_topic in TOPICS)
            for name in dir(topic)
            if not name.startswith("_")
        }

    @property
    def played(self) -> frozenset[str]:
        """The methods that are played without a script."""
        return frozenset(self._played) | frozenset(EVENT_METHODS)

    def play(self, method: str, *arguments: object) -> object:
        """Do what a method does, whatever the script says.

        Raises:
            Refusal: The core would answer with an error, or the method is not played.
        """
        if method not in self._played:
            raise Refusal(
                f"the fake core does not play {method}; script it with fake.on({method!r}, …)"
            )
        return self._played[method](*arguments)

    def take_line(self, life: Life, line: bytes) -> None:
        """Do what a line asks for and answer, at once or when the test lets go of the answer."""
        try:
            request = read_request(line)
        except Refusal as refusal:
            life.send(refusal_line(None, refusal))
            return
        answer = self._answer(life, request)
        held = self._script.held(request.method)
        if held is not None:
            held.keep(lambda: life.send(answer))
        elif answer:
            life.send(answer)

    def _answer(self, life: Life, request: Request) -> bytes:
        try:
            arguments = self._arguments(request)
            self._note_call(request.method, arguments)
            self._refuse_if_due(request.method, arguments)
            return self._perform(life, request, arguments)
        except Refusal as refusal:
            return refusal_line(request.id, refusal)

    def _perform(self, life: Life, request: Request, arguments: Sequence[object]) -> bytes:
        """Do it and give the answer; of events there is none before they happen."""
        method = request.method
        function = self._script.functions.get(method)
        if function is None and method in EVENT_METHODS:
            life.events.read(request.id, batch=EVENT_METHODS[method])
            return b""
        try:
            result = function(*arguments) if function else self.play(method, *arguments)
            return answer_line(request.id, result)
        except Refusal:
            raise
        except Exception as bug:
            # Without an answer the caller would wait for ever and the test never tell why.
            raise Refusal(f"{method} of the fake core raised {bug!r}") from bug

    def _arguments(self, request: Request) -> list[object]:
        types = parameter_types(request.method)
        if types is not None:
            return typed_arguments(types, request.arguments)
        if request.method in self._script.functions:
            return request.arguments
        raise Refusal.unknown_method()

    def _note_call(self, method: str, arguments: Sequence[object]) -> None:
        if method not in EVENT_METHODS:
            self.calls[method].append(tuple(arguments))
            self._world.changes.note()

    def _refuse_if_due(self, method: str, arguments: Sequence[object]) -> None:
        refusal = self._script.next_failure(method)
        if refusal is None:
            return
        if method in LOGIN_METHODS:
            account_id = arguments[0]
            assert isinstance(account_id, int)
            tell_failed_login(self._world.account(AccountId(account_id)), refusal.reason)
        raise refusal

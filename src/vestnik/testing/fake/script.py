"""What a test wants a method to do instead of what the fake core would do by itself."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from vestnik.testing.fake.held import HeldAnswers
from vestnik.testing.fake.specification import parameter_types
from vestnik.testing.fake.wire import Refusal

__all__ = ["EVENT_METHODS", "Script"]

EVENT_METHODS = {"get_next_event": False, "get_next_event_batch": True}
"""The methods that wait for events, and whether they take several at once."""


class Script:
    """Functions, failures and holds, each by the name of the method that it is for."""

    def __init__(self) -> None:
        self.functions: dict[str, Callable[..., object]] = {}
        self._failures: dict[str, deque[Refusal]] = defaultdict(deque)
        self._holds: dict[str, HeldAnswers] = {}

    def check(self, method: str) -> None:
        """Refuse a name that the core could never be called by: it would be a typo.

        Raises:
            ValueError: There is no method of that name.
        """
        if parameter_types(method) is None and method not in self.functions:
            raise ValueError(f"the core has no method {method!r}")

    def add_failures(self, method: str, failures: Sequence[Refusal]) -> None:
        """Let the next calls of a method be refused."""
        self.check(method)
        self._failures[method].extend(failures)

    def next_failure(self, method: str) -> Refusal | None:
        """Take the refusal that is due for a method, if one is."""
        failures = self._failures.get(method)
        return failures.popleft() if failures else None

    def hold(self, method: str) -> HeldAnswers:
        """Begin to hold the answers of a method.

        Raises:
            ValueError: There is no method of that name, or it waits for events anyway.
        """
        self.check(method)
        if method in EVENT_METHODS:
            raise ValueError(f"{method} waits for events anyway: hold back the events instead")
        held = HeldAnswers(lambda: self._holds.__delitem__(method))
        self._holds[method] = held
        return held

    def held(self, method: str) -> HeldAnswers | None:
        """Give what holds the answers of a method now."""
        return self._holds.get(method)

    def forget_held(self) -> None:
        """Drop all answers held; new ones are held as before."""
        for held in self._holds.values():
            held.forget()

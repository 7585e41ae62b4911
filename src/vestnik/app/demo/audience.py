"""Who watches the demonstration, and what there is to see."""

from __future__ import annotations

import time
from typing import Protocol

from vestnik.app.demo.conversation import Reply
from vestnik.app.demo.witnesses import Channel
from vestnik.chatmail import Event, Progress
from vestnik.sdk import Notification

__all__ = ["Audience", "Stopwatch"]


class Audience(Protocol):
    """Who is shown what happens; `seconds` are those since the user sent the last message."""

    def step(self, text: str) -> None:
        """See what has been prepared."""

    def progress(self, role: str, progress: Progress) -> None:
        """See how far a login has come."""

    def said(self, text: str) -> None:
        """See what the user sends."""

    def heard(self, reply: Reply | None) -> None:
        """See what the bot answered; ``None`` if it did not."""

    def happened(self, role: str, event: Event, seconds: float | None) -> None:
        """See an event of the bot's or the user's core."""

    def told(self, channel: Channel, notification: Notification, seconds: float | None) -> None:
        """See a notification arrive."""

    def published(self, text: str) -> None:
        """See what is put in from outside, by HTTP."""


class Stopwatch:
    """Tells how long ago the user has sent something."""

    def __init__(self) -> None:
        self._started: float | None = None

    def start(self) -> None:
        """Begin anew."""
        # Not the loop's clock: uvloop's ticks in whole milliseconds.
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float | None:
        """Since the start; ``None`` before the first one."""
        return None if self._started is None else time.perf_counter() - self._started

"""What is counted of hosted bots."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["HostingCounts", "Tallies"]


class Tallies(msgspec.Struct):
    """What has happened so far, over all lives of what it happened in.

    Attributes:
        messages: Incoming messages that were dealt with.
        events: Other events that were.
        failed: What could not be dealt with, and comes again if it is a message.
        done: Orders that were carried out, batches counted as one.
        refused: Orders that were answered with an error.
        restarts: How often the core died and another one was started.
    """

    messages: int = 0
    events: int = 0
    failed: int = 0
    done: int = 0
    refused: int = 0
    restarts: int = 0


class HostingCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one moment.

    Attributes:
        bots: How many bots there are, by their state.
        outbox_waiting: Messages that are still to be sent.
        intake_waiting: Messages and events that wait to be told.
    """

    happened: Tallies
    bots: Mapping[str, int] = msgspec.field(default_factory=dict)
    outbox_waiting: int = 0
    intake_waiting: int = 0

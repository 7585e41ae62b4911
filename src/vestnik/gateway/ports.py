"""The seams of the gateway: what it needs of a store, a broker and a sender of webhooks.

Each has an in-memory twin, and `vestnik.testing` has the contract suite that every implementation
passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from vestnik.gateway.model import (
    AddressFamily,
    Appended,
    Attempt,
    AttemptKind,
    Batch,
    Finished,
    Page,
    Planned,
    Record,
    RecordId,
    Retention,
    Stored,
    Token,
)
from vestnik.ids import DeliveryId, OwnerId, TokenId, WebhookId
from vestnik.wire import Position

__all__ = [
    "SETTINGS_TOPIC",
    "AttemptLog",
    "Broker",
    "BrokerMessage",
    "Changed",
    "Listener",
    "NotificationLog",
    "Notified",
    "Orders",
    "Settings",
    "Store",
    "Subscription",
    "TokenRevoked",
    "WebhookRequest",
    "WebhookResponse",
    "WebhookSender",
    "owner_topic",
]

SETTINGS_TOPIC = "settings"
"""Where `TokenRevoked` and `Changed` are told."""


def owner_topic(owner: OwnerId) -> str:
    """Return the topic where an owner's `Notified` are told."""
    return f"owner:{owner}"


class Settings(Protocol):
    """Owners, resources, tokens and webhooks; few and rarely changed, so that all fit in memory."""

    async def load(self) -> Sequence[Record]:
        """Return everything, owners first, then resources, then the others."""

    async def save(self, *records: Record) -> None:
        """Add records or replace those of the same kind and id; all of them or none."""

    async def delete(self, *ids: tuple[type[Record], RecordId]) -> None:
        """Forget records, all or none; what is not there is no error. An owner's go with him."""


class NotificationLog(Protocol):
    """Streams of notifications, one an owner, with offsets that grow by one from 1.

    What `append` returned is there after a crash of the process, in the order of the offsets.
    """

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        """Store batches in one commit, with the attempts that their webhooks will get.

        Raises:
            StoreFailed: Nothing of all was stored.
        """

    async def position(self, owner: OwnerId) -> Position:
        """Return where the owner's stream ends now; offset 0 if nothing was ever stored."""

    async def read(self, owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        """Return at most `limit` notifications after an offset, up to and with another one."""


class AttemptLog(Protocol):
    """The webhook attempts: planned, begun, finished, and kept for a while to be looked at."""

    async def record(
        self, begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        """Write down in one commit what begins now and what has ended."""

    async def plan(
        self,
        webhook: WebhookId,
        owner: OwnerId,
        kind: AttemptKind,
        now: int,
        *,
        offset: int | None = None,
        number: int = 1,
        due: int = 0,
    ) -> Attempt:
        """Add one more attempt: a retry, a re-send by hand, or a test (without an offset)."""

    async def recover(self, now: int) -> Sequence[Planned]:
        """Return all that is planned, oldest first, once at the start.

        What was begun and never finished becomes `INTERRUPTED` first. A planned one whose
        notification is gone, and a planned test, becomes `SKIPPED`.
        """

    async def get(self, id: DeliveryId) -> Attempt | None:
        """Return one attempt."""

    async def latest(
        self, webhook: WebhookId, limit: int, before: DeliveryId | None = None
    ) -> Sequence[Attempt]:
        """Return a webhook's attempts, the newest first."""


class Store(Protocol):
    """What a gateway remembers, as an async context manager that opens and closes it.

    A second process that opens the same one is refused with `StoreFailed`, unless the
    implementation is made to be shared.
    """

    @property
    def settings(self) -> Settings: ...

    @property
    def log(self) -> NotificationLog: ...

    @property
    def attempts(self) -> AttemptLog: ...

    async def trim(self, retention: Retention) -> int:
        """Forget what is too old or too much, and return how many notifications that were."""

    async def back_up(self, path: Path) -> None:
        """Write a copy that can be opened like the original, with an epoch of its own.

        Raises:
            StoreFailed: It cannot be written, or there is something already.
        """

    async def __aenter__(self) -> Store: ...

    async def __aexit__(self, *exc: object) -> None: ...


class Notified(msgspec.Struct, frozen=True, tag=True):
    """Notifications of one owner were stored; they follow each other without a gap."""

    owner: OwnerId
    epoch: str
    items: tuple[Stored, ...]


class TokenRevoked(msgspec.Struct, frozen=True, tag=True):
    """A token was deleted or regenerated."""

    token: TokenId


class Changed(msgspec.Struct, frozen=True, tag=True):
    """Settings of an owner have changed."""

    owner: OwnerId


BrokerMessage: TypeAlias = Notified | TokenRevoked | Changed
Listener: TypeAlias = Callable[[BrokerMessage], None]


class Subscription(Protocol):
    """A listener that listens."""

    async def close(self) -> None:
        """Hear no more; closing twice is no error."""


class Broker(Protocol):
    """Tells all parts of a gateway, on however many machines, what happens.

    - Every listener of a topic hears every message of it that was published after `subscribe` had
      returned, at most once, in the order of the calls of one publisher.
    - A listener that raises is logged and hurts nobody else.
    - Listeners are called on the event loop and return at once.
    """

    async def publish(self, topic: str, message: BrokerMessage) -> None:
        """Tell the listeners of a topic."""

    async def subscribe(self, topic: str, listener: Listener) -> Subscription:
        """Begin to hear a topic."""


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One POST as it goes out.

    Attributes:
        headers: All but Host, Content-Length, Connection and User-Agent, which the sender writes.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    family: AddressFamily = AddressFamily.ANY


class WebhookResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        status: ``None`` when there was no answer; then `error` says why.
        excerpt: The first bytes of the answer's body.
        retry_after: Seconds, if the answer named them.
        address: Where the connection went.
    """

    status: int | None = None
    excerpt: bytes = b""
    error: str = ""
    milliseconds: float = 0.0
    retry_after: float | None = None
    address: str = ""


class WebhookSender(Protocol):
    """Makes POSTs, as an async context manager.

    - Every call ends within the deadline, with what came of it; only cancellation raises.
    - The request goes out at most once: never again by itself, no redirect is followed.
    - It never connects to an address that the guard refuses, whatever a name resolves to.
    """

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        """Make one POST."""

    async def __aenter__(self) -> WebhookSender: ...

    async def __aexit__(self, *exc: object) -> None: ...


class Orders(Protocol):
    """Takes the orders that programs give to their bots, over whatever connection they come."""

    async def carry_out(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None = None
    ) -> bytes | None:
        """Carry out one JSON-RPC 2.0 request, or a batch of them.

        Only cancellation raises: whatever else is wrong is in the answer.

        Args:
            token: Who gives the order; it need not be good for any.
            key: Who gives the same order with the same key again, does not have it done again.

        Returns:
            The answer; ``None`` if the request wants none.
        """

"""What a gateway knows and remembers: settings, notifications, attempts to deliver them."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from vestnik.ids import DeliveryId, OwnerId, ResourceId, TokenId, WebhookId
from vestnik.wire import Dialect, Notification

__all__ = [
    "AddressFamily",
    "Addressed",
    "Appended",
    "Attempt",
    "AttemptKind",
    "AttemptState",
    "Batch",
    "Finished",
    "Owner",
    "Page",
    "Planned",
    "Record",
    "RecordId",
    "Resource",
    "Retention",
    "Scope",
    "Stored",
    "Token",
    "Webhook",
]


class Scope(StrEnum):
    """What a token is good for."""

    NOTIFY = "notify"
    """To receive notifications."""

    PUBLISH = "publish"
    """To put notifications in."""

    MANAGE = "manage"
    """To change resources, tokens and webhooks."""

    BOT = "bot"
    """To give orders to the one hosted bot that the token is for."""

    CORE = "core"
    """To give orders to the whole core, past all that guards a bot; the operator's alone."""


class AddressFamily(StrEnum):
    """By which kind of address a webhook is reached."""

    ANY = "any"
    IPV6 = "ipv6"
    IPV4 = "ipv4"


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who has bots and is told about them."""

    id: OwnerId
    name: str
    dialect: Dialect = Dialect.NUMERIC
    created: int
    """Milliseconds since 1970, as all moments here."""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A bot, or whatever else notifications are about."""

    id: ResourceId
    owner: OwnerId
    name: str
    notify: bool = True
    """Whether its owner wants to be told."""
    created: int


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a token; the token itself is shown once and not kept.

    Attributes:
        owner: Whose it is; ``None`` makes it the operator's, which reaches all owners.
        resource: Good for this one of the owner's resources only; ``None`` means all of them.
        digest: SHA-256 of the token, in hexadecimal; enough to recognise it, not to use it.
    """

    id: TokenId
    owner: OwnerId | None
    resource: ResourceId | None = None
    scopes: frozenset[Scope]
    label: str = ""
    digest: str
    created: int


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that gets a POST for every notification of an owner, or of one resource.

    Attributes:
        resource: Only of this one; ``None`` means all of the owner's.
        headers: The owner's own, at most ten; the values are sealed (encrypted).
        token: What goes out as ``X-Boticord-Token``, sealed.
        signing_secret: With which requests are signed by Standard Webhooks, sealed; ``None`` not.
        retries: Whether a failed attempt is made again; the protocol's own rule is one attempt.
        failing_since: When its present row of failures began.
        disabled_since: When it was switched off for failing too long; ``None`` means it is not.
    """

    id: WebhookId
    owner: OwnerId
    resource: ResourceId | None = None
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    token: str
    signing_secret: str | None = None
    family: AddressFamily = AddressFamily.ANY
    retries: bool = False
    enabled: bool = True
    failing_since: int | None = None
    disabled_since: int | None = None
    created: int


Record: TypeAlias = Owner | Resource | Token | Webhook
"""What settings consist of."""

RecordId: TypeAlias = OwnerId | ResourceId | TokenId | WebhookId


class Addressed(msgspec.Struct, frozen=True, gc=False):
    """A notification on its way into the log, with those who are to have it.

    Attributes:
        webhooks: Get it by POST.
        overflowed: Would get it, but too much waits for them already; recorded as not attempted.
    """

    owner: OwnerId
    notification: Notification
    webhooks: tuple[WebhookId, ...] = ()
    overflowed: tuple[WebhookId, ...] = ()


class Batch(msgspec.Struct, frozen=True, gc=False):
    """What is stored wholly or not at all.

    Attributes:
        key: Who says it again with the same key says nothing new; the key contains whose it is.
    """

    items: tuple[Addressed, ...]
    key: str | None = None


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A notification in the log."""

    owner: OwnerId
    offset: int
    notification: Notification


class Planned(msgspec.Struct, frozen=True, gc=False):
    """An attempt that is recorded and waits to be made.

    Attributes:
        number: 1 for the first attempt for this notification and webhook.
        due: Not before this moment.
    """

    id: DeliveryId
    webhook: WebhookId
    owner: OwnerId
    offset: int
    notification: Notification
    number: int = 1
    due: int = 0


class Appended(msgspec.Struct, frozen=True, gc=False):
    """What became of a batch.

    Attributes:
        stored: In the order of the batch.
        planned: The attempts that are to be made, none for what overflowed.
        is_repeat: The key was known; nothing was stored now, and `stored` is what was then (as far
            as the log still has it).
    """

    stored: tuple[Stored, ...]
    planned: tuple[Planned, ...] = ()
    is_repeat: bool = False


class Page(msgspec.Struct, frozen=True):
    """Some notifications of a stream, in order.

    Attributes:
        floor: The log has everything after this offset; what came up to it is gone.
    """

    items: tuple[Stored, ...]
    floor: int


class AttemptState(StrEnum):
    """How far an attempt is."""

    PLANNED = "planned"
    BEGUN = "begun"
    """On its way; after a crash nobody knows how it ended."""
    DELIVERED = "delivered"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The gateway died in the middle; it is not made again unless the owner wants retries."""
    SKIPPED = "skipped"
    """Not attempted: the queue was full, or the webhook is gone or switched off."""


class AttemptKind(StrEnum):
    """Why an attempt is made."""

    FIRST = "first"
    RETRY = "retry"
    RESEND = "resend"
    TEST = "test"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the delivery log.

    Attributes:
        offset: Which notification; ``None`` for a test.
        planned: When it was recorded.
        begun: When it was made.
        milliseconds: How long the answer took.
        status: The status of the answer, if there was one.
        excerpt: The first bytes of the answer.
        error: What went wrong, as a sentence.
    """

    id: DeliveryId
    webhook: WebhookId
    owner: OwnerId
    offset: int | None
    kind: AttemptKind
    number: int
    state: AttemptState
    planned: int
    due: int
    begun: int | None = None
    milliseconds: float | None = None
    status: int | None = None
    excerpt: str = ""
    error: str = ""


class Finished(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """How an attempt ended."""

    id: DeliveryId
    state: AttemptState
    milliseconds: float | None = None
    status: int | None = None
    excerpt: str = ""
    error: str = ""


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How much is kept.

    Attributes:
        log_since: Notifications that happened to be stored before this moment go.
        attempts_since: Finished attempts from before this moment go.
        most_bytes: Above this size of the whole store the oldest notifications go, too.
    """

    log_since: int
    attempts_since: int
    most_bytes: int | None = None

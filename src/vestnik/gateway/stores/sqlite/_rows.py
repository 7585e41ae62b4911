"""Notifications and attempts as rows, and back."""

from __future__ import annotations

import msgspec

from vestnik.gateway.model import Attempt, AttemptKind, AttemptState, Finished, Stored
from vestnik.ids import DeliveryId, OwnerId, ResourceId, WebhookId
from vestnik.wire import Notification

__all__ = [
    "AttemptRow",
    "PlaceRow",
    "attempt_of",
    "body_of",
    "notification_of",
    "outcome_of",
    "stored_of",
]


class PlaceRow(msgspec.Struct, array_like=True, gc=False):
    """A notification at its place."""

    offset: int
    body: str


class AttemptRow(msgspec.Struct, array_like=True, gc=False):
    """An attempt, its columns in their order."""

    id: DeliveryId
    webhook: WebhookId
    owner: OwnerId
    offset: int | None
    kind: AttemptKind
    number: int
    state: AttemptState
    planned: int
    due: int
    begun: int | None
    outcome: str | None


class _Body(msgspec.Struct, array_like=True, gc=False):
    type: int
    resource: ResourceId
    affected: str
    user: str
    happened: int


class _Outcome(msgspec.Struct, array_like=True):
    milliseconds: float | None = None
    status: int | None = None
    excerpt: str = ""
    error: str = ""


_encoder = msgspec.json.Encoder()
_bodies = msgspec.json.Decoder(_Body)
_outcomes = msgspec.json.Decoder(_Outcome)


def body_of(one: Notification) -> str:
    """Write a notification as JSON, its payload behind it as it is.

    The payload is not a part of that JSON, so that it needs to be none itself.
    """
    head = _encoder.encode(_Body(one.type, one.resource, one.affected, one.user, one.happened))
    return f"{head.decode()}\n{bytes(one.payload).decode()}"


def notification_of(body: str) -> Notification:
    """Read what `body_of` wrote."""
    head, _, payload = body.partition("\n")
    one = _bodies.decode(head)
    return Notification(
        one.type,
        one.resource,
        one.affected,
        one.user,
        one.happened,
        msgspec.Raw(payload.encode()),
    )


def stored_of(owner: OwnerId, row: PlaceRow) -> Stored:
    """Read a row of the log."""
    return Stored(owner, row.offset, notification_of(row.body))


def outcome_of(end: Finished) -> str:
    """Write how an attempt ended."""
    outcome = _Outcome(end.milliseconds, end.status, end.excerpt, end.error)
    return _encoder.encode(outcome).decode()


def attempt_of(row: AttemptRow) -> Attempt:
    """Read a row of the attempts."""
    outcome = _outcomes.decode(row.outcome) if row.outcome else _Outcome()
    return Attempt(
        id=row.id,
        webhook=row.webhook,
        owner=row.owner,
        offset=row.offset,
        kind=row.kind,
        number=row.number,
        state=row.state,
        planned=row.planned,
        due=row.due,
        begun=row.begun,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        excerpt=outcome.excerpt,
        error=outcome.error,
    )

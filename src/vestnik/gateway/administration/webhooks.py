"""Webhooks: where notifications are sent, with which headers, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vestnik.errors import BadRequest, NotFound
from vestnik.gateway.access import new_webhook_token
from vestnik.gateway.administration._desk import Desk, new_id
from vestnik.gateway.delivery import Guard, Mark, check_headers, check_url
from vestnik.gateway.model import AddressFamily, Webhook
from vestnik.gateway.ports import Changed
from vestnik.gateway.sealing import Sealer
from vestnik.ids import OwnerId, ResourceId, WebhookId
from vestnik.wire.signing import new_secret

__all__ = ["MOST_WEBHOOKS", "IssuedWebhook", "WebhookChange", "Webhooks"]

MOST_WEBHOOKS = 20
"""Webhooks of one owner; each of them multiplies what a notification costs."""

_LONGEST_TOKEN = 1024


class WebhookChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be another way at a webhook; what is left out stays.

    Attributes:
        headers: All of the owner's own headers, in the clear; they replace the old ones.
        signed: Whether requests carry a signature by Standard Webhooks; true makes a new secret
            if there is none.
    """

    url: str | None = None
    headers: Sequence[tuple[str, str]] | None = None
    signed: bool | None = None
    family: AddressFamily | None = None
    retries: bool | None = None
    enabled: bool | None = None


class IssuedWebhook(msgspec.Struct, frozen=True):
    """A webhook right after it was made or changed.

    Attributes:
        token: What its requests carry as ``X-Boticord-Token``, if that is new.
        signing_secret: With which its requests are signed, if that is new.
    """

    webhook: Webhook
    token: str | None = None
    signing_secret: str | None = None


class Webhooks:
    """Creates, changes, enables and deletes webhooks.

    Args:
        guard: Judges the addresses that may be entered.
    """

    def __init__(self, desk: Desk, sealer: Sealer, guard: Guard | None = None) -> None:
        self._desk = desk
        self._sealer = sealer
        self._guard = guard

    async def create(
        self,
        owner: OwnerId,
        settings: WebhookChange,
        *,
        resource: ResourceId | None = None,
        token: str | None = None,
    ) -> IssuedWebhook:
        """Add a webhook.

        Args:
            resource: Only for this one; ``None`` means all of the owner's.
            token: What goes out as ``X-Boticord-Token``; a new one is made if none is given.

        Raises:
            BadRequest: A header or the token cannot be sent, or the owner has too many webhooks.
            NotFound: There is no such owner, or the resource is not his.
            TargetRefused: Nothing is sent to that address.
        """
        if settings.url is None:
            raise BadRequest("A webhook needs a url.")
        secret = _checked(token) if token is not None else new_webhook_token()
        async with self._desk.turn():
            self._check_place(owner, resource)
            blank = Webhook(
                id=WebhookId(new_id("whk")),
                owner=owner,
                resource=resource,
                url=settings.url,
                token=self._sealer.seal(secret),
                created=self._desk.now(),
            )
            webhook, signing_secret = self._changed(blank, settings)
            await self._desk.save(webhook, told=[Changed(owner)])
        return IssuedWebhook(webhook, secret, signing_secret)

    async def change(self, id: WebhookId, settings: WebhookChange) -> IssuedWebhook:
        """Change what is given.

        Raises:
            BadRequest: A header cannot be sent.
            NotFound: There is no such webhook.
            TargetRefused: Nothing is sent to that address.
        """
        async with self._desk.turn():
            webhook, signing_secret = self._changed(self._find(id), settings)
            await self._desk.save(webhook, told=[Changed(webhook.owner)])
        return IssuedWebhook(webhook, None, signing_secret)

    async def enable(self, id: WebhookId) -> Webhook:
        """Switch a webhook on, also after it was switched off for failing too long.

        Raises:
            NotFound: There is no such webhook.
        """
        return (await self.change(id, WebhookChange(enabled=True))).webhook

    async def mark(self, seen: Webhook, mark: Mark) -> Webhook | None:
        """Write down since when a webhook fails; see `WebhookMarks`.

        A failure that was judged by a record which its owner has changed since then says nothing
        about the webhook as it is now: the next attempt will.
        """
        async with self._desk.turn():
            current = self._desk.roster.webhook(seen.id)
            is_outdated = mark.failing_since is not None and current is not seen
            if current is None or not current.enabled or is_outdated:
                return None
            changed = msgspec.structs.replace(
                current,
                failing_since=mark.failing_since,
                disabled_since=mark.disabled_since,
                enabled=mark.disabled_since is None,
            )
            if changed == current:
                return None
            await self._desk.save(changed, told=[Changed(changed.owner)])
        return changed

    async def regenerate_token(self, id: WebhookId, token: str | None = None) -> IssuedWebhook:
        """Replace what goes out as ``X-Boticord-Token``.

        Raises:
            BadRequest: The token that was given cannot be sent.
            NotFound: There is no such webhook.
        """
        secret = _checked(token) if token is not None else new_webhook_token()
        async with self._desk.turn():
            webhook = msgspec.structs.replace(self._find(id), token=self._sealer.seal(secret))
            await self._desk.save(webhook, told=[Changed(webhook.owner)])
        return IssuedWebhook(webhook, secret)

    async def delete(self, id: WebhookId) -> None:
        """Forget a webhook and its deliveries.

        Raises:
            NotFound: There is no such webhook.
        """
        async with self._desk.turn():
            owner = self._find(id).owner
            await self._desk.delete((Webhook, id), told=[Changed(owner)])

    def _changed(self, before: Webhook, new: WebhookChange) -> tuple[Webhook, str | None]:
        after, signing_secret = before, None
        if new.url is not None:
            check_url(new.url, self._guard)
            after = msgspec.structs.replace(after, url=new.url)
        if new.headers is not None:
            check_headers(new.headers)
            sealed = tuple((name, self._sealer.seal(value)) for name, value in new.headers)
            after = msgspec.structs.replace(after, headers=sealed)
        if new.signed is not None and new.signed != (before.signing_secret is not None):
            signing_secret = new_secret() if new.signed else None
            after = msgspec.structs.replace(
                after, signing_secret=self._sealer.seal(signing_secret) if signing_secret else None
            )
        return _switched(after, new), signing_secret

    def _check_place(self, owner: OwnerId, resource: ResourceId | None) -> None:
        self._desk.owner(owner)
        if resource is not None:
            found = self._desk.roster.resource(resource)
            if found is None or found.owner != owner:
                raise NotFound(f"There is no resource {resource!r}.")
        if len(self._desk.roster.webhooks_of(owner)) >= MOST_WEBHOOKS:
            raise BadRequest(f"An owner has at most {MOST_WEBHOOKS} webhooks: delete one first.")

    def _find(self, id: WebhookId) -> Webhook:
        found = self._desk.roster.webhook(id)
        if found is None:
            raise NotFound(f"There is no webhook {id!r}.")
        return found


def _switched(webhook: Webhook, new: WebhookChange) -> Webhook:
    after = msgspec.structs.replace(
        webhook,
        family=webhook.family if new.family is None else new.family,
        retries=webhook.retries if new.retries is None else new.retries,
    )
    if new.enabled is None:
        return after
    if not new.enabled:
        return msgspec.structs.replace(after, enabled=False)
    # Whoever switches it on wants it to be tried anew, whatever was before.
    return msgspec.structs.replace(after, enabled=True, failing_since=None, disabled_since=None)


def _checked(token: str) -> str:
    if not token or len(token) > _LONGEST_TOKEN or not all("!" <= char <= "~" for char in token):
        raise BadRequest(
            f"A webhook's token has 1 to {_LONGEST_TOKEN} visible ASCII characters, no spaces."
        )
    return token

"""What the commands of `vestnik webhook` ask of a gateway."""

from __future__ import annotations

from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import Where
from vestnik.cli.owner import owners_meant
from vestnik.gateway.model import Attempt
from vestnik.web.asked import Nothing
from vestnik.web.webhook_shapes import (
    AttemptList,
    IssuedWebhookView,
    NewWebhook,
    NewWebhookToken,
    WebhookList,
    WebhookPatch,
    WebhookView,
)

__all__ = [
    "add_webhook",
    "all_webhooks",
    "attempt",
    "change_webhook",
    "latest_deliveries",
    "remove_webhook",
    "replace_token",
    "show_webhook",
    "switch_webhook",
]


async def add_webhook(where: Where, wanted: NewWebhook) -> IssuedWebhookView:
    """Add a webhook."""
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("webhooks"), wanted, IssuedWebhookView)


async def all_webhooks(where: Where, owner: str | None) -> list[WebhookView]:
    """Return the webhooks of an owner, or of all."""
    async with gateway_client(where) as gateway:
        owners = await owners_meant(gateway, owner)
        return [one for each in owners for one in await _webhooks_of(gateway, each)]


async def _webhooks_of(gateway: GatewayClient, owner: str) -> list[WebhookView]:
    return (await gateway.get(path_of("webhooks"), WebhookList, owner=owner)).items


async def show_webhook(where: Where, id: str) -> WebhookView:
    """Return a webhook."""
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("webhooks", id), WebhookView)


async def change_webhook(where: Where, id: str, change: WebhookPatch) -> IssuedWebhookView:
    """Change a webhook."""
    async with gateway_client(where) as gateway:
        return await gateway.patch(path_of("webhooks", id), change, IssuedWebhookView)


async def switch_webhook(where: Where, id: str, *, on: bool) -> None:
    """Switch a webhook on, and forget its failures; or off."""
    async with gateway_client(where) as gateway:
        if on:
            await gateway.post(path_of("webhooks", id, "enable"), Nothing(), WebhookView)
        else:
            change = WebhookPatch(enabled=False)
            await gateway.patch(path_of("webhooks", id), change, IssuedWebhookView)


async def replace_token(where: Where, id: str, wanted: NewWebhookToken) -> IssuedWebhookView:
    """Give a webhook another token."""
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("webhooks", id, "token"), wanted, IssuedWebhookView)


async def remove_webhook(where: Where, id: str) -> None:
    """Remove a webhook."""
    async with gateway_client(where) as gateway:
        await gateway.delete(path_of("webhooks", id))


async def attempt(where: Where, *path: str) -> Attempt:
    """Have something sent at once, and return what came of it."""
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of(*path), Nothing(), Attempt)


async def latest_deliveries(where: Where, id: str, limit: int) -> list[Attempt]:
    """Return the latest deliveries of a webhook."""
    async with gateway_client(where) as gateway:
        page = await gateway.get(path_of("webhooks", id, "deliveries"), AttemptList, limit=limit)
        return page.items

"""A gateway made from settings: which store, which sender, which bounds."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from vestnik.app.serve.config import Config
from vestnik.app.serve.folder import DataFolder
from vestnik.app.serve.measured import MeasuredSender, MeasuredStore, Measures
from vestnik.app.serve.offline import OfflineStore
from vestnik.app.serve.python_bots import hosting_options, python_bots
from vestnik.bridge.hosting import Hosting
from vestnik.gateway import Gateway, GatewayOptions, Sealer
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import (
    DeliveryOptions,
    Guard,
    GuardedSender,
    SenderOptions,
    SourceDescription,
    describe_source,
)
from vestnik.gateway.live import LiveOptions
from vestnik.gateway.model import AddressFamily
from vestnik.gateway.ports import Store, WebhookRequest, WebhookResponse, WebhookSender
from vestnik.gateway.sealing import KEY_BYTES
from vestnik.gateway.stores import MemoryStore, SqliteStore

__all__ = ["Parts", "gateway_options", "opened", "source_of"]

DAY = 86_400.0
MEGABYTE = 1024 * 1024


class Parts(NamedTuple):
    """A gateway, what is measured of it, and its bots if it keeps anything on disk."""

    gateway: Gateway
    measures: Measures
    hosting: Hosting | None


@asynccontextmanager
async def opened(
    config: Config, folder: DataFolder | None, *, offline: bool, base_url: str = ""
) -> AsyncIterator[Parts]:
    """Begin a gateway; without a folder it forgets everything when it ends.

    Args:
        base_url: Under which address files of its bots can be fetched.

    Raises:
        BadConfig: A setting cannot work.
        BadInput: A Python bot of the settings cannot be loaded.
        StoreFailed: The folder cannot be used, or another process has it.
    """
    bots = () if offline else python_bots(config)
    store: Store = MemoryStore()
    key = secrets.token_bytes(KEY_BYTES)
    if folder is not None:
        folder.make()
        key = folder.key()
        store = SqliteStore(folder.store, durable=config.storage.durable)
    async with store:
        gateway, measures = _gateway(config, store, Sealer.from_key(key), offline=offline)
        async with gateway:
            if folder is None:
                yield Parts(gateway, measures, None)
                return
            options = hosting_options(config, base_url, bots, offline=offline)
            async with Hosting(gateway, folder.path, key, options=options) as hosting:
                yield Parts(gateway, measures, hosting)


def _gateway(
    config: Config, store: Store, sealer: Sealer, *, offline: bool
) -> tuple[Gateway, Measures]:
    measures = Measures()
    gateway = Gateway(
        OfflineStore(store) if offline else MeasuredStore(store, measures),
        MemoryBroker(),
        MeasuredSender(_sender(config), measures),
        sealer,
        guard=Guard(config.webhooks.allow_networks),
        options=gateway_options(config),
    )
    return gateway, measures


def _sender_options(config: Config) -> SenderOptions:
    """Return how webhooks are sent."""
    webhooks = config.webhooks
    return SenderOptions(
        allowed_networks=webhooks.allow_networks,
        sources=webhooks.source,
        seconds=webhooks.timeout_seconds,
        authorities=str(webhooks.extra_ca) if webhooks.extra_ca else None,
    )


def source_of(config: Config) -> SourceDescription:
    """Return from where webhooks are sent, for receivers."""
    told, family = describe_source(_sender_options(config)), config.webhooks.family
    if family is AddressFamily.ANY:
        return told
    only = tuple(one for one in told.families if one == family.value)
    return msgspec.structs.replace(told, families=only)


class PreferringSender:
    """Sends by the operator's kind of address where the owner has not chosen one."""

    def __init__(self, sender: WebhookSender, family: AddressFamily) -> None:
        self._sender = sender
        self._family = family

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        """Make one POST."""
        if request.family is AddressFamily.ANY:
            request = msgspec.structs.replace(request, family=self._family)
        return await self._sender.send(request)

    async def __aenter__(self) -> WebhookSender:
        await self._sender.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._sender.__aexit__(*exc)


def _sender(config: Config) -> WebhookSender:
    sender = GuardedSender(_sender_options(config))
    family = config.webhooks.family
    return sender if family is AddressFamily.ANY else PreferringSender(sender, family)


def gateway_options(config: Config) -> GatewayOptions:
    """Return the bounds of a gateway."""
    kept, webhooks, live = config.retention, config.webhooks, config.websocket
    return GatewayOptions(
        keep_notifications=kept.days * DAY,
        keep_attempts=kept.attempts_days * DAY,
        most_bytes=kept.most_megabytes * MEGABYTE,
        drain_seconds=config.server.drain_seconds,
        delivery=DeliveryOptions(
            most_waiting=webhooks.queue_per_webhook,
            each_at_once=webhooks.concurrency_per_webhook,
            at_once=webhooks.concurrency,
            disable_after=webhooks.disable_after_days * DAY,
        ),
        live=LiveOptions(
            auth_seconds=live.auth_seconds,
            auth_tries=live.auth_tries,
            attempts=live.attempts,
            attempt_window=live.attempt_window_seconds,
            trusted_proxies=config.server.trusted_proxies,
            most_buffered=live.most_buffered_bytes,
            ping_seconds=live.ping_seconds,
            pong_seconds=live.pong_seconds,
        ),
    )

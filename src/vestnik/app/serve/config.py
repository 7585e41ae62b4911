"""What an operator can set; every setting says itself what it means.

The commented file of `vestnik config show`, the page of the reference, the sentences about
mistakes and the environment variables are all made from these structs.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from vestnik.app.serve.addresses import (
    Address,
    check_address,
    check_base_url,
    check_network,
    check_source,
)
from vestnik.app.serve.hosted import Hosting, PythonBot
from vestnik.app.serve.section import Section
from vestnik.gateway.model import AddressFamily
from vestnik.wire.limits import (
    ATTEMPT_WINDOW,
    ATTEMPTS,
    AUTH_SECONDS,
    AUTH_TRIES,
    WEBHOOK_SECONDS,
)

__all__ = [
    "Config",
    "Hosting",
    "Log",
    "LogFormat",
    "LogLevel",
    "Metrics",
    "PythonBot",
    "Retention",
    "Server",
    "Storage",
    "WebSocket",
    "Webhooks",
]

HOUR = 3600.0
YEARS = 36_500.0
TERABYTES = 2**44


class LogLevel(StrEnum):
    """How important a line of the log must be."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class Server(Section, frozen=True, kw_only=True):
    """Where the gateway listens, and for whom."""

    listen: Annotated[
        str,
        Meta(
            description=(
                "Address and port for HTTP and WebSocket alike; port 0 takes any free one, and "
                "fd:3 the socket that systemd has opened, which no client notices a restart at."
            ),
            extra={"check": check_address, "wants": "host:port, such as 127.0.0.1:8080"},
        ),
    ] = "127.0.0.1:8080"
    public_url: Annotated[
        str | None,
        Meta(
            description="How the world reaches it; told to those who ask where to connect.",
            examples=["https://gateway.example.org"],
            extra={"check": check_base_url, "wants": "an http:// or https:// URL without a query"},
        ),
    ] = None
    tls_certificate: Annotated[
        Path | None,
        Meta(
            description="Certificate chain (PEM) to speak TLS with; read again on SIGHUP.",
            examples=["/etc/letsencrypt/live/gateway.example.org/fullchain.pem"],
        ),
    ] = None
    tls_key: Annotated[
        Path | None,
        Meta(
            description="The private key (PEM) of the certificate.",
            examples=["/etc/letsencrypt/live/gateway.example.org/privkey.pem"],
        ),
    ] = None
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description=(
                "Networks of proxies whose X-Forwarded-For is believed. List only your own: "
                "who is listed can claim to be anybody."
            ),
            extra={"check": check_network, "wants": 'networks, such as ["10.0.0.0/8"]'},
        ),
    ] = ()
    connections_per_address: Annotated[
        int,
        Meta(
            description="Connections that one client address may have open at once.",
            ge=1,
            le=10_000_000,
        ),
    ] = 1000
    unbounded_networks: Annotated[
        tuple[str, ...],
        Meta(
            description="Networks without that bound; trusted proxies never have it.",
            extra={"check": check_network, "wants": 'networks, such as ["10.0.0.0/8"]'},
        ),
    ] = ("127.0.0.0/8", "::1/128")
    head_seconds: Annotated[
        float,
        Meta(description="How long a request's head may take to arrive.", gt=0, le=HOUR),
    ] = 10.0
    body_seconds: Annotated[
        float,
        Meta(
            description="How long each mebibyte of a request's body may take to arrive.",
            gt=0,
            le=HOUR,
        ),
    ] = 30.0
    drain_seconds: Annotated[
        float,
        Meta(
            description="How long requests and webhooks may go on after SIGTERM or Ctrl-C.",
            ge=0,
            le=HOUR,
        ),
    ] = 10.0

    @property
    def address(self) -> Address:
        """Where it listens."""
        return Address.parse(self.listen)


class WebSocket(Section, frozen=True, kw_only=True):
    """What WebSocket clients may do."""

    attempts: Annotated[
        int,
        Meta(
            description="Attempts to connect that an address, and a token, has within the window.",
            ge=1,
            le=1_000_000,
        ),
    ] = ATTEMPTS
    attempt_window_seconds: Annotated[
        float, Meta(description="The window of those attempts.", gt=0, le=HOUR)
    ] = ATTEMPT_WINDOW
    auth_seconds: Annotated[
        float, Meta(description="How long a client may take to say who it is.", gt=0, le=HOUR)
    ] = AUTH_SECONDS
    auth_tries: Annotated[
        int, Meta(description="How often it may try to within that time.", ge=1, le=1000)
    ] = AUTH_TRIES
    most_buffered_bytes: Annotated[
        int,
        Meta(
            description=(
                "What may wait for a client that reads slowly; above it notifications for this "
                "client are dropped and counted."
            ),
            ge=1024,
            le=2**30,
        ),
    ] = 262_144
    ping_seconds: Annotated[
        float,
        Meta(description="How often a silent client is asked whether it lives.", gt=0, le=HOUR),
    ] = 30.0
    pong_seconds: Annotated[
        float,
        Meta(
            description="How long it may take to answer before it is gone; less than ping_seconds.",
            gt=0,
            le=HOUR,
        ),
    ] = 20.0


class Webhooks(Section, frozen=True, kw_only=True):
    """How notifications go out by POST."""

    timeout_seconds: Annotated[
        float, Meta(description="How long a receiver may take in all.", gt=0, le=300)
    ] = WEBHOOK_SECONDS
    family: Annotated[
        AddressFamily,
        Meta(description="The kind of address for webhooks whose owner has not chosen one."),
    ] = AddressFamily.ANY
    source: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or IPv6 networks to send from; told in /.well-known/vestnik.",
            extra={"check": check_source, "wants": 'addresses, such as ["2001:db8::/64"]'},
        ),
    ] = ()
    allow_networks: Annotated[
        tuple[str, ...],
        Meta(
            description=(
                "Private networks that webhooks may reach all the same. Every owner can then "
                "send requests into them."
            ),
            extra={"check": check_network, "wants": 'networks, such as ["10.0.0.0/8"]'},
        ),
    ] = ()
    queue_per_webhook: Annotated[
        int,
        Meta(
            description="What may wait for one webhook; above it notifications are not attempted.",
            ge=1,
            le=10_000_000,
        ),
    ] = 1000
    concurrency_per_webhook: Annotated[
        int, Meta(description="Requests to one webhook at the same time.", ge=1, le=1000)
    ] = 8
    concurrency: Annotated[
        int, Meta(description="Requests to all webhooks at the same time.", ge=1, le=100_000)
    ] = 512
    disable_after_days: Annotated[
        float,
        Meta(
            description="A webhook that failed for so long is switched off, and its owner told.",
            gt=0,
            le=YEARS,
        ),
    ] = 5.0
    extra_ca: Annotated[
        Path | None,
        Meta(
            description="Certificates (PEM) to trust beside those of the system.",
            examples=["/etc/ssl/our-own-ca.pem"],
        ),
    ] = None


class Retention(Section, frozen=True, kw_only=True):
    """How much is kept."""

    days: Annotated[
        float, Meta(description="How long notifications can be replayed.", gt=0, le=YEARS)
    ] = 7.0
    most_megabytes: Annotated[
        int,
        Meta(
            description="Above this size the oldest notifications go before their time.",
            ge=1,
            le=TERABYTES // 2**20,
        ),
    ] = 1024
    attempts_days: Annotated[
        float, Meta(description="How long the delivery log of webhooks is kept.", gt=0, le=YEARS)
    ] = 7.0


class Storage(Section, frozen=True, kw_only=True):
    """How surely is kept what was accepted."""

    durable: Annotated[
        bool,
        Meta(
            description=(
                "Survive a power cut, too: every commit is written through to the disk. Without "
                "it the last moments before a power cut may be lost, never those before a crash."
            )
        ),
    ] = False


class Metrics(Section, frozen=True, kw_only=True):
    """Numbers for Prometheus."""

    listen: Annotated[
        str | None,
        Meta(
            description="Address and port of /metrics; without it there is none.",
            examples=["127.0.0.1:9464"],
            extra={"check": check_address, "wants": "host:port, such as 127.0.0.1:9464"},
        ),
    ] = None


class Log(Section, frozen=True, kw_only=True):
    """What is written to stderr."""

    level: Annotated[LogLevel, Meta(description="What is less important is left out.")] = (
        LogLevel.INFO
    )
    format: Annotated[
        LogFormat | None,
        Meta(
            description="Text for people or JSON for programs; by default text on a terminal.",
            examples=["json"],
        ),
    ] = None


class Config(Section, frozen=True, kw_only=True):
    """All settings of `vestnik serve`."""

    server: Server = Server()
    websocket: WebSocket = WebSocket()
    webhooks: Webhooks = Webhooks()
    retention: Retention = Retention()
    storage: Storage = Storage()
    hosting: Hosting = Hosting()
    metrics: Metrics = Metrics()
    log: Log = Log()
    bots: tuple[PythonBot, ...] = ()

"""What a relay can be told, checked before anything is opened."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import msgspec

from vestnik.errors import BadInput

__all__ = ["RelayConfig"]

_DOMAIN = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*")


class RelayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How a relay listens, what it keeps, and what it takes.

    Raises:
        BadInput: The values cannot work together.
    """

    domain: str = "relay.localhost"
    """What stands behind the ``@`` of every address here."""

    host: str = "127.0.0.1"
    """Where to listen. Anything but loopback needs `tls`."""

    smtp_port: int = 0
    imap_port: int = 0
    http_port: int = 0
    """Ports; 0 takes any that is free."""

    directory: Path | None = None
    """Where mail is kept over restarts; ``None`` keeps it in memory."""

    tls: bool = False
    """Speak TLS only, with a certificate that the relay signs itself."""

    max_message_bytes: int = 31_457_280
    messages_per_minute: int | None = None
    """What one sender may send; chatmail relays allow 60."""

    burst: int = 10
    """How many messages may come at once before `messages_per_minute` counts."""

    quota_bytes: int = 500 * 1024 * 1024
    """What one user may keep."""

    max_recipients: int = 1000
    max_connections: int = 1000
    """Connections at once, for SMTP and for IMAP each."""

    login_timeout: float = 60.0
    """Seconds that an IMAP client may take to log in."""

    idle_timeout: float = 1800.0
    """Seconds that a client may stay silent (RFC 3501 5.4 wants at least 30 minutes)."""

    write_timeout: float = 60.0
    """Seconds that a client may take to read what is due to it."""

    shutdown_timeout: float = 3.0
    """Seconds that open connections get to end when the relay stops."""

    def __post_init__(self) -> None:
        if not _DOMAIN.fullmatch(self.domain):
            raise BadInput(f"{self.domain!r} is no domain: use lower case, like relay.localhost.")
        for port in (self.smtp_port, self.imap_port, self.http_port):
            if not 0 <= port <= 65_535:
                raise BadInput(f"{port} is no port: use 1 to 65535, or 0 for any that is free.")
        if not self.tls and not _is_loopback(self.host):
            raise BadInput(
                f"Mail for {self.host} would travel in the clear: switch TLS on, or use 127.0.0.1."
            )
        self._check_limits()

    def _check_limits(self) -> None:
        for name in _POSITIVE:
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise BadInput(f"{name} is {value}: it must be greater than 0.")

    @property
    def public_host(self) -> str:
        """The host that clients are told to connect to."""
        return self.domain if self.host in ("0.0.0.0", "::") else self.host


_POSITIVE = (
    "max_message_bytes",
    "messages_per_minute",
    "burst",
    "quota_bytes",
    "max_recipients",
    "max_connections",
    "login_timeout",
    "idle_timeout",
    "write_timeout",
    "shutdown_timeout",
)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

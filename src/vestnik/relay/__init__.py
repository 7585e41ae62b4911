"""The embedded mail relay for development, tests and single-host use: one process, no root."""

from vestnik.relay.addresses import Credentials
from vestnik.relay.config import RelayConfig
from vestnik.relay.relay import Relay

__all__ = ["Credentials", "Relay", "RelayConfig"]

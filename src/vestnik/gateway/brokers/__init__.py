"""How the parts of a gateway tell each other what happens."""

from vestnik.gateway.brokers.memory import MemoryBroker

__all__ = ["MemoryBroker"]

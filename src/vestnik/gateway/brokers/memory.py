"""A broker for one process."""

from __future__ import annotations

import logging

from vestnik.gateway.ports import BrokerMessage, Listener

__all__ = ["MemoryBroker"]

log = logging.getLogger("vestnik.gateway")


class MemoryBroker:
    """A `vestnik.gateway.ports.Broker` that calls the listeners right away."""

    def __init__(self) -> None:
        # A topic has a new tuple at every change: who closes while a message is told around hurts
        # nobody, and telling copies nothing.
        self._topics: dict[str, tuple[_Subscription, ...]] = {}

    async def publish(self, topic: str, message: BrokerMessage) -> None:
        """Tell the listeners of a topic."""
        for subscription in self._topics.get(topic, ()):
            subscription.hear(message)

    async def subscribe(self, topic: str, listener: Listener) -> _Subscription:
        """Begin to hear a topic."""
        subscription = _Subscription(self, topic, listener)
        self._topics[topic] = (*self._topics.get(topic, ()), subscription)
        return subscription

    def forget(self, subscription: _Subscription) -> None:
        """Tell a listener no more."""
        topic = subscription.topic
        left = tuple(one for one in self._topics.get(topic, ()) if one is not subscription)
        if left:
            self._topics[topic] = left
        else:
            self._topics.pop(topic, None)


class _Subscription:
    """A listener, until it is closed."""

    def __init__(self, broker: MemoryBroker, topic: str, listener: Listener) -> None:
        self.topic = topic
        self._broker = broker
        self._listener: Listener | None = listener

    def hear(self, message: BrokerMessage) -> None:
        """Call the listener, whatever it makes of it."""
        if self._listener is None:
            return
        try:
            self._listener(message)
        except Exception:
            log.exception("A listener of %s failed; the others are told all the same.", self.topic)

    async def close(self) -> None:
        """Hear no more; closing twice is no error."""
        if self._listener is not None:
            self._listener = None
            self._broker.forget(self)

"""From a planned attempt to the POST that goes out."""

from __future__ import annotations

from vestnik.gateway.delivery.headers import in_header
from vestnik.gateway.model import Webhook
from vestnik.gateway.ports import WebhookRequest
from vestnik.gateway.sealing import Sealer
from vestnik.wire import Dialect, Notification, encode_body
from vestnik.wire.signing import sign

__all__ = ["Letterhead"]


class Letterhead:
    """What all POSTs of one webhook have in common, with its secrets opened.

    Raises:
        StoreFailed: A secret cannot be opened.
    """

    __slots__ = ("_before", "_own", "_secret", "webhook")

    def __init__(self, webhook: Webhook, sealer: Sealer) -> None:
        self.webhook = webhook
        self._before = (
            ("Content-Type", "application/json"),
            ("X-Boticord-Token", sealer.open(webhook.token)),
        )
        self._own = tuple((name, sealer.open(value)) for name, value in webhook.headers)
        sealed = webhook.signing_secret
        self._secret = None if sealed is None else sealer.open(sealed)

    def write(
        self, id: str, notification: Notification, dialect: Dialect, now: int
    ) -> WebhookRequest:
        """Spell a notification as a request.

        The body is spelled anew for each webhook: that costs less than remembering it would.

        Args:
            id: Goes out as ``webhook-id`` where requests are signed, so that it has to stay the
                same when the notification is sent again.
            now: Seconds since 1970.
        """
        body = encode_body(notification, dialect)
        affected = ("X-Boticord-Affected", in_header(notification.affected))
        return WebhookRequest(
            url=self.webhook.url,
            headers=(*self._before, affected, *self._own, *self._signature(id, body, now)),
            body=body,
            family=self.webhook.family,
        )

    def _signature(self, id: str, body: bytes, now: int) -> tuple[tuple[str, str], ...]:
        if self._secret is None:
            return ()
        name = in_header(id)
        return (
            ("webhook-id", name),
            ("webhook-timestamp", str(now)),
            ("webhook-signature", sign(self._secret, name, now, body)),
        )

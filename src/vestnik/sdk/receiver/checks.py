"""Which requests a receiver takes, pure: each check finds nothing wrong or answers."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

from vestnik.errors import BadInput, BadMessage, BadSignature
from vestnik.sdk.notification import Notification, read_notification
from vestnik.sdk.receiver.request import IncomingRequest, Reply
from vestnik.wire import decode_body
from vestnik.wire.networks import Network, is_within, network_of
from vestnik.wire.signing import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    check_secret,
    verify,
)

__all__ = ["Checks", "read_body"]


class Checks:
    """What must be right before the body of a request is believed."""

    def __init__(
        self,
        token: str,
        signing_secrets: Sequence[str],
        networks: Iterable[str | Network] | None,
        most_bytes: int,
    ) -> None:
        if not token.strip():
            raise BadInput("The token is empty: it is the one that the sender shows.")
        self._token = token.strip().encode()
        for secret in signing_secrets:
            check_secret(secret)
        self._secrets = tuple(signing_secrets)
        self._networks = None if networks is None else tuple(map(_network, networks))
        self.most_bytes = most_bytes

    def of_head(self, request: IncomingRequest) -> Reply | None:
        """Look at what is known before the body is."""
        if request.method != "POST":
            return Reply(405, "Notifications come by POST.", {"Allow": "POST"})
        if self._says_too_long(request):
            return self.too_long()
        kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return Reply(415, "The Content-Type has to be application/json.")
        if not self._knows_token(request):
            return Reply(401, "X-Boticord-Token is missing or wrong.")
        if not self._allows(request.peer):
            return Reply(403, "Requests from this network are not taken.")
        return None

    def of_body(self, request: IncomingRequest, now: float) -> Reply | None:
        """Look at the body itself."""
        if len(request.body) > self.most_bytes:
            return self.too_long()
        return self._signature_problem(request, now) if self._secrets else None

    def too_long(self) -> Reply:
        """Say that it is too much."""
        return Reply(413, f"At most {self.most_bytes} bytes are taken.", {"Connection": "close"})

    def _says_too_long(self, request: IncomingRequest) -> bool:
        length = request.header("content-length") or "0"
        return not (length.isascii() and length.isdigit()) or (
            len(length) > len(str(self.most_bytes)) or int(length) > self.most_bytes
        )

    def _knows_token(self, request: IncomingRequest) -> bool:
        given = (request.header("x-boticord-token") or "").encode(errors="replace")
        return hmac.compare_digest(given, self._token)

    def _allows(self, peer: str | None) -> bool:
        return self._networks is None or is_within(peer or "", self._networks)

    def _signature_problem(self, request: IncomingRequest, now: float) -> Reply | None:
        try:
            verify(
                self._secrets,
                id=request.header(ID_HEADER) or "",
                timestamp=request.header(TIMESTAMP_HEADER) or "",
                signature=request.header(SIGNATURE_HEADER) or "",
                body=request.body,
                now=now,
            )
        except BadSignature as problem:
            return Reply(401, str(problem))
        return None


def read_body(body: bytes) -> Notification | None:
    """Understand a webhook's body; ``None`` if it is no notification."""
    try:
        return read_notification(decode_body(body))
    except BadMessage:
        return None


def _network(given: str | Network) -> Network:
    return network_of(given) if isinstance(given, str) else given

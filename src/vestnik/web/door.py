"""Who may come in: tokens, scopes, and how often one may be wrong about them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from starlette.types import Scope as Request

from vestnik.gateway import Gateway, Token
from vestnik.web.http import Problem
from vestnik.web.operations import Operation
from vestnik.wire.attempts import AttemptTable
from vestnik.wire.networks import attempt_key, client_address, network_of

__all__ = ["MOST_FAILURES", "Door"]

MOST_FAILURES, FAILURE_WINDOW = 60, 60.0
"""So many bad tokens from one address are answered with 401 in so many seconds."""

_CHALLENGE = (b"www-authenticate", b'Bearer realm="vestnik"')


class Door:
    """Lets requests in.

    A good token always gets in: no one can lock others out who share his address, and guessing
    256 bits stays hopeless at any speed. What the limit bounds is the work and the noise.

    Args:
        trusted_proxies: Networks whose word about the address of a client is taken.
    """

    def __init__(self, gateway: Gateway, trusted_proxies: Sequence[str] = ()) -> None:
        self._gateway = gateway
        self._trusted = tuple(map(network_of, trusted_proxies))
        self._failures = AttemptTable(MOST_FAILURES, FAILURE_WINDOW)

    def admit(
        self, operation: Operation, headers: Mapping[bytes, bytes], request: Request
    ) -> Token | None:
        """Return the token of a request that may ask for an operation.

        Raises:
            Problem: It may not.
        """
        if operation.is_public:
            return None
        token = self._identify(headers.get(b"authorization"))
        if token is None:
            raise self._unknown(headers, request)
        if operation.scopes and token.scopes.isdisjoint(operation.scopes):
            wanted = " or ".join(repr(scope.value) for scope in operation.scopes)
            raise Problem(403, f"The token lacks the scope {wanted}.")
        if operation.is_operators and token.owner is not None:
            raise Problem(403, "Only a token of the operator's is good for this.")
        return token

    def _identify(self, authorization: bytes | None) -> Token | None:
        if authorization is None:
            return None
        text = authorization.decode("latin-1").strip()
        if text[:7].lower() == "bearer ":
            text = text[7:].strip()
        return self._gateway.access.identify(text)

    def _unknown(self, headers: Mapping[bytes, bytes], request: Request) -> Problem:
        wait = self._failures.admit(
            attempt_key(self._client(headers, request)), self._gateway.clock.monotonic()
        )
        if wait:
            retry = (b"retry-after", b"%d" % math.ceil(wait))
            return Problem(429, "Too many bad tokens come from your address.", (retry,))
        if b"authorization" in headers:
            sentence = "Nobody has this token: it may have been deleted or regenerated."
        else:
            sentence = "A token is needed, as in `Authorization: Bearer vst_...`."
        return Problem(401, sentence, (_CHALLENGE,))

    def _client(self, headers: Mapping[bytes, bytes], request: Request) -> str:
        peer = request.get("client")
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        return client_address(peer[0] if peer else "", forwarded, self._trusted)

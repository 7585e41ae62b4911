"""Signatures of webhooks by Standard Webhooks, version 1 (HMAC-SHA256), pure.

The signature covers id, moment and body, so that a request can be neither changed nor sent again
much later. See https://www.standardwebhooks.com/.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from secrets import token_bytes

from vestnik.errors import BadInput, BadSignature

__all__ = [
    "ID_HEADER",
    "SIGNATURE_HEADER",
    "TIMESTAMP_HEADER",
    "TOLERANCE",
    "check_secret",
    "new_secret",
    "sign",
    "signature_headers",
    "verify",
]

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

TOLERANCE = 300
"""By how many seconds the clocks of both ends may differ, the way included."""

_PREFIX = "whsec_"
_VERSION = "v1"
_MOST_SIGNATURES = 20


def new_secret() -> str:
    """Make a secret of 256 bits for both ends."""
    return _PREFIX + b64encode(token_bytes(32)).decode("ascii")


def check_secret(secret: str) -> None:
    """Find out whether a secret can be used.

    Raises:
        BadInput: It is no base64, or not 24 to 64 bytes of it.
    """
    _key(secret)


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """Return the signature, ``v1,…``; for several secrets, join theirs with spaces."""
    return f"{_VERSION},{b64encode(_mac(_key(secret), id, str(timestamp), body)).decode('ascii')}"


def signature_headers(
    secrets: Iterable[str], id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the header fields of a signed request.

    Args:
        secrets: One, or while it is being replaced, the old and the new one.
        id: The same for every attempt to deliver the same thing.
        timestamp: Seconds since 1970, of this attempt.
    """
    signatures = " ".join(sign(secret, id, timestamp, body) for secret in secrets)
    return {ID_HEADER: id, TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: signatures}


def verify(
    secrets: Iterable[str],
    *,
    id: str,
    timestamp: str,
    signature: str,
    body: bytes,
    now: float,
    tolerance: float = TOLERANCE,
) -> None:
    """Find out whether a request was signed with one of our secrets, and just now.

    Args:
        secrets: One, or while it is being replaced, the old and the new one.
        id: The header field `ID_HEADER`; this and the next two are empty if they were not there.
        timestamp: The header field `TIMESTAMP_HEADER`.
        signature: The header field `SIGNATURE_HEADER`, which may hold several.
        now: Seconds since 1970.

    Raises:
        BadSignature: It was not; the sentence says what is wrong with it.
        BadInput: One of the secrets is none.
    """
    if not (id and timestamp and signature):
        raise BadSignature("The request has no signature by Standard Webhooks.")
    _check_moment(timestamp, now, tolerance)
    given = _signatures(signature)
    expected = [_mac(_key(secret), id, timestamp, body) for secret in secrets]
    # Every pair is compared, so that time does not tell which one was close.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    if not any(matches):
        raise BadSignature("The request was not signed with our secret, or it was changed.")


def _check_moment(timestamp: str, now: float, tolerance: float) -> None:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 15:
        raise BadSignature("The moment of signing is not given in seconds since 1970.")
    age = now - int(timestamp)
    if abs(age) > tolerance:
        direction = "ago" if age > 0 else "ahead"
        raise BadSignature(
            f"The request was signed {abs(age):.0f} s {direction}: it is a repeated one, "
            "or one of the clocks is wrong."
        )


def _signatures(header: str) -> list[bytes]:
    """Decode the signatures of our version; what is none is left out, as other versions are."""
    found: list[bytes] = []
    for word in header.split(" ")[:_MOST_SIGNATURES]:
        version, _, encoded = word.partition(",")
        if version == _VERSION:
            found += _decoded(encoded)
    return found


def _decoded(encoded: str) -> list[bytes]:
    try:
        return [b64decode(encoded, validate=True)]
    except (Base64Error, ValueError):
        return []


def _mac(key: bytes, id: str, timestamp: str, body: bytes) -> bytes:
    message = b"%b.%b.%b" % (id.encode("utf-8", "surrogatepass"), timestamp.encode(), body)
    return hmac.digest(key, message, "sha256")


def _key(secret: str) -> bytes:
    try:
        # Some leave the padding out.
        spelled = secret.removeprefix(_PREFIX).rstrip("=")
        key = b64decode(spelled + "=" * (-len(spelled) % 4), validate=True)
    except (Base64Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise BadInput(
            "A signing secret is whsec_ and 24 to 64 bytes in base64: let the gateway make one."
        )
    return key

"""Links to attachments: whoever has one can fetch one file for a while, and nothing else.

A link carries what it is good for, signed, so that nothing has to be stored for it. All of it is
45 bytes: a version, the account, the message, the second at which it ends, and an HMAC-SHA256 over
these. As that is a multiple of three, base64url spells it in one way only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
import struct
from collections.abc import Callable
from typing import NamedTuple

from vestnik.clock import Clock
from vestnik.errors import NotFound
from vestnik.ids import AccountId, MessageId

__all__ = ["LINK_PATH", "NO_SUCH_FILE", "Link", "Links"]

LINK_PATH = "/api/v1/files/"
"""What stands between the address of the gateway and the text of a link."""

NO_SUCH_FILE = "There is no file at this address: take the link as it came, whole and unchanged."
"""Said of a link that is forged, cut or another server's, or whose file or bot is gone: which of
these it is tells nobody anything."""

_VERSION = 1
_BODY = struct.Struct("!BIII")
_MAC_BYTES = hashlib.sha256().digest_size
# Python's decoder would take other spellings, too.
_TEXT = re.compile(rf"[A-Za-z0-9_-]{{{(_BODY.size + _MAC_BYTES) // 3 * 4}}}")


class Link(NamedTuple):
    """What a link is good for.

    Attributes:
        expires: Until when, in seconds since 1970.
    """

    account: AccountId
    message: MessageId
    expires: int


class Links:
    """Makes links and reads them again.

    Args:
        key: What they are signed with; see `derive_key`.
        base: Tells under which address the world reaches the gateway, without a slash at the end.
        seconds: How long they are good for.
    """

    def __init__(self, key: bytes, base: Callable[[], str], seconds: float, clock: Clock) -> None:
        self._key = key
        self._base = base
        self._seconds = seconds
        self._clock = clock

    def link(self, account: AccountId, message: MessageId) -> str:
        """Make the address at which the file of a message can be fetched from now on."""
        expires = math.ceil(self._clock.now() + self._seconds)
        body = _BODY.pack(_VERSION, account, message, expires)
        text = base64.urlsafe_b64encode(body + self._sign(body)).decode()
        return f"{self._base().rstrip('/')}{LINK_PATH}{text}"

    def open(self, text: str) -> Link:
        """Read the text of a link, which is the last part of its address.

        Raises:
            NotFound: It was not made here as it is, or is good no more.
        """
        raw = _decoded(text)
        body, mac = raw[: _BODY.size], raw[_BODY.size :]
        if not hmac.compare_digest(mac, self._sign(body)):
            raise NotFound(NO_SUCH_FILE)
        version, account, message, expires = _BODY.unpack(body)
        if version != _VERSION:
            raise NotFound(NO_SUCH_FILE)
        if self._clock.now() >= expires:
            raise NotFound("This link has expired: ask for the file once more to get a new one.")
        return Link(AccountId(account), MessageId(message), expires)

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")


def _decoded(text: str) -> bytes:
    if not _TEXT.fullmatch(text):
        raise NotFound(NO_SUCH_FILE)
    return base64.urlsafe_b64decode(text)

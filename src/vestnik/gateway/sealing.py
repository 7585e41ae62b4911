"""Secrets that must go out again are kept encrypted, so that a stolen database gives none away."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vestnik.errors import StoreFailed

__all__ = ["KEY_BYTES", "Sealer", "new_key"]

KEY_BYTES = 32
"""How long a key is at least."""

_NONCE_BYTES = 12
_MARK = "s1."
"""Begins every sealed text, so that another way of sealing can be told from this one."""


def new_key() -> bytes:
    """Make a key; whoever loses it has to enter all sealed secrets anew."""
    return secrets.token_bytes(KEY_BYTES)


class Sealer:
    """Encrypts short texts by AES-256-GCM, each with a nonce of its own."""

    def __init__(self, cipher: AESGCM) -> None:
        self._cipher = cipher

    @classmethod
    def from_key(cls, key: bytes) -> Sealer:
        """Make one from at least 32 random bytes.

        Raises:
            StoreFailed: The key is too short to be one.
        """
        if len(key) < KEY_BYTES:
            raise StoreFailed(
                f"The key for secrets has {len(key)} bytes and needs at least {KEY_BYTES}: "
                "put the key file back from a backup."
            )
        return cls(AESGCM(hashlib.sha256(b"vestnik sealing 1\0" + key).digest()))

    def seal(self, text: str) -> str:
        """Encrypt; the same text comes out different each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), None)
        return _MARK + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """Decrypt.

        Raises:
            StoreFailed: It was sealed with another key, or is damaged.
        """
        try:
            raw = base64.b64decode(sealed.removeprefix(_MARK), altchars=b"-_", validate=True)
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
        except (binascii.Error, InvalidTag, ValueError):
            raise StoreFailed(
                "A stored secret cannot be opened with this key: put back the key file that "
                "belongs to the database, or enter the secret again."
            ) from None

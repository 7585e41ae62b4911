"""Keys for single purposes, made of the one key that a gateway keeps."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["KEY_BYTES", "LINKS", "derive_key"]

KEY_BYTES = 32
"""How long a derived key is."""

LINKS = "vestnik file links 1"
"""The purpose of the key that links to attachments are signed with."""


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Make the key for one purpose, which tells nothing about the secret or another key.

    Args:
        secret: Random bytes, as many as a key has; not a password.
    """
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)

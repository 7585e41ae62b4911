"""The name of a life of the streams."""

import secrets

__all__ = ["new_epoch"]


def new_epoch() -> str:
    """Make a name that no other store has."""
    return secrets.token_hex(8)

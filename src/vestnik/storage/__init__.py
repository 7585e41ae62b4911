"""What all rooms that keep something in SQLite share."""

from vestnik.storage.advice import advice_on

__all__ = ["advice_on"]

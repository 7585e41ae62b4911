"""Numbers of what can be wrong."""

from enum import IntEnum

__all__ = ["ErrorCode"]


class ErrorCode(IntEnum):
    """Numbers of an ``error``; those of the public service's first table, which clients know."""

    INTERNAL = 1
    RATE_LIMITED = 2
    BAD_REQUEST = 5
    UNAUTHORIZED = 6
    UNKNOWN_EVENT = 8

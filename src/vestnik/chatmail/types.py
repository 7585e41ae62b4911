"""Everything that the core's methods take and give, as its specification has it."""

from vestnik.chatmail._generated import types as _generated
from vestnik.chatmail._generated.types import *  # noqa: F403

__all__: list[str] = []
__all__ += _generated.__all__

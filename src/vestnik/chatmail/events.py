"""Everything that can happen in a core, one frozen struct a kind."""

from vestnik.chatmail._generated import events as _generated
from vestnik.chatmail._generated.events import *  # noqa: F403
from vestnik.chatmail._open import UnknownEvent
from vestnik.chatmail._own_events import CoreRestarted

__all__ = ["CoreRestarted", "UnknownEvent"]
__all__ += _generated.__all__

"""What every topic of played methods starts from."""

from __future__ import annotations

from vestnik.testing.fake.world import World

__all__ = ["Topic"]


class Topic:
    """Some methods of the core, played on a world.

    Public methods are the core's, with its names and parameters; they answer in the generated
    types and raise `Refusal` where the core refuses.
    """

    def __init__(self, world: World) -> None:
        self._world = world

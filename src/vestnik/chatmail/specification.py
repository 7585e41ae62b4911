"""What the core says of itself: the specification that this client was generated from."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["core_specification"]


def core_specification() -> bytes:
    """Read the OpenRPC document of the core, with the schemas of all that it takes and gives."""
    return files("vestnik.chatmail._generated").joinpath("openrpc.json").read_bytes()

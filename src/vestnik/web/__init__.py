"""HTTP: the REST API, and what is beside it.

- `table` lists the operations as data; routes, checks and the OpenAPI document are made from it.
- `door` knows who may come in, `endpoint` runs an operation, `problems` tells what goes wrong.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vestnik.web.app import build_app
    from vestnik.web.openapi import PREFIX, document
    from vestnik.web.operations import Operation
    from vestnik.web.table import OPERATIONS

__all__ = ["OPERATIONS", "PREFIX", "Operation", "build_app", "document"]

_HOMES = {
    "OPERATIONS": "vestnik.web.table",
    "Operation": "vestnik.web.operations",
    "PREFIX": "vestnik.web.openapi",
    "build_app": "vestnik.web.app",
    "document": "vestnik.web.openapi",
}


def __getattr__(name: str) -> object:
    """Bring in what is asked for: whoever wants only the shapes pays for no server."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    globals()[name] = found
    return found

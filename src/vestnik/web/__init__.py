"""HTTP: the REST API, and what is beside it.

- `table` lists the operations as data; routes, checks and the OpenAPI document are made from it.
- `door` knows who may come in, `endpoint` runs an operation, `problems` tells what goes wrong.
"""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

if TYPE_CHECKING:
    from vestnik.web.app import build_app
    from vestnik.web.openapi import PREFIX, document
    from vestnik.web.operations import Operation
    from vestnik.web.table import OPERATIONS

__all__ = ["OPERATIONS", "PREFIX", "Operation", "build_app", "document"]

_HOMES = {
    "OPERATIONS": "table",
    "Operation": "operations",
    "PREFIX": "openapi",
    "build_app": "app",
    "document": "openapi",
}

# Whoever wants only the shapes pays for no server.
__getattr__ = brought_in(__name__, _HOMES)

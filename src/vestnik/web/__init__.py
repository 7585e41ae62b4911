"""HTTP: the REST API, and what is beside it.

- `table` lists the operations as data; routes, checks and the OpenAPI document are made from it.
- `door` knows who may come in, `endpoint` runs an operation, `problems` tells what goes wrong.
"""

from vestnik.web.app import build_app
from vestnik.web.openapi import PREFIX, document
from vestnik.web.operations import Operation
from vestnik.web.table import OPERATIONS

__all__ = ["OPERATIONS", "PREFIX", "Operation", "build_app", "document"]

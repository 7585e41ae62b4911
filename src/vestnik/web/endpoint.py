"""From the table of operations to what answers requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from vestnik.gateway import Gateway, Token
from vestnik.web.call import Call
from vestnik.web.door import Door
from vestnik.web.http import JSON, Answer, Problem, everybodys, read_body, send_answer
from vestnik.web.operations import Operation
from vestnik.web.outgoing import Outgoing
from vestnik.web.patience import while_there
from vestnik.web.problems import answer_to

if TYPE_CHECKING:
    from vestnik.web.hosting import Hosting

__all__ = ["Endpoint", "Fixed"]


class Endpoint:
    """All operations of one path, as an ASGI app."""

    def __init__(
        self,
        gateway: Gateway,
        door: Door,
        operations: Mapping[str, Operation],
        hosting: Hosting | None = None,
        outgoing: Outgoing | None = None,
    ) -> None:
        self._gateway = gateway
        self._hosting = hosting
        self._door = door
        self._outgoing = outgoing or Outgoing()
        self._operations = dict(operations)
        if "GET" in operations:
            self._operations["HEAD"] = operations["GET"]
        self._allowed = (b"allow", ", ".join(sorted(self._operations)).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens."""
        token: Token | None = None
        try:
            operation = self._operation(scope)
            headers = dict(scope["headers"])
            token = self._door.admit(operation, headers, scope)
            answer = await self._answer(operation, token, headers, scope, receive)
        except Exception as error:
            answer = answer_to(error)
        with self._outgoing.room(token.id if token else None, answer) as told:
            await send_answer(send, told, scope)

    def _operation(self, scope: Scope) -> Operation:
        operation = self._operations.get(scope["method"])
        if operation is None:
            raise Problem(405, f"{scope['method']} is not possible here.", (self._allowed,))
        return operation

    async def _answer(
        self,
        operation: Operation,
        token: Token | None,
        headers: Mapping[bytes, bytes],
        scope: Scope,
        receive: Receive,
    ) -> Answer:
        body = b""
        if operation.method != "GET":
            body = await read_body(receive, headers.get(b"content-length"))
            if body:
                _check_type(headers)
        answer = operation.run(
            Call(
                self._gateway,
                token,
                scope["path_params"],
                scope["query_string"],
                headers,
                body,
                self._hosting,
            )
        )
        return await (while_there(receive, answer) if operation.is_patient else answer)


class Fixed:
    """The same answer for everybody, made once, as an ASGI app."""

    def __init__(self, body: bytes, type: bytes = JSON) -> None:
        self._answer = everybodys(body, type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] in ("GET", "HEAD"):
            await send_answer(send, self._answer, scope)
            return
        refusal = Problem(405, f"{scope['method']} is not possible here.", _GET_ONLY)
        await send_answer(send, answer_to(refusal), scope)


_GET_ONLY = ((b"allow", b"GET, HEAD"),)


def _check_type(headers: Mapping[bytes, bytes]) -> None:
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Problem(415, "The body must not be compressed.")
    kind = headers.get(b"content-type", b"")
    if kind != JSON and kind.partition(b";")[0].strip().lower() != JSON:
        raise Problem(415, "The body has to be JSON, with Content-Type: application/json.")

"""Orders of the operator: the whole core, as it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vestnik.bridge.calls.binding import bind_as_given
from vestnik.bridge.calls.convenient import CONVENIENT
from vestnik.bridge.calls.envelope import Request
from vestnik.bridge.calls.plan import Plan, seconds_of
from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.calls.signatures import core_signatures

if TYPE_CHECKING:
    from vestnik.chatmail import Core

__all__ = ["TAKEN", "OperatorOrders"]

TAKEN = frozenset({"get_next_event", "get_next_event_batch"})
"""What even the operator cannot have: the core tells each event once, and the server needs all."""


class OperatorOrders:
    """Passes the operator's orders to the core.

    Args:
        core: What carries them out.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def plan(self, request: Request) -> Plan:
        """Understand an order.

        Raises:
            Problem: It cannot be carried out, and the core does not hear of it.
        """
        method = request.method
        if request.key is not None:
            raise Problem(RpcCode.BAD_PARAMS, "Keys are for the sends of a bot's own token.")
        if method in TAKEN:
            raise Problem(
                RpcCode.REFUSED,
                f"{method} would take events away from the server, which reads all.",
            )
        if method in CONVENIENT:
            raise Problem(RpcCode.NO_METHOD, f"{method} is for the token of a bot.")
        arguments = bind_as_given(core_signatures().get(method), request.params)
        return Plan(None, None, partial(self._carry, method, arguments))

    async def _carry(self, method: str, arguments: list[object]) -> bytes:
        answer = await self._core.request_raw(method, tuple(arguments), seconds_of(method))
        return bytes(answer)

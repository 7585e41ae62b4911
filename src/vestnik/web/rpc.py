"""Orders for hosted bots over HTTP: JSON-RPC 2.0, and the document that describes it."""

from __future__ import annotations

from vestnik.web.call import Call
from vestnik.web.http import Answer, Problem, idempotency_key

__all__ = ["call_methods", "describe_methods"]


async def call_methods(call: Call) -> Answer:
    """Have one order carried out, or a batch of them."""
    if not call.body:
        raise Problem(400, "The order is the body of the request: send it as JSON.")
    key = idempotency_key(call.headers)
    answer = await call.hosting.calls.carry_out(call.caller, call.body, key)
    # Whatever went wrong with an order is in its answer, as JSON-RPC wants it.
    return Answer(204) if answer is None else Answer(200, answer)


async def describe_methods(call: Call) -> Answer:
    """Describe exactly what the token may call."""
    return Answer(200, await call.hosting.calls.openrpc(call.caller))

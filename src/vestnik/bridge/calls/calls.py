"""Takes the orders that programs give, has them carried out, and answers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.calls.convenience import Convenience, Records
from vestnik.bridge.calls.envelope import Batch, Request, answer, batch_answer, read, refusal
from vestnik.bridge.calls.for_bots import BotOrders
from vestnik.bridge.calls.for_operator import OperatorOrders
from vestnik.bridge.calls.lanes import Lanes
from vestnik.bridge.calls.openrpc import document_for
from vestnik.bridge.calls.plan import Plan
from vestnik.bridge.calls.problems import MOST_ANSWER, Problem, RpcCode, problem_of
from vestnik.bridge.calls.sending import OutboxOf, Sending
from vestnik.bridge.calls.unpacking import Unpacking
from vestnik.bridge.registry import Registry
from vestnik.errors import VestnikError
from vestnik.gateway.model import Scope, Token

if TYPE_CHECKING:
    from vestnik.bridge.files.links import Links
    from vestnik.bridge.files.uploads import Uploads
    from vestnik.chatmail import Core

__all__ = ["Calls", "refuse_all"]

log = logging.getLogger("vestnik.bridge")


class Calls:
    """Carries orders out; a `vestnik.gateway.ports.Orders`.

    Calls of a bot that are about one chat keep their order. One that has begun ends, whether or
    not anybody waits for it; `drain` waits for that, and `close` ends it.
    """

    def __init__(
        self,
        core: Core,
        registry: Registry,
        outbox_of: OutboxOf,
        uploads: Uploads,
        links: Links,
        records: Records,
    ) -> None:
        """Prepare to carry out orders.

        Args:
            core: What does most of it.
            registry: The bots there are.
            outbox_of: Gives the outbox of an account.
            uploads: The files that can be sent.
            links: Makes links to files of messages.
            records: Where it is kept what makes an account a bot.
        """
        unpacking = Unpacking(core)
        sending = Sending(core, outbox_of, links, unpacking)
        convenience = Convenience(core, sending, uploads, links, records, unpacking)
        self._bots = BotOrders(core, registry, sending, convenience, uploads, links, unpacking)
        self._operator = OperatorOrders(core)
        self._lanes = Lanes()

    async def carry_out(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None = None
    ) -> bytes | None:
        """Carry out one JSON-RPC 2.0 request, or a batch of them, one after the other."""
        order = read(request, key)
        if isinstance(order, Request):
            return await self._answer(token, order)
        return batch_answer(await self._answers(token, order))

    def openrpc(self, token: Token, base: str | None = None) -> bytes:
        """Return the OpenRPC document of what a token may call.

        Args:
            token: Who asks.
            base: Under which address the world reaches the gateway.

        Raises:
            NotAllowed: It may call nothing.
        """
        return document_for(token, base)

    async def drain(self) -> None:
        """Return once all calls that have begun have ended."""
        await self._lanes.drain()

    async def close(self) -> None:
        """End all calls, done or not."""
        await self._lanes.close()

    async def _answers(self, token: Token, batch: Batch) -> Sequence[bytes]:
        answers, size = list[bytes](), 0
        for one in batch.requests:
            if size > MOST_ANSWER and one.problem is None:
                one = msgspec.structs.replace(one, problem=_no_room())
            answered = await self._answer(token, one)
            if answered is not None:
                answers.append(answered)
                size += len(answered)
        return answers

    async def _answer(self, token: Token, order: Request) -> bytes | None:
        try:
            written = await self._result(token, order)
        except Problem as problem:
            return None if order.id is None else refusal(order.id, problem)
        return None if order.id is None else answer(order.id, written)

    async def _result(self, token: Token, order: Request) -> bytes:
        if order.problem is not None:
            raise order.problem
        try:
            plan = self._plan(token, order)
            return await self._lanes.run(plan.bot, plan.lane, plan.carry)
        except Problem:
            raise
        except VestnikError as error:
            raise problem_of(error, hides_paths=Scope.CORE not in token.scopes) from None
        except Exception:
            log.exception("a call of %s failed", order.method[:50])
            raise Problem(
                RpcCode.INTERNAL, "The server made a mistake; its log tells the operator more."
            ) from None

    def _plan(self, token: Token, order: Request) -> Plan:
        if Scope.CORE in token.scopes:
            return self._operator.plan(order)
        if Scope.BOT in token.scopes and token.resource is not None:
            return self._bots.plan(token.resource, order)
        raise Problem(
            RpcCode.REFUSED,
            "The token gives no orders: that takes one with the scope 'bot' that is for one bot.",
        )


def _no_room() -> Problem:
    return Problem(
        RpcCode.TOO_MUCH,
        f"It was not done: the answers to this batch have over {MOST_ANSWER} bytes already.",
    )


def refuse_all(
    request: bytes | msgspec.Raw, sentence: str, *, for_now: bool = False
) -> bytes | None:
    """Answer orders where nobody can carry them out.

    Args:
        request: What the program has sent.
        sentence: Why, and what to do.
        for_now: Whether it may be done if the program asks again.
    """
    order = read(request)
    problem = Problem(RpcCode.UNKNOWN_OUTCOME if for_now else RpcCode.REFUSED, sentence)
    asked = order.requests if isinstance(order, Batch) else [order]
    answers = [refusal(one.id, one.problem or problem) for one in asked if one.id is not None]
    if isinstance(order, Batch):
        return batch_answer(answers)
    return answers[0] if answers else None

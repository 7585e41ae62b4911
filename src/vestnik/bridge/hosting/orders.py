"""Orders for bots, whether a core runs or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.hosting.counts import Tallies
from vestnik.bridge.hosting.lifeline import Lifeline
from vestnik.bridge.undertakings import ENDING
from vestnik.errors import NotFound, StoreFailed, VestnikError
from vestnik.gateway.model import Token

if TYPE_CHECKING:
    from vestnik.bridge.hosting.engine import Engine

__all__ = ["HostedOrders"]

REFUSAL = b'{"jsonrpc":"2.0","error"'

NOBODY = "There is no bot here yet: add one with `vestnik bot host add`."


class HostedOrders:
    """Has orders carried out; a `vestnik.gateway.ports.Orders`.

    Args:
        lifeline: Keeps what carries them out.
        base_url: Under which address they are taken; empty if nobody is to know.
    """

    def __init__(self, lifeline: Lifeline[Engine], tallies: Tallies, base_url: str = "") -> None:
        self._lifeline = lifeline
        self._tallies = tallies
        self._base_url = base_url
        self._is_closed = False

    def close(self) -> None:
        """Take no more."""
        self._is_closed = True

    async def carry_out(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None = None
    ) -> bytes | None:
        """Carry out one JSON-RPC 2.0 request, or a batch of them."""
        answer = await self._answer(token, request, key)
        if answer is not None and answer.startswith(REFUSAL):
            self._tallies.refused += 1
        else:
            self._tallies.done += 1
        return answer

    async def _answer(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None
    ) -> bytes | None:
        try:
            engine = await self._engine()
        except VestnikError as problem:
            # A program that took this for an answer would never answer its message.
            return self._refused(request, str(problem), for_now=True)
        if engine is None:
            return self._refused(request, NOBODY)
        return await engine.calls.carry_out(token, request, key)

    async def openrpc(self, token: Token) -> bytes:
        """Return the OpenRPC document of what a token may call.

        Raises:
            NotFound: There is no bot here.
            VestnikError: The core cannot be started.
        """
        engine = await self._engine()
        if engine is None:
            raise NotFound(NOBODY)
        return engine.calls.openrpc(token, self._base_url or None)

    def _refused(
        self, request: bytes | msgspec.Raw, sentence: str, *, for_now: bool = False
    ) -> bytes | None:
        from vestnik.bridge.calls import refuse_all  # for who asks

        return refuse_all(request, sentence, for_now=for_now)

    async def _engine(self) -> Engine | None:
        """Return what runs, or will soon.

        Raises:
            VestnikError: It should run, and cannot.
        """
        if self._is_closed:
            raise StoreFailed(ENDING)
        if self._lifeline.current is None and self._lifeline.is_starting:
            return await self._lifeline.get()
        if self._lifeline.current is None and self._lifeline.problem is not None:
            raise self._lifeline.problem
        return self._lifeline.current

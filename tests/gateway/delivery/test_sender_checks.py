"""Both senders are put to the same checks, and the checks find who breaks a promise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from tests.gateway.delivery.receiver import OK, Receiver, sender
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.ports import WebhookRequest, WebhookResponse, WebhookSender
from vestnik.testing.sender_checks import (
    WEBHOOK_SENDER_CHECKS,
    SenderBench,
    it_delivers_a_request_once_and_whole,
    it_follows_no_redirect,
)

Check = Callable[[SenderBench], Awaitable[None]]

ANSWERS = {
    "/ok": OK,
    "/accepted": b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
    "/gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "/redirect": b"HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
    "/wait": b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
    "/silent": b"",
}
SCRIPT = {
    "/ok": WebhookResponse(status=200, excerpt=b"fine"),
    "/accepted": WebhookResponse(status=202),
    "/gone": WebhookResponse(status=410),
    "/redirect": WebhookResponse(status=302),
    "/wait": WebhookResponse(status=503, retry_after=7.0),
    "/silent": WebhookResponse(error="There was no answer within 5 s."),
}


class RealBench:
    """The guarded sender and a receiver on loopback."""

    def __init__(self) -> None:
        self.receiver = Receiver(self._talk)

    def sender(self) -> WebhookSender:
        return sender(0.3)

    def url(self, path: str) -> str:
        return self.receiver.url(path)

    def refused_url(self) -> str:
        return "http://169.254.169.254/latest/meta-data/"

    def received(self) -> Sequence[WebhookRequest]:
        return self.receiver.requests

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self.receiver.read(reader)
            writer.write(ANSWERS[self.receiver.paths[-1]])


class MemoryBench:
    """The twin, which answers by script."""

    def __init__(self) -> None:
        self.twin = MemorySender(self._answer)

    def sender(self) -> WebhookSender:
        return self.twin

    def url(self, path: str) -> str:
        return f"http://hooks.example{path}"

    def refused_url(self) -> str:
        return "http://127.0.0.1/"

    def received(self) -> Sequence[WebhookRequest]:
        return self.twin.requests

    async def _answer(self, request: WebhookRequest) -> WebhookResponse:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return SCRIPT[request.url.removeprefix("http://hooks.example")]


@pytest.fixture(params=["real", "memory"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[SenderBench]:
    if request.param == "memory":
        yield MemoryBench()
        return
    real = RealBench()
    async with real.receiver.serving():
        yield real


@pytest.mark.parametrize("check", WEBHOOK_SENDER_CHECKS, ids=lambda check: check.__name__)
async def test_a_sender_keeps_its_promises(check: Check, bench: SenderBench) -> None:
    await check(bench)


async def test_the_checks_find_a_sender_that_sends_twice() -> None:
    bench = MemoryBench()

    async def twice(request: WebhookRequest) -> WebhookResponse:
        bench.twin.requests.append(request)
        return await MemoryBench._answer(bench, request)

    bench.twin._answer = twice
    for check in (it_delivers_a_request_once_and_whole, it_follows_no_redirect):
        bench.twin.requests.clear()
        with pytest.raises(AssertionError):
            await check(bench)

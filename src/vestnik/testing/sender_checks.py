"""What every `WebhookSender` has to do, as checks that any implementation can be put to.

They need no test framework: each is a coroutine function that raises `AssertionError` with a
sentence. Run them all by `check_webhook_sender`, or one by one from `WEBHOOK_SENDER_CHECKS`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from vestnik.gateway.ports import WebhookRequest, WebhookResponse, WebhookSender

__all__ = ["WEBHOOK_SENDER_CHECKS", "SenderBench", "check_webhook_sender"]

DEADLINE = 20.0
"""Seconds after which a check that hangs is given up."""

AT_ONCE = 50
WAIT = 7.0


class SenderBench(Protocol):
    """A receiver, and senders that may send to it.

    It answers by path: ``/ok`` 200 with the body ``fine``, ``/accepted`` 202, ``/gone`` 410,
    ``/redirect`` 302 to ``/ok``, ``/wait`` 503 with ``Retry-After: 7``, and ``/silent`` never,
    so that the sender's deadline has to end it.
    """

    def sender(self) -> WebhookSender:
        """Make a sender with a short deadline."""

    def url(self, path: str) -> str:
        """Return the receiver's URL with a path."""

    def refused_url(self) -> str:
        """Return a URL whose address the sender's guard refuses."""

    def received(self) -> Sequence[WebhookRequest]:
        """Return what the receiver has got so far."""


def _expect(condition: bool, problem: str) -> None:
    if not condition:
        raise AssertionError(problem)


def _request(bench: SenderBench, path: str, *headers: tuple[str, str]) -> WebhookRequest:
    return WebhookRequest(url=bench.url(path), headers=headers, body=b'{"type":0}')


async def _send(bench: SenderBench, path: str) -> WebhookResponse:
    async with bench.sender() as sender:
        return await sender.send(_request(bench, path))


async def it_delivers_a_request_once_and_whole(bench: SenderBench) -> None:
    """Body and headers arrive as they were given, and once."""
    header = ("X-Boticord-Token", "secret")
    async with bench.sender() as sender:
        response = await sender.send(_request(bench, "/ok", header))
    _expect(response.status == 200, f"200 came back as {response}")
    _expect(response.excerpt == b"fine", f"the body came back as {response.excerpt!r}")
    received = bench.received()
    _expect(len(received) == 1, f"the receiver got {len(received)} requests")
    _expect(received[0].body == b'{"type":0}', f"the body went out as {received[0].body!r}")
    names = {name.lower(): value for name, value in received[0].headers}
    _expect(names.get("x-boticord-token") == "secret", "a header did not arrive")


async def it_tells_the_status(bench: SenderBench) -> None:
    """Whatever the receiver says is told and is no exception."""
    for path, status in (("/accepted", 202), ("/gone", 410)):
        response = await _send(bench, path)
        _expect(response.status == status, f"{status} came back as {response}")


async def it_follows_no_redirect(bench: SenderBench) -> None:
    """A redirect is an answer like any other."""
    response = await _send(bench, "/redirect")
    _expect(response.status == 302, f"302 came back as {response}")
    _expect(len(bench.received()) == 1, "the redirect was followed")


async def it_tells_how_long_to_wait(bench: SenderBench) -> None:
    """``Retry-After`` is passed on."""
    response = await _send(bench, "/wait")
    _expect(response.status == 503, f"503 came back as {response}")
    _expect(response.retry_after == WAIT, f"7 s came back as {response.retry_after}")


async def it_ends_by_its_deadline(bench: SenderBench) -> None:
    """Who never answers holds nobody for ever, and there is a sentence about it."""
    response = await _send(bench, "/silent")
    _expect(response.status is None, f"silence came back as {response}")
    _expect(bool(response.error), "there is no word about the silence")


async def it_sends_nothing_to_a_refused_address(bench: SenderBench) -> None:
    """What the guard refuses is not sent, and there is a sentence about it."""
    request = WebhookRequest(url=bench.refused_url(), headers=(), body=b"{}")
    async with bench.sender() as sender:
        response = await sender.send(request)
    _expect(response.status is None and bool(response.error), f"it was sent: {response}")
    _expect(not bench.received(), "the receiver got something")


async def it_sends_no_header_that_breaks_out(bench: SenderBench) -> None:
    """A value with a line break never becomes a second header."""
    async with bench.sender() as sender:
        response = await sender.send(_request(bench, "/ok", ("X-A", "a\r\nX-Evil: 1")))
    _expect(response.status is None and bool(response.error), f"it was sent: {response}")
    _expect(not bench.received(), "the receiver got something")


async def it_sends_many_at_once(bench: SenderBench) -> None:
    """Requests at the same time do not mix up, and each arrives once."""
    async with bench.sender() as sender:
        sending = [sender.send(_request(bench, "/ok", ("X-N", str(n)))) for n in range(AT_ONCE)]
        responses = await asyncio.gather(*sending)
    _expect(all(response.status == 200 for response in responses), "not all were answered")
    numbers = sorted(_number(request) for request in bench.received())
    _expect(numbers == list(range(AT_ONCE)), f"these arrived: {numbers}")


def _number(request: WebhookRequest) -> int:
    return next(int(value) for name, value in request.headers if name.lower() == "x-n")


async def it_can_be_cancelled(bench: SenderBench) -> None:
    """A cancellation is raised, and the sender goes on to work."""
    async with bench.sender() as sender:
        task = asyncio.create_task(sender.send(_request(bench, "/silent")))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        _expect(task.cancelled(), "the cancellation was swallowed")
        response = await sender.send(_request(bench, "/ok"))
    _expect(response.status == 200, f"after a cancellation 200 came back as {response}")


WEBHOOK_SENDER_CHECKS: tuple[Callable[[SenderBench], Awaitable[None]], ...] = (
    it_delivers_a_request_once_and_whole,
    it_tells_the_status,
    it_follows_no_redirect,
    it_tells_how_long_to_wait,
    it_ends_by_its_deadline,
    it_sends_nothing_to_a_refused_address,
    it_sends_no_header_that_breaks_out,
    it_sends_many_at_once,
    it_can_be_cancelled,
)
"""Every check; each takes a fresh `SenderBench`."""


async def check_webhook_sender(make_bench: Callable[[], SenderBench]) -> None:
    """Put an implementation of `WebhookSender` to all checks.

    Raises:
        AssertionError: It breaks a promise; the sentence says which.
        TimeoutError: It hangs.
    """
    for check in WEBHOOK_SENDER_CHECKS:
        async with asyncio.timeout(DEADLINE):
            await check(make_bench())

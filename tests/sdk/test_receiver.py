"""Webhooks taken: what is refused, what is answered, and what handlers then see."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, MutableMapping
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn

from vestnik.errors import BadInput
from vestnik.sdk import (
    BOTICORD_NETWORK,
    Duplicates,
    IncomingRequest,
    Notification,
    Reply,
    WebhookReceiver,
)
from vestnik.testing import FakeClock
from vestnik.wire.signing import new_secret, signature_headers

TOKEN = "the-token"
HEADERS = {"Content-Type": "application/json; charset=utf-8", "X-Boticord-Token": TOKEN}
BODY = b'{"type":1,"payload":{"upCount":1},"affected":"bot","user":"u","happened":5}'


def body(number: int) -> bytes:
    return b'{"type":1,"affected":"bot","happened":%d}' % number


def post(
    receiver: WebhookReceiver,
    content: bytes = BODY,
    *,
    method: str = "POST",
    peer: str | None = None,
    leave_out: str = "",
    signed: Mapping[str, str] | None = None,
    **more: str,
) -> Reply:
    headers = {
        **HEADERS,
        **(signed or {}),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    headers = {name: value for name, value in headers.items() if name != leave_out}
    return receiver.receive(IncomingRequest(method, headers, content, peer))


def test_what_is_right_is_answered_with_200() -> None:
    receiver = WebhookReceiver(TOKEN)
    assert post(receiver).status == 200
    assert receiver.waiting == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "post", "DELETE"])
def test_only_post_is_taken(method: str) -> None:
    reply = post(WebhookReceiver(TOKEN), method=method)
    assert (reply.status, reply.headers) == (405, {"Allow": "POST"})


@pytest.mark.parametrize("length", ["11", "99999999999999999999999", "-1", "many"])
def test_what_says_that_it_is_too_long_is_refused_unread(length: str) -> None:
    receiver = WebhookReceiver(TOKEN, most_bytes=10)
    request = IncomingRequest("POST", {**HEADERS, "content-length": length}, b"")
    refusal = receiver.refusal(request)
    assert refusal is not None
    assert refusal.status == 413


def test_what_is_too_long_is_refused_whatever_it_says() -> None:
    assert post(WebhookReceiver(TOKEN, most_bytes=10)).status == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/jsonp", ""])
def test_another_content_type_is_refused(kind: str) -> None:
    assert post(WebhookReceiver(TOKEN), Content_Type=kind).status == 415


@pytest.mark.parametrize("token", ["", "the-toke", "the-token2", "THE-TOKEN", "жетон", "\udcff"])
def test_another_token_is_refused(token: str) -> None:
    assert post(WebhookReceiver(TOKEN), X_Boticord_Token=token).status == 401


def test_no_token_is_refused_even_if_the_body_is_nonsense() -> None:
    assert post(WebhookReceiver(TOKEN), b"nonsense", leave_out="X-Boticord-Token").status == 401


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("2a06:98c0:3600::103", 200),
        ("2a06:98c7:ffff::1", 200),
        ("2a06:98c8::1", 403),
        ("192.0.2.1", 403),
        ("nonsense", 403),
        (None, 403),
    ],
)
def test_the_networks_preset_is_the_seeds(peer: str | None, status: int) -> None:
    assert post(WebhookReceiver(TOKEN, networks=[BOTICORD_NETWORK]), peer=peer).status == status


def test_networks_are_given_as_text_too_and_mapped_addresses_count() -> None:
    receiver = WebhookReceiver(TOKEN, networks=["192.0.2.0/24"])
    assert post(receiver, peer="::ffff:192.0.2.7").status == 200
    with pytest.raises(BadInput, match="is no network"):
        WebhookReceiver(TOKEN, networks=["192.0.2.0/99"])


def test_a_signature_is_needed_once_there_is_a_secret() -> None:
    clock = FakeClock()
    old, new = new_secret(), new_secret()
    receiver = WebhookReceiver(TOKEN, signing_secrets=[new, old], clock=clock)
    now = int(clock.now())
    signed = signature_headers([old], "msg_1", now, BODY)
    assert post(receiver, signed=signed).status == 200
    assert post(receiver).status == 401
    assert post(receiver, BODY + b" ", signed=signed).status == 401
    late = signature_headers([old], "msg_1", now - 400, BODY)
    assert post(receiver, signed=late).status == 401
    forged = signature_headers([new_secret()], "msg_1", now, BODY)
    assert post(receiver, signed=forged).status == 401


def test_a_secret_or_a_token_that_is_none_is_told_at_once() -> None:
    with pytest.raises(BadInput):
        WebhookReceiver(TOKEN, signing_secrets=["whsec_short"])
    with pytest.raises(BadInput, match="token is empty"):
        WebhookReceiver(" ")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"type":[]}', b"\xff", b"[" * 9999])
def test_what_is_no_notification_is_refused(content: bytes) -> None:
    assert post(WebhookReceiver(TOKEN), content).status == 400


def test_copies_are_answered_but_not_kept() -> None:
    seen = Duplicates()
    receiver = WebhookReceiver(TOKEN, duplicates=seen)
    assert [post(receiver).status for _ in range(3)] == [200, 200, 200]
    assert receiver.waiting == 1
    other = WebhookReceiver(TOKEN, duplicates=seen)
    assert post(other).status == 200
    assert other.waiting == 0


async def test_while_too_many_wait_the_sender_is_told_so_and_may_try_again() -> None:
    receiver = WebhookReceiver(TOKEN, most_waiting=2)
    assert [post(receiver, body(n)).status for n in (1, 2, 3)] == [200, 200, 503]
    seen: list[Notification] = []
    receiver.on()(seen.append)
    async with receiver:
        pass
    assert post(receiver, body(3)).status == 200
    assert [n.happened_ms for n in seen] == [1, 2]


async def test_handlers_run_after_the_answer_one_after_the_other_and_may_fail() -> None:
    receiver = WebhookReceiver(TOKEN)
    called: list[object] = []

    @receiver.on("up_added")
    async def fail(notification: Notification) -> None:
        called.append("fail")
        raise RuntimeError("no")

    @receiver.on()
    def all_(notification: Notification) -> None:
        called.append(notification.happened_ms)

    async with receiver:
        assert post(receiver, body(1)).status == 200
        assert post(receiver, body(2)).status == 200
        assert called == []
    assert called == ["fail", 1, "fail", 2]


async def test_it_can_be_iterated_while_other_threads_put_in() -> None:
    receiver = WebhookReceiver(TOKEN)

    def put_in(first: int) -> None:
        for number in range(20):
            post(receiver, body(first + number))

    threads = [threading.Thread(target=put_in, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    taken: set[int] = set()
    async with asyncio.timeout(20):
        async for notification in receiver:
            taken.add(notification.happened_ms)
            if len(taken) == 60:
                break
    for thread in threads:
        thread.join()


async def test_a_handler_can_be_cancelled_by_the_end_of_its_block() -> None:
    receiver = WebhookReceiver(TOKEN)
    begun = asyncio.Event()

    @receiver.on()
    async def endless(notification: Notification) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def serve() -> None:
        async with receiver:
            post(receiver)
            await begun.wait()

    task = asyncio.create_task(serve())
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one for one in asyncio.all_tasks() if "receiver" in one.get_name()] == []


def test_a_program_without_a_loop_has_its_handlers_in_a_thread() -> None:
    receiver = WebhookReceiver(TOKEN)
    seen: list[Notification] = []
    receiver.on()(seen.append)
    with receiver:
        post(receiver)
    assert [n.name for n in seen] == ["up_added"]


async def test_its_handlers_run_once_at_a_time() -> None:
    receiver = WebhookReceiver(TOKEN)
    async with receiver:
        with pytest.raises(BadInput, match="run already"):
            await receiver.__aenter__()


Message = MutableMapping[str, object]


class Asgi:
    """One request by hand."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self._messages.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def scope(**more: object) -> Message:
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    return {"type": "http", "method": "POST", "headers": headers, "client": ("::1", 9), **more}


async def test_asgi_bodies_come_in_pieces() -> None:
    receiver = WebhookReceiver(TOKEN, networks=["::1/128"])
    asgi = Asgi(
        {"type": "http.request", "body": BODY[:9], "more_body": True},
        {"type": "http.request", "body": BODY[9:]},
    )
    await receiver(scope(), asgi.receive, asgi.send)
    assert [message.get("status") for message in asgi.sent] == [200, None]
    assert asgi.sent[1]["body"] == b"Thank you.\n"
    assert receiver.waiting == 1


async def test_asgi_stops_reading_what_is_too_long() -> None:
    receiver = WebhookReceiver(TOKEN, most_bytes=10)
    piece: Message = {"type": "http.request", "body": b"x" * 8, "more_body": True}
    asgi = Asgi(piece, piece)
    await receiver(scope(client=None), asgi.receive, asgi.send)
    assert asgi.sent[0]["status"] == 413


async def test_asgi_answers_a_wrong_head_without_reading() -> None:
    asgi = Asgi()
    await WebhookReceiver(TOKEN)(scope(headers=[]), asgi.receive, asgi.send)
    assert asgi.sent[0]["status"] == 415


async def test_asgi_senders_that_leave_are_not_answered() -> None:
    receiver = WebhookReceiver(TOKEN)
    asgi = Asgi({"type": "http.disconnect"})
    await receiver(scope(), asgi.receive, asgi.send)
    assert asgi.sent == []
    assert receiver.waiting == 0


async def test_asgi_websockets_are_closed() -> None:
    asgi = Asgi()
    await WebhookReceiver(TOKEN)({"type": "websocket"}, asgi.receive, asgi.send)
    assert asgi.sent == [{"type": "websocket.close", "code": 1000}]


class Server(uvicorn.Server):
    """uvicorn, told by the test when to end."""

    def __init__(self, receiver: WebhookReceiver) -> None:
        super().__init__(
            uvicorn.Config(receiver, port=0, lifespan="on", log_config=None, ws="none")
        )
        self.is_up = asyncio.Event()

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        self.is_up.set()


def send(url: str, content: bytes, headers: dict[str, str]) -> int:
    try:
        with urlopen(Request(url, content, headers)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


async def test_uvicorn_serves_it_and_its_life_ends_after_the_handlers() -> None:
    receiver = WebhookReceiver(TOKEN)
    seen: list[Notification] = []
    receiver.on()(seen.append)
    server = Server(receiver)
    serving = asyncio.create_task(server.serve())
    await server.is_up.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    assert await asyncio.to_thread(send, url, BODY, HEADERS) == 200
    assert await asyncio.to_thread(send, url, BODY, {**HEADERS, "X-Boticord-Token": "x"}) == 401
    assert await asyncio.to_thread(send, url, b"x" * 300_000, HEADERS) == 413
    server.should_exit = True
    await serving
    assert [n.name for n in seen] == ["up_added"]

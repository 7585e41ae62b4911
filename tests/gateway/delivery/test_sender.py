"""The sender against receivers on loopback, well-behaved and not."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Sequence
from importlib.metadata import version

import pytest
import uvloop

from tests.gateway.delivery.receiver import OK, Receiver, answering, request, saying, sender
from vestnik.errors import BadConfig
from vestnik.gateway.delivery import GuardedSender, SenderOptions, describe_source
from vestnik.gateway.delivery.pool import Pool
from vestnik.gateway.delivery.source import Sources
from vestnik.gateway.model import AddressFamily
from vestnik.gateway.ports import WebhookRequest

SHORT = 0.2
"""A deadline for those who never answer."""


async def test_the_request_says_what_receivers_need_to_know() -> None:
    async with Receiver().serving() as receiver, sender() as client:
        response = await client.send(request(receiver.url("/hook?a=b")))
    headers = dict(receiver.requests[0].headers)
    assert receiver.paths == ["/hook?a=b"]
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["User-Agent"] == f"Vestnik/{version('vestnik')}"
    assert headers["Content-Type"] == "application/json"
    assert response.address == "127.0.0.1"
    assert response.milliseconds > 0


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with Receiver().serving() as receiver, sender() as client:
        for _ in range(3):
            assert (await client.send(request(receiver.url()))).status == 200
        assert receiver.connections == 1


async def test_a_connection_that_the_receiver_closed_is_not_used_again() -> None:
    async with answering(OK, then_close=True) as receiver, sender() as client:
        for _ in range(3):
            assert (await client.send(request(receiver.url()))).status == 200
            await asyncio.sleep(0)
        assert len(receiver.requests) == 3


async def test_a_request_is_not_sent_again_when_a_used_connection_breaks() -> None:
    receiver = Receiver()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receiver.read(reader)
        writer.write(OK)
        await receiver.read(reader)

    receiver._talk = once
    async with receiver.serving(), sender() as client:
        assert (await client.send(request(receiver.url()))).status == 200
        second = await client.send(request(receiver.url(), b"second"))
    assert second.status is None
    assert "not known" in second.error
    assert [got.body for got in receiver.requests] == [b"{}", b"second"]


async def test_what_comes_unasked_closes_the_connection() -> None:
    async with answering(OK + OK) as receiver, sender() as client:
        first = await client.send(request(receiver.url()))
        second = await client.send(request(receiver.url()))
        assert (first.status, second.status) == (200, 200)
        assert receiver.connections == 2


async def test_the_receiver_may_close_without_a_word() -> None:
    async with answering(b"", then_close=True) as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.status is None
    assert "closed before an answer" in response.error


async def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        async with sender() as client:
            response = await client.send(request(f"http://127.0.0.1:{port}/"))
    assert response.error == f"Nobody listens on port {port} of 127.0.0.1."


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
async def test_a_head_that_does_not_come_in_time_is_no_answer(answer: bytes) -> None:
    async with answering(answer) as receiver, sender(SHORT) as client:
        response = await client.send(request(receiver.url()))
    assert response.status is None
    assert response.error == "There was no answer within 0.2 s."


async def test_a_body_that_does_not_end_in_time_changes_nothing_of_the_status() -> None:
    slow = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"
    async with answering(slow) as receiver, sender(SHORT) as client:
        first = await client.send(request(receiver.url()))
        await client.send(request(receiver.url()))
        assert (first.status, first.excerpt, first.error) == (200, b"begin", "")
        assert receiver.connections == 2


async def test_an_endless_body_is_dropped() -> None:
    receiver = Receiver()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receiver.read(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    receiver._talk = flood
    async with receiver.serving(), sender() as client:
        response = await client.send(request(receiver.url()))
    assert (response.status, response.excerpt) == (200, b"x" * 1024)


async def test_an_endless_head_is_dropped() -> None:
    receiver = Receiver()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receiver.read(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-A: y\r\n" * 1000)
            await writer.drain()

    receiver._talk = flood
    async with receiver.serving(), sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.status is None
    assert "longer than" in response.error


async def test_garbage_is_no_answer() -> None:
    async with answering(b"SSH-2.0-OpenSSH\r\n") as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.error == "What came back is no HTTP answer."


async def test_a_redirect_inside_is_an_answer_and_not_followed() -> None:
    inside = b"HTTP/1.1 307 No\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    async with answering(inside) as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.status == 307
    assert len(receiver.requests) == 1


async def test_ipv6_is_reached() -> None:
    async with Receiver().serving("::1") as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert (response.status, response.address) == (200, "::1")
    assert dict(receiver.requests[0].headers)["Host"] == f"[::1]:{receiver.port}"


class Zone:
    """A name server with answers that change from time to time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def test_a_name_keeps_its_host_header_and_is_asked_once() -> None:
    zone = Zone(["127.0.0.1"])
    async with Receiver().serving() as receiver, sender(resolver=zone) as client:
        for _ in range(3):
            url = f"http://hooks.example:{receiver.port}/"
            assert (await client.send(request(url))).status == 200
    assert zone.asked == 1
    assert dict(receiver.requests[0].headers)["Host"] == f"hooks.example:{receiver.port}"


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["::ffff:127.0.0.1", "169.254.169.254"], ["fe80::1%lo"], ["what"]]
)
async def test_a_name_that_leads_inside_is_not_connected_to(answers: list[str]) -> None:
    async with sender(resolver=Zone(answers)) as client:
        response = await client.send(request("http://inside.example/"))
    assert response.status is None
    assert "private or reserved" in response.error


async def test_a_refused_address_among_others_is_passed_over() -> None:
    zone = Zone(["10.0.0.1", "127.0.0.1"])
    async with Receiver().serving() as receiver, sender(resolver=zone) as client:
        response = await client.send(request(f"http://mixed.example:{receiver.port}/"))
    assert (response.status, response.address) == (200, "127.0.0.1")


async def test_the_checked_address_is_the_one_that_is_used_whatever_the_name_says_next() -> None:
    """DNS rebinding: public at first, inside at the next look."""
    zone = Zone(["127.0.0.1"], ["10.0.0.1"])
    now = 0.0
    async with Receiver().serving() as receiver, sender(resolver=zone) as client:
        client._names._now = lambda: now
        url = f"http://rebinding.example:{receiver.port}/"
        first = await client.send(request(url))
        again = await client.send(request(url))
        now = 31.0
        later = await client.send(request(url))
    assert (first.status, again.status, zone.asked) == (200, 200, 2)
    assert later.status is None
    assert "private or reserved" in later.error
    assert len(receiver.requests) == 2


async def test_an_open_connection_is_not_used_when_the_name_has_moved() -> None:
    zone = Zone(["127.0.0.1"], ["127.0.0.2"])
    now = 0.0
    async with Receiver().serving("0.0.0.0") as receiver, sender(resolver=zone) as client:
        client._names._now = lambda: now
        url = f"http://moving.example:{receiver.port}/"
        first = await client.send(request(url))
        now = 31.0
        second = await client.send(request(url))
    assert (first.address, second.address) == ("127.0.0.1", "127.0.0.2")
    assert receiver.connections == 2


async def test_a_name_that_nobody_knows_is_told() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with sender(resolver=unknown) as client:
        response = await client.send(request("http://nowhere.example/"))
    assert response.error == "The name nowhere.example cannot be found in the DNS."


async def test_a_slow_name_server_ends_with_the_deadline() -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async with sender(SHORT, resolver=silent) as client:
        response = await client.send(request("http://slow.example/"))
    assert response.error == "There was no answer within 0.2 s."


async def test_the_systems_own_resolver_is_asked_by_default() -> None:
    async with Receiver().serving() as receiver, sender() as client:
        response = await client.send(request(f"http://localhost:{receiver.port}/"))
    assert response.status == 200


async def test_the_next_address_is_tried_when_nobody_listens_on_the_first() -> None:
    zone = Zone(["127.0.0.9", "127.0.0.1"])
    async with Receiver().serving() as receiver, sender(resolver=zone) as client:
        response = await client.send(request(f"http://two.example:{receiver.port}/"))
    assert (response.status, response.address) == (200, "127.0.0.1")


@pytest.mark.parametrize(
    ("family", "address"), [(AddressFamily.IPV6, "::1"), (AddressFamily.IPV4, "127.0.0.1")]
)
async def test_the_owner_chooses_the_family(family: AddressFamily, address: str) -> None:
    zone = Zone(["127.0.0.1", "::1"])
    async with Receiver().serving(address) as receiver, sender(resolver=zone) as client:
        url = f"http://both.example:{receiver.port}/"
        response = await client.send(WebhookRequest(url=url, headers=(), body=b"{}", family=family))
    assert response.address == address


async def test_a_receiver_without_the_familys_address_is_told() -> None:
    async with sender(resolver=Zone(["127.0.0.1"])) as client:
        response = await client.send(
            WebhookRequest(
                url="http://old.example/", headers=(), body=b"{}", family=AddressFamily.IPV6
            )
        )
    assert response.error == "old.example does not have an IPv6 address."


async def test_requests_come_from_the_configured_subnet() -> None:
    peers: list[str] = []
    receiver = Receiver()

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        await saying(receiver, OK, then_close=True)(reader, writer)

    receiver._talk = look
    options = SenderOptions(allowed_networks=("127.0.0.0/8",), sources=("127.9.0.0/16",))
    async with receiver.serving(), GuardedSender(options) as client:
        assert (await client.send(request(receiver.url()))).status == 200
    assert peers[0].startswith("127.9.")


async def test_a_source_that_the_system_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(Sources, "bind", refuse)
    async with Receiver().serving() as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.error.startswith("The system refuses the configured source address")
    assert not receiver.requests


async def test_a_connection_that_went_elsewhere_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket.socket, "getpeername", lambda sock: ("10.0.0.1", 80))
    async with Receiver().serving() as receiver, sender() as client:
        response = await client.send(request(receiver.url()))
    assert response.error == "The connection went to another address than the checked one."
    assert not receiver.requests


async def test_those_who_ask_for_a_name_at_once_share_one_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr("vestnik.gateway.delivery.resolving._look_up", look_up)
    async with Receiver().serving() as receiver, sender() as client:
        url = f"http://busy.example:{receiver.port}/"
        responses = await asyncio.gather(*[client.send(request(url)) for _ in range(5)])
    assert [response.status for response in responses] == [200] * 5
    assert asked == ["busy.example"]


async def test_closing_waits_for_no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(
        "vestnik.gateway.delivery.resolving._look_up", lambda host, port: let_go.wait(10) and []
    )
    async with sender(SHORT) as client:
        response = await client.send(request("http://silent.example/"))
    let_go.set()
    assert response.status is None


async def test_a_family_without_a_source_is_not_used() -> None:
    options = SenderOptions(allowed_networks=("127.0.0.0/8",), sources=("2001:db8::/64",))
    async with GuardedSender(options) as client:
        response = await client.send(request("http://127.0.0.1:9/"))
    assert response.error == "The gateway sends from no address of the receiver's family."


async def test_a_source_that_is_no_network_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(BadConfig, match="is no network"):
        GuardedSender(SenderOptions(sources=("eth0",)))


def test_receivers_are_told_where_requests_come_from() -> None:
    told = describe_source(SenderOptions(sources=("2a06:98c0::/29",)))
    assert (told.families, told.networks) == (("ipv6",), ("2a06:98c0::/29",))
    assert "X-Boticord-Token" in told.headers
    assert describe_source(SenderOptions()).families == ("ipv6", "ipv4")


async def test_cancelling_drops_the_connection() -> None:
    ended = asyncio.Event()
    begun = asyncio.Event()
    receiver = Receiver()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receiver.read(reader)
        begun.set()
        await reader.read()
        ended.set()

    receiver._talk = wait
    async with receiver.serving(), sender() as client:
        task = asyncio.create_task(client.send(request(receiver.url())))
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_idle_connections_are_bounded_and_closed_in_time() -> None:
    options = SenderOptions(allowed_networks=("127.0.0.0/8",), most_idle_each=2)
    async with Receiver().serving() as receiver, GuardedSender(options) as client:
        await asyncio.gather(*[client.send(request(receiver.url())) for _ in range(5)])
        pool: Pool = client._pool
        assert pool._count == 2
        for idle in pool._idle.values():
            for connection in idle:
                connection.idle_since -= 5.0
        pool._sweep()
        assert pool._count == 0
        assert (await client.send(request(receiver.url()))).status == 200


def test_it_works_on_uvloop() -> None:
    async def run() -> None:
        async with Receiver().serving() as receiver, sender() as client:
            responses = [await client.send(request(receiver.url())) for _ in range(3)]
            assert [response.status for response in responses] == [200] * 3
            assert receiver.connections == 1
        async with answering(b"", then_close=True) as receiver, sender() as client:
            assert (await client.send(request(receiver.url()))).error

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())

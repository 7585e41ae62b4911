"""What a client can do to the HTTP side of the gateway, over real sockets."""

from __future__ import annotations

import asyncio

from tests.app.serve.served import connected, keeper, served
from vestnik.app.serve.admission import Admission
from vestnik.app.serve.http import PATIENCE_BYTES

UPGRADE = b"Host: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n"


async def test_requests_are_answered_one_after_the_other_on_a_connection() -> None:
    async with served(keeper()) as address, connected(address) as (reader, writer):
        for _ in range(2):
            writer.write(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert b"server:" not in head
            assert await reader.readexactly(2) == b"hi"


async def test_a_websocket_gets_the_head_as_the_client_wrote_it_and_all_that_follows() -> None:
    async with served(keeper()) as address, connected(address) as (reader, writer):
        writer.write(b"GET /websocket/?a=b HTTP/1.1\r\n" + UPGRADE + b"frame")

        head = await reader.readuntil(b">")
        assert head.startswith(b"<GET /websocket/?a=b HTTP/1.1\r\nhost: x\r\n")
        assert head.endswith(b"\r\n\r\n>")
        assert await reader.readuntil(b">") == b"<frame>"
        writer.write(b"more")
        assert await reader.readuntil(b">") == b"<more>"


async def test_an_upgrade_elsewhere_is_answered_as_plain_http_and_the_connection_ends() -> None:
    async with served(keeper()) as address, connected(address) as (reader, writer):
        writer.write(b"GET /websockets HTTP/1.1\r\n" + UPGRADE)

        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"connection: close" in answer


async def test_nothing_is_upgraded_where_there_is_no_gateway() -> None:
    async with served(keeper(live=None)) as address, connected(address) as (reader, writer):
        writer.write(b"GET /websocket HTTP/1.1\r\n" + UPGRADE)

        assert (await reader.read()).startswith(b"HTTP/1.1 404 ")


async def test_garbage_is_answered_with_400_and_the_connection_ends() -> None:
    async with served(keeper()) as address, connected(address) as (reader, writer):
        writer.write(b"\x16\x03\x01 what is this?\r\n\r\n")

        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


async def test_a_head_that_does_not_come_ends_the_connection() -> None:
    doorkeeper = keeper(head=0.05)
    async with served(doorkeeper) as address:
        async with connected(address) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        async with connected(address) as (reader, _):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")

    assert doorkeeper.overdue == 2


async def test_a_body_that_does_not_come_ends_the_connection() -> None:
    doorkeeper = keeper(body=0.05)
    async with served(doorkeeper) as address, connected(address) as (reader, writer):
        writer.write(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly this")

        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    assert doorkeeper.overdue == 1


async def test_each_mebibyte_of_a_body_has_a_deadline_of_its_own() -> None:
    doorkeeper = keeper()
    async with served(doorkeeper) as address, connected(address) as (reader, writer):
        writer.write(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
        writer.write(bytes(PATIENCE_BYTES - 1))
        await writer.drain()
        doorkeeper.body_seconds = 0.05
        writer.write(b"!")

        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    assert doorkeeper.overdue == 1


async def test_the_second_request_of_a_connection_has_the_same_deadline() -> None:
    doorkeeper = keeper(head=0.05)
    async with served(doorkeeper) as address, connected(address) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"hello")
        writer.write(b"GET / HTTP/1.1\r\n")

        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")


async def test_a_websocket_has_no_deadline_of_http() -> None:
    doorkeeper = keeper(head=0.01, body=0.01)
    async with served(doorkeeper) as address, connected(address) as (reader, writer):
        writer.write(b"GET /websocket HTTP/1.1\r\n" + UPGRADE)
        await reader.readuntil(b">")
        async with connected(address) as (slow, _):
            assert (await slow.read()).startswith(b"HTTP/1.1 408 ")
        writer.write(b"alive")
        assert await reader.readuntil(b">") == b"<alive>"
    assert doorkeeper.overdue == 1


async def test_an_address_has_so_many_connections_and_not_one_more() -> None:
    doorkeeper = keeper(most=2)
    async with served(doorkeeper) as address:
        async with connected(address) as first, connected(address) as second:
            for reader, writer in (first, second):
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await reader.readuntil(b"hello")
            async with connected(address) as (reader, _):
                assert (await reader.read()).startswith(b"HTTP/1.1 429 ")
        await _until_empty(doorkeeper.admission)
        async with connected(address) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")
    assert doorkeeper.admission.refused == 1


async def test_a_websocket_counts_as_a_connection_until_it_ends() -> None:
    doorkeeper = keeper(most=1)
    async with served(doorkeeper) as address:
        async with connected(address) as (reader, writer):
            writer.write(b"GET /websocket HTTP/1.1\r\n" + UPGRADE)
            await reader.readuntil(b">")
            async with connected(address) as (other, _):
                assert (await other.read()).startswith(b"HTTP/1.1 429 ")
        await _until_empty(doorkeeper.admission)


async def _until_empty(admission: Admission) -> None:
    async with asyncio.timeout(10):
        while admission.addresses:  # noqa: ASYNC110 - turns of the loop, not time
            await asyncio.sleep(0)

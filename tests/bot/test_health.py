"""Whether the bots can do their work."""

import asyncio

import msgspec
import pytest

from tests.bot.hosting import hosting
from vestnik.bot import Bot
from vestnik.bot.command_line.watching import WatchServer, bind_watch_port, watch_app
from vestnik.bot.health import check_health
from vestnik.bot.metrics import Metrics
from vestnik.errors import AddressInUse, BadInput
from vestnik.testing import FakeAccount, FakeCore

SECONDS = 10


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", configured=True, bot=True)


async def test_all_is_well_while_the_accounts_are_connected(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    async with hosting(fake_core, Bot()) as host:
        health = await check_health(host)
    assert health.is_good
    assert health.core == "v2.65.0"
    assert health.accounts == {account.id: "connected"}


@pytest.mark.parametrize(
    ("level", "name", "is_good"),
    [
        (1000, "not connected", False),
        (2000, "connecting", False),
        (3000, "working", True),
        (9000, "9000", True),
    ],
)
async def test_an_account_that_is_not_online_is_not_well(
    fake_core: FakeCore, account: FakeAccount, level: int, name: str, is_good: bool
) -> None:
    fake_core.on("get_connectivity", lambda account_id: level)
    async with hosting(fake_core, Bot()) as host:
        health = await check_health(host)
    assert (health.is_good, health.accounts) == (is_good, {account.id: name})


async def test_a_core_that_refuses_is_not_well(fake_core: FakeCore, account: FakeAccount) -> None:
    fake_core.fail("get_connectivity", "no idea")
    async with hosting(fake_core, Bot()) as host:
        health = await check_health(host)
    assert not health.is_good
    assert "no idea" in health.core


async def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask as curl would."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    return int(head.split()[1]), body


async def test_health_and_metrics_are_shown_on_the_loop_of_the_bots(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    listener = bind_watch_port("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with hosting(fake_core, Bot("echo")) as host:
        server = WatchServer(watch_app(host, Metrics(host)))
        serving = asyncio.create_task(server.run_on(listener))
        status, body = await get(port, "/health")
        assert (status, msgspec.json.decode(body)["is_good"]) == (200, True)
        fake_core.on("get_connectivity", lambda account_id: 1000)
        assert (await get(port, "/health"))[0] == 503
        status, body = await get(port, "/metrics")
        assert status == 200
        assert b"vestnik_accounts 1.0" in body
        assert (await get(port, "/absent"))[0] == 404
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    with pytest.raises(ConnectionRefusedError):
        await get(port, "/health")


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with bind_watch_port("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"Port {port} on 127.0.0.1 is taken"):
            bind_watch_port("127.0.0.1", port)


def test_a_host_that_is_none_is_one_sentence() -> None:
    with pytest.raises(BadInput, match="Metrics cannot be shown on 256"):
        bind_watch_port("256.0.0.1", 1)

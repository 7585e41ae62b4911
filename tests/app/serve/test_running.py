"""A whole gateway in this process, with its real store and real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.receiving import receiving
from vestnik.app.serve import Config, DataFolder, LocalAccess, Serving, parse_config, serving
from vestnik.app.serve.addresses import Address
from vestnik.app.serve.binding import bind
from vestnik.app.serve.folder import BACKUP_PATH
from vestnik.app.serve.parts import gateway_options
from vestnik.errors import AddressInUse, BadConfig, BadInput, StoreFailed
from vestnik.gateway import GatewayOptions
from vestnik.gateway.delivery import DeliveryOptions
from vestnik.gateway.live import LiveOptions
from vestnik.gateway.ports import NotificationLog
from vestnik.ids import OwnerId
from vestnik.relay.tls import certificate_in

ANY_PORT = '[server]\nlisten = "127.0.0.1:0"\n'


def config(more: str = "") -> Config:
    return parse_config((ANY_PORT + more).encode())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


class Client:
    """The operator, over HTTP."""

    def __init__(self, server: Serving, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.headers = {"Authorization": f"Bearer {server.token}"}

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.session.request(
            method, self.server.url + path, json=body, headers=self.headers
        ) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def made(self, path: str, **body: object) -> Any:
        status, answer = await self.ask("POST", f"/api/v1/{path}", body)
        assert status in (200, 201, 202), answer
        return answer


@contextlib.asynccontextmanager
async def client_of(server: Serving) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(server, session)


async def a_resource(client: Client) -> str:
    owner: str = (await client.made("owners", name="Ann"))["id"]
    await client.made("resources", id="bot", owner=owner, name="Bot")
    return owner


async def test_without_settings_it_is_on_any_free_port_of_this_machine() -> None:
    async with serving() as one, serving() as other:
        assert one.address.host == "127.0.0.1"
        assert len({one.address.port, other.address.port, 8080}) == 3


async def test_the_public_address_is_told() -> None:
    settings = config('public_url = "https://gw.example/"\n')
    async with serving(settings) as server, client_of(server) as client:
        assert server.public_websocket_url == "wss://gw.example/websocket/"
        _, told = await client.ask("GET", "/.well-known/vestnik")
        assert told["websocket"][0] == server.public_websocket_url


async def test_the_token_of_the_machine_is_neither_listed_nor_changed(data: Path) -> None:
    async with serving(config(), data) as server, client_of(server) as client:
        status, listed = await client.ask("GET", "/api/v1/tokens")
        assert (status, listed["items"]) == (200, [])
        for method, path in ("POST", "/regenerate"), ("DELETE", ""):
            status, _ = await client.ask(method, f"/api/v1/tokens/local{path}", {})
            assert status == 404
        assert not await server.gateway.store.settings.load()


async def test_a_notification_goes_from_rest_to_a_websocket(data: Path) -> None:
    async with serving(config(), data) as server, client_of(server) as client:
        owner = await a_resource(client)
        token = (await client.made("tokens", owner=owner, scopes=["notify"]))["secret"]
        async with client.session.ws_connect(server.websocket_url) as stream:
            await stream.send_json({"event": "auth", "data": {"token": token}})
            assert (await stream.receive_json())["event"] == "hello"
            await client.made("notifications", type=1, resource="bot", payload={"upCount": 1})
            told = await stream.receive_json()

    assert told["event"] == "notify"
    assert told["data"]["payload"] == {"upCount": 1}


async def test_what_was_set_up_is_there_after_a_restart(data: Path) -> None:
    async with serving(config(), data) as server, client_of(server) as client:
        owner = await a_resource(client)
    async with serving(config(), data) as server, client_of(server) as client:
        status, answer = await client.ask("GET", f"/api/v1/owners/{owner}")

    assert (status, answer["name"]) == (200, "Ann")


async def test_without_a_folder_all_is_in_memory_and_nothing_to_back_up(tmp_path: Path) -> None:
    async with serving(config()) as server, client_of(server) as client:
        await a_resource(client)
        status, answer = await client.ask("POST", BACKUP_PATH, {"to": str(tmp_path / "copy")})

    assert status == 503
    assert "memory" in answer["error"]["message"]


async def test_the_end_tells_websockets_to_come_back_and_takes_nobody_new(data: Path) -> None:
    async with aiohttp.ClientSession() as session, contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(config(), data))
        async with session.ws_connect(server.websocket_url) as stream:
            ended = asyncio.create_task(stack.aclose())
            message = await stream.receive()
            await ended

        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == 1012
        with pytest.raises(OSError, match=r"[Cc]onnect"):
            await asyncio.open_connection(*server.address)


async def test_readiness_is_refused_while_the_end_waits_for_a_webhook(data: Path) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        begun.set()
        await may_end.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with receiving(receive) as port, contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            serving(config('[webhooks]\nallow_networks = ["127.0.0.0/8"]'), data)
        )
        client = await stack.enter_async_context(client_of(server))
        owner = await a_resource(client)
        hook = await client.made("webhooks", owner=owner, url=f"http://127.0.0.1:{port}/")
        await client.made("notifications", type=1, resource="bot")
        await begun.wait()
        draining = asyncio.create_task(server.gateway.drain())
        await asyncio.sleep(0)
        status, _ = await client.ask("GET", "/readyz")
        may_end.set()
        await draining
        _, found = await client.ask("GET", f"/api/v1/webhooks/{hook['webhook']['id']}/deliveries")

    assert status == 503
    assert [one["state"] for one in found["items"]] == ["delivered"]


async def test_a_cancelled_end_is_an_end_at_once(data: Path) -> None:
    begun = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await reader.read()

    settings = config(
        'drain_seconds = 3600\n[webhooks]\nallow_networks = ["127.0.0.0/8"]\ntimeout_seconds = 300'
    )

    async def serve(served: asyncio.Future[Serving], end: asyncio.Event) -> None:
        async with serving(settings, data) as server:
            served.set_result(server)
            await end.wait()

    async with receiving(receive) as port:
        served: asyncio.Future[Serving] = asyncio.get_running_loop().create_future()
        end = asyncio.Event()
        running = asyncio.create_task(serve(served, end))
        async with client_of(await served) as client:
            owner = await a_resource(client)
            await client.made("webhooks", owner=owner, url=f"http://127.0.0.1:{port}/")
            await client.made("notifications", type=1, resource="bot")
            await begun.wait()
            end.set()
            while not (await served).gateway.is_draining:  # noqa: ASYNC110 - a turn, not a time
                await asyncio.sleep(0)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
    async with serving(config(), data):
        pass  # nothing holds the folder


async def test_the_folder_is_for_the_eyes_of_its_owner(data: Path) -> None:
    async with serving(config(), data) as server:
        access = DataFolder(data).access()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in data.iterdir()}

    assert access == LocalAccess(server.url, server.token, folder=data.stat().st_ino)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {"server.json", "secrets.key", "vestnik.sqlite"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert DataFolder(data).access() is None


async def test_the_token_of_the_folder_dies_with_the_process(data: Path) -> None:
    async with serving(config(), data) as server:
        old = server.token
    async with serving(config(), data) as server:
        assert server.gateway.access.identify(old) is None
        assert server.gateway.access.identify(server.token) is not None
    assert old.encode() not in (data / "vestnik.sqlite").read_bytes()


async def test_a_folder_has_one_server(data: Path) -> None:
    async with serving(config(), data):
        with pytest.raises(StoreFailed, match="in use by another process"):
            async with serving(config(), data):
                pass
        assert DataFolder(data).access() is not None


async def test_a_port_that_is_taken_is_told_and_nothing_stays_open(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = parse_config(f'[server]\nlisten = "127.0.0.1:{port}"'.encode())
        with pytest.raises(AddressInUse, match=f"Port {port} on 127.0.0.1 is taken"):
            async with serving(taken, data):
                pass
        metrics = config(f'[metrics]\nlisten = "127.0.0.1:{port}"')
        with pytest.raises(AddressInUse):
            async with serving(metrics, data):
                pass
    async with serving(config(), data):
        pass


def test_a_host_that_is_not_ours_is_told() -> None:
    with pytest.raises(BadInput, match="no host"):
        bind(Address("no.such.host.invalid", 0))
    with pytest.raises(BadInput, match=r"Nothing can listen on 192\.0\.2\.1:1234"):
        bind(Address("192.0.2.1", 1234))


async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFailed, match="cannot be used"):
        async with serving(config(), tmp_path / "file" / "data"):
            pass


async def test_a_key_that_others_can_read_is_refused(data: Path) -> None:
    async with serving(config(), data):
        pass
    (data / "secrets.key").chmod(0o640)

    with pytest.raises(BadConfig, match=r"Others can read .*: `chmod 600 "):
        async with serving(config(), data):
            pass


async def test_a_key_that_is_gone_or_cut_is_not_made_anew(data: Path) -> None:
    async with serving(config(), data):
        pass
    (data / "secrets.key").write_bytes(b"short")
    with pytest.raises(BadConfig, match="is no key of 32 bytes"):
        async with serving(config(), data):
            pass
    (data / "secrets.key").unlink()
    with pytest.raises(StoreFailed, match="is gone"):
        async with serving(config(), data):
            pass
    assert not (data / "secrets.key").exists()


async def test_metrics_are_what_prometheus_reads_and_nowhere_else(data: Path) -> None:
    settings = config('[metrics]\nlisten = "127.0.0.1:0"')
    async with serving(settings, data) as server, client_of(server) as client:
        owner = await a_resource(client)
        token = (await client.made("tokens", owner=owner, scopes=["notify"]))["secret"]
        async with client.session.ws_connect(server.websocket_url) as stream:
            await stream.send_json({"event": "auth", "data": {"token": token}})
            await stream.receive_json()
            await client.made("notifications", type=1, resource="bot")
            await stream.receive_json()
            assert server.metrics_url is not None
            async with client.session.get(server.metrics_url) as response:
                page = await response.text()
        status, _ = await client.ask("GET", "/metrics")

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    assert status == 404
    assert found["vestnik_connections", "authenticated"] == 1
    assert found["vestnik_notifications_total", "accepted"] == 1
    assert found["vestnik_frames_total", "sent"] == 1
    assert found["vestnik_append_size_sum",] == 1
    assert found["vestnik_append_seconds_count",] == 1
    assert found["vestnik_store_bytes",] > 0
    assert found["vestnik_webhook_attempts_total", "delivered"] == 0
    assert found["process_open_fds",] > 0


async def test_tls_is_spoken_with_the_files_of_the_operator(data: Path, tmp_path: Path) -> None:
    files = certificate_in(tmp_path / "tls", "localhost", "127.0.0.1")
    settings = config(f'tls_certificate = "{files.certificate}"\ntls_key = "{files.key}"')
    trusting = ssl.create_default_context(cafile=files.certificate)
    async with serving(settings, data) as server, aiohttp.ClientSession() as session:
        assert server.url.startswith("https://")
        async with session.get(server.url + "/healthz", ssl=trusting) as response:
            assert response.status == 200
        async with session.ws_connect(server.websocket_url, ssl=trusting) as stream:
            await stream.send_json({"event": "ping"})
            assert (await stream.receive_json())["event"] == "pong"
        before = DataFolder(data).access()
        assert before is not None
        renewed = certificate_in(tmp_path / "renewed", "localhost", "127.0.0.1")
        renewed.certificate.replace(files.certificate)
        server.read_certificate_again()
        async with session.get(server.url + "/healthz", ssl=trusting) as response:
            assert response.status == 200, "half a renewal changes nothing"
        renewed.key.replace(files.key)
        server.read_certificate_again()
        after = DataFolder(data).access()
        assert after is not None
        assert after.fingerprint != before.fingerprint
        print = aiohttp.Fingerprint(bytes.fromhex(after.fingerprint or ""))
        address = server.url + "/healthz"
        async with aiohttp.ClientSession() as other, other.get(address, ssl=print) as response:
            assert response.status == 200


async def test_a_certificate_that_is_none_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("nothing")
    settings = config(f'tls_certificate = "{tmp_path}/c.pem"\ntls_key = "{tmp_path}/none.pem"')
    with pytest.raises(BadConfig, match="both must be PEM files that belong together"):
        async with serving(settings, data):
            pass


async def test_a_backup_starts_as_the_same_gateway_with_an_epoch_of_its_own(
    data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    data.mkdir()
    (data / "vestnik.toml").write_text(ANY_PORT)
    async with serving(config(), data) as server, client_of(server) as client:
        owner = await a_resource(client)
        hook = await client.made("webhooks", owner=owner, url="https://example.org/", signed=True)
        await client.made("notifications", type=1, resource="bot")
        assert (await client.ask("POST", BACKUP_PATH, {"to": str(copy)}))[0] == 201
        again, refused = await client.ask("POST", BACKUP_PATH, {"to": str(copy)})
        epoch = (await _log(server).position(OwnerId(owner))).epoch

    assert again == 503
    assert "already" in refused["error"]["message"]
    assert {file.name for file in copy.iterdir()} == {
        "secrets.key",
        "vestnik.sqlite",
        "vestnik.toml",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in copy.iterdir()} == {0o600}
    async with serving(config(), copy) as server, client_of(server) as client:
        position = await _log(server).position(OwnerId(owner))
        webhook = server.gateway.roster.webhook(hook["webhook"]["id"])
    assert position.offset == 1
    assert position.epoch != epoch
    assert webhook is not None


@pytest.mark.parametrize("operator", [True, False])
async def test_a_backup_is_for_nobody_but_the_operator_of_this_machine(
    data: Path, tmp_path: Path, operator: bool
) -> None:
    async with serving(config(), data) as server, client_of(server) as client:
        if operator:
            made = await client.made("tokens", scopes=["manage"])
            client.headers = {"Authorization": f"Bearer {made['secret']}"}
        else:
            client.headers = {}
        status, _ = await client.ask("POST", BACKUP_PATH, {"to": str(tmp_path / "copy")})

    assert status == 404
    assert not (tmp_path / "copy").exists()


async def test_offline_nothing_is_sent_and_the_next_server_sends_it(data: Path) -> None:
    came = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    settings = config('[webhooks]\nallow_networks = ["127.0.0.0/8"]')
    async with receiving(receive) as port:
        async with serving(settings, data, offline=True) as server, client_of(server) as client:
            owner = await a_resource(client)
            hook = await client.made("webhooks", owner=owner, url=f"http://127.0.0.1:{port}/")
            await client.made("notifications", type=1, resource="bot")
            path = f"/api/v1/webhooks/{hook['webhook']['id']}/deliveries"
            _, found = await client.ask("GET", path)
            assert [one["state"] for one in found["items"]] == ["planned"]
            assert DataFolder(data).access() is None
            status, _ = await client.ask("GET", "/websocket")
            assert status == 404
        assert not came.is_set()
        async with serving(settings, data):
            await came.wait()


def _log(server: Serving) -> NotificationLog:
    return server.gateway.log


@pytest.mark.parametrize("path", ["/websocket/", "/websocket", "/websocket/?a=b"])
async def test_who_comes_to_the_websocket_by_http_is_told_what_it_is(path: str) -> None:
    async with (
        serving(config()) as server,
        aiohttp.ClientSession() as session,
        session.get(server.url + path) as response,
    ):
        told = await response.json()

    assert (response.status, response.headers["Upgrade"]) == (426, "websocket")
    assert told["error"]["message"].startswith("This is a WebSocket: connect to it with")


@pytest.mark.parametrize(
    ("more", "families"),
    [
        ("", ["ipv6", "ipv4"]),
        ('[webhooks]\nfamily = "ipv6"', ["ipv6"]),
        ('[webhooks]\nfamily = "ipv4"', ["ipv4"]),
        ('[webhooks]\nsource = ["2001:db8::/64"]', ["ipv6"]),
    ],
)
async def test_receivers_are_told_by_which_family_webhooks_come(
    more: str, families: list[str]
) -> None:
    async with serving(config(more)) as server, client_of(server) as client:
        _, told = await client.ask("GET", "/.well-known/vestnik")

    assert told["webhooks"]["families"] == families


def test_a_gateway_as_a_library_has_the_bounds_of_one_that_serves() -> None:
    made = gateway_options(Config())

    assert made.delivery == DeliveryOptions()
    assert made.live == LiveOptions()
    assert made.keep_notifications == GatewayOptions().keep_notifications
    assert made.keep_attempts == GatewayOptions().keep_attempts

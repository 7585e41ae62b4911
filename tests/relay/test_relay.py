from __future__ import annotations

import asyncio
import contextlib
import json
import smtplib
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.receiving import hear_all
from tests.relay.clients import account, imap, send_text
from vestnik.errors import AddressInUse, BadInput, StorageFailed
from vestnik.relay import Relay, RelayConfig
from vestnik.relay.imap.server import ImapServer


def http(relay: Relay, method: str, path: str) -> tuple[int, bytes]:
    """Return status and body of a request."""
    url = f"http://127.0.0.1:{relay.http_port}{path}"
    try:
        request = urllib.request.Request(url, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


async def test_post_new_gives_credentials_that_work(relay: Relay) -> None:
    status, body = await asyncio.to_thread(http, relay, "POST", "/new")
    made = json.loads(body)
    assert status == 200
    assert made["dclogin_url"].startswith(f"dclogin:{made['email']}?")
    async with imap(relay) as client:
        await client.ok(f"LOGIN {made['email']} {made['password']}")


async def test_other_requests_get_their_proper_status(relay: Relay) -> None:
    assert (await asyncio.to_thread(http, relay, "GET", "/new"))[0] == 405
    assert (await asyncio.to_thread(http, relay, "POST", "/other"))[0] == 404


async def test_a_login_code_names_every_server_and_port(relay: Relay) -> None:
    made = relay.new_account("alice")
    code = urlsplit(made.login_code)
    options = {key: value for key, (value,) in parse_qs(code.query).items()}
    assert code.path == made.address == "alice@relay.localhost"
    assert options == {
        "p": made.password,
        "v": "1",
        "ih": "127.0.0.1",
        "sh": "127.0.0.1",
        "ip": str(relay.imap_port),
        "sp": str(relay.smtp_port),
        "is": "plain",
        "ss": "plain",
    }
    assert made.password not in repr(made)


async def test_a_name_that_no_account_can_have_is_bad_input(relay: Relay) -> None:
    with pytest.raises(BadInput, match="cannot be an account"):
        relay.new_account("Алиса")


async def test_mail_and_numbers_outlive_a_restart(tmp_path: Path) -> None:
    config = RelayConfig(directory=tmp_path)
    seen = []
    async with Relay(config) as relay:
        me = await account(relay)
        await send_text(relay, me, me, "one")
        await send_text(relay, me, me, "two")
    for _ in range(2):
        async with Relay(config) as relay, imap(relay, me) as client:
            seen.append(
                await client.ok("SELECT INBOX") + await client.ok("UID FETCH 1:* (RFC822.SIZE)")
            )
    validity = [line for line in seen[0] if b"UIDVALIDITY" in line]
    assert validity == [line for line in seen[1] if b"UIDVALIDITY" in line]
    assert [line[:15] for line in seen[1][-2:]] == [b"* 1 FETCH (UID ", b"* 2 FETCH (UID "]
    assert seen[0][-2:] == seen[1][-2:]


@pytest.mark.parametrize("on_disk", [False, True])
async def test_with_tls_nothing_is_readable_on_the_way(on_disk: bool, tmp_path: Path) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with Relay(RelayConfig(tls=True, directory=tmp_path if on_disk else None)) as relay:
        made = relay.new_account()
        assert "is=ssl" in made.login_code
        assert made.login_code.endswith("ic=3")
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.imap_port, ssl=context)
        assert (await reader.readline()).startswith(b"* OK")
        writer.close()

        def talk() -> None:
            port = relay.smtp_port
            with smtplib.SMTP_SSL("127.0.0.1", port, context=context, timeout=20) as client:
                client.login(made.address, made.password)

        await asyncio.to_thread(talk)
    assert not on_disk or (tmp_path / "relay-key.pem").stat().st_mode & 0o077 == 0


async def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"Port {port} on 127.0.0.1 is taken"):
            async with Relay(RelayConfig(imap_port=port)):
                pass


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFailed, match="choose a folder"):
        async with Relay(RelayConfig(directory=tmp_path / "file")):
            pass


async def test_a_second_relay_on_the_same_folder_is_told(tmp_path: Path) -> None:
    async with Relay(RelayConfig(directory=tmp_path)):
        with pytest.raises(StorageFailed, match="Another relay"):
            async with Relay(RelayConfig(directory=tmp_path)):
                pass


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"host": "0.0.0.0"}, "in the clear"),
        ({"host": "mail.example.org"}, "in the clear"),
        ({"domain": "Relay"}, "no domain"),
        ({"smtp_port": 70_000}, "no port"),
        ({"quota_bytes": 0}, "greater than 0"),
    ],
)
def test_a_config_that_cannot_work_is_bad_input(wrong: dict[str, str | int], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        RelayConfig(**wrong)  # type: ignore[arg-type]


async def test_a_host_that_is_not_of_this_machine_is_bad_input() -> None:
    for host in ("203.0.113.7", "no-such-host.invalid"):
        with pytest.raises(BadInput):
            async with Relay(RelayConfig(host=host, tls=True)):
                pass


async def test_stopping_says_goodbye_to_everyone() -> None:
    async with Relay(RelayConfig()) as relay:
        me = await account(relay)
        imap_reader, imap_writer = await asyncio.open_connection("127.0.0.1", relay.imap_port)
        smtp_reader, smtp_writer = await asyncio.open_connection("127.0.0.1", relay.smtp_port)
        await imap_reader.readline()
        await smtp_reader.readline()
        imap_writer.write(f"a LOGIN {me.address} {me.password}\r\nb IDLE\r\n".encode())
        await imap_reader.readuntil(b"+ idling\r\n")
    assert await imap_reader.read() == b"* BYE The relay is shutting down\r\n"
    assert await smtp_reader.read() == b"421 4.3.2 The relay is shutting down\r\n"
    imap_writer.close()
    smtp_writer.close()


@pytest.mark.parametrize("door", ["imap_port", "smtp_port", "http_port"])
@pytest.mark.parametrize("turns", range(6))
async def test_nobody_who_came_just_before_the_end_is_left_waiting(door: str, turns: int) -> None:
    async with Relay(RelayConfig()) as relay:
        client = socket.create_connection(("127.0.0.1", getattr(relay, door)), timeout=20)
        for _ in range(turns):  # how far into the relay it came
            await asyncio.sleep(0)
    await asyncio.to_thread(hear_all, client)


@pytest.mark.parametrize("door", ["imap_port", "smtp_port", "http_port"])
async def test_the_end_does_not_depend_on_whether_a_client_takes_part(door: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with Relay(RelayConfig(tls=True, shutdown_timeout=0.1)) as relay:
        client = socket.create_connection(("127.0.0.1", getattr(relay, door)), timeout=20)
        # The duplicate sees the end; what speaks TLS hears nothing, and so never agrees to it.
        deaf = await asyncio.to_thread(context.wrap_socket, client.dup())
        client.settimeout(20)
    with deaf:
        await asyncio.to_thread(hear_all, client)


@pytest.mark.parametrize("door", ["imap_port", "smtp_port", "http_port"])
async def test_nobody_comes_in_once_the_relay_has_ended(door: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with Relay(RelayConfig(tls=True)) as relay:
        client = socket.create_connection(("127.0.0.1", getattr(relay, door)), timeout=20)
        for _ in range(6):  # it is accepted, and has not begun with TLS
            await asyncio.sleep(0)

    def greet() -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            hear_all(context.wrap_socket(client))

    with client:
        await asyncio.to_thread(greet)


class CancelledAtOnce(asyncio.TaskGroup):
    """What happens to who comes in just when another part of the relay fails."""

    def create_task(self, *args: Any, **options: Any) -> asyncio.Task[Any]:
        task = super().create_task(*args, **options)
        task.cancel()
        return task


async def test_a_connection_whose_task_never_begins_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = ImapServer.start
    async with CancelledAtOnce() as tasks:
        monkeypatch.setattr(
            ImapServer, "start", lambda self, listener, tls, _: start(self, listener, tls, tasks)
        )
        async with Relay(RelayConfig()) as relay, asyncio.timeout(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.imap_port)
            assert await reader.read() == b""
            writer.close()


async def test_cancelling_leaves_nothing_behind(tmp_path: Path) -> None:
    entered = asyncio.Event()

    async def live() -> None:
        async with Relay(RelayConfig(directory=tmp_path)):
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(live())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with Relay(RelayConfig(directory=tmp_path)):
        pass


def test_a_relay_that_does_not_run_has_no_ports() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = Relay().smtp_port


async def test_a_relay_runs_once() -> None:
    relay = Relay()
    async with relay:
        pass
    with pytest.raises(RuntimeError, match="runs once"):
        async with relay:
            pass

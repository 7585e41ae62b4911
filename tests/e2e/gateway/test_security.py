"""What somebody tries who means no good, on the gateway as its operator runs it.

One file, because all of it goes against the same two processes, which are started once a module.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.e2e.gateway.process import Gateway, running
from tests.e2e.gateway.raw import UPGRADE, Peer, connected, frame, talking, until
from tests.receiving import receiving
from vestnik.gateway.access import Access, digest_of
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.roster import Roster
from vestnik.ids import TokenId

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECEIVER = "127.0.0.2"
OPEN = f"""
[webhooks]
allow_networks = ["{RECEIVER}/32"]

[websocket]
attempts = 100000

[log]
level = "debug"
format = "text"
"""
PLACES = {
    "four.example": ["127.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "all.example": ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "64:ff9b::7f00:1"],
}
RESOLVER = f"""
import socket
real, places = socket.getaddrinfo, {PLACES!r}
def resolve(host, port, *more, **options):
    found = [real(place, port, *more, **options) for place in places.get(host, [host])]
    return sum(found, [])
socket.getaddrinfo = resolve
"""
"""What a name server of an attacker says, in the process of the gateway."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LONGEST_PAYLOAD = 64 * 1024


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One for all tests; whatever they do, it never meets what it has not foreseen."""
    metrics = free_port()
    config = f'{OPEN}\n[metrics]\nlisten = "127.0.0.1:{metrics}"\n'
    async with running(tmp_path_factory.mktemp("security") / "data", config) as gateway:
        (gateway.folder / "metrics").write_text(f"http://127.0.0.1:{metrics}/metrics")
        yield gateway
        assert "Traceback" not in gateway.log


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One that sends webhooks only to the public, as is the default; its DNS is on their side."""
    names = tmp_path_factory.mktemp("names")
    (names / "sitecustomize.py").write_text(RESOLVER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(names), prepend=os.pathsep)
        async with running(tmp_path_factory.mktemp("strict") / "data", "") as gateway:
            await gateway.owner()
            yield gateway
            assert "Traceback" not in gateway.log


class World:
    """Two owners who do not know each other, with all that an owner can have."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.tokens: dict[str, str] = {}
        self.hooks: dict[str, str] = {}
        self.token_ids: dict[str, str] = {}
        self.deliveries: dict[str, int] = {}

    async def settle(self, name: str) -> None:
        await self.gateway.owner(name, resources=(f"{name}-bot",))
        for scope in ("notify", "publish", "manage"):
            made = await self.gateway._made("/tokens", {"owner": name, "scopes": [scope]})
            self.tokens[f"{name} {scope}"] = made["secret"]
            self.token_ids[name] = made["token"]["id"]
        made = await self.gateway.webhook(name, f"http://{RECEIVER}:1/", enabled=False)
        self.hooks[name] = made["webhook"]["id"]
        _, test = await self.gateway.ask("POST", f"/webhooks/{self.hooks[name]}/test")
        self.deliveries[name] = test["id"]

    async def tell(self, name: str, payload: object, key: str | None = None) -> tuple[int, Any]:
        return await self.gateway.ask(
            "POST",
            "/notifications",
            {"resource": f"{name}-bot", "type": 1, "payload": payload},
            token=self.tokens[f"{name} publish"],
            headers={"Idempotency-Key": key} if key else {},
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(gateway: Gateway) -> World:
    world = World(gateway)
    await world.settle("victim")
    await world.settle("mallory")
    return world


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class Receiver:
    """Keeps every byte that comes, and answers what it is told to."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{RECEIVER}:{self.port}/"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        self.requests.append(head + await reader.readexactly(size))
        writer.write(self.answer)


@asynccontextmanager
async def recording(answer: bytes = OK) -> AsyncIterator[Receiver]:
    """Listen on all addresses of this machine at once."""
    receiver = Receiver(answer)
    place = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    async with receiving(receiver.take, place) as receiver.port:
        yield receiver


# One owner and the things of another.


def forbidden(world: World) -> list[tuple[str, str, object]]:
    """All that an owner could ask about the things of another one."""
    hook, token, delivery = (
        world.hooks["victim"],
        world.token_ids["victim"],
        world.deliveries["victim"],
    )
    return [
        ("GET", "/owners", None),
        ("POST", "/owners", {"name": "x"}),
        ("GET", "/owners/victim", None),
        ("PATCH", "/owners/victim", {"name": "x"}),
        ("DELETE", "/owners/victim", None),
        ("DELETE", "/owners/mallory", None),
        ("GET", "/resources?owner=victim", None),
        ("POST", "/resources", {"name": "x", "owner": "victim"}),
        ("POST", "/resources", {"name": "x", "id": "chosen"}),
        ("GET", "/resources/victim-bot", None),
        ("PATCH", "/resources/victim-bot", {"notify": False}),
        ("DELETE", "/resources/victim-bot", None),
        ("GET", "/tokens?owner=victim", None),
        ("POST", "/tokens", {"owner": "victim", "scopes": ["notify"]}),
        ("GET", f"/tokens/{token}", None),
        ("GET", "/tokens/local", None),
        ("POST", f"/tokens/{token}/regenerate", None),
        ("POST", "/tokens/local/regenerate", None),
        ("DELETE", f"/tokens/{token}", None),
        ("GET", "/webhooks?owner=victim", None),
        ("POST", "/webhooks", {"owner": "victim", "url": "https://example.org/"}),
        ("POST", "/webhooks", {"resource": "victim-bot", "url": "https://example.org/"}),
        ("GET", f"/webhooks/{hook}", None),
        ("PATCH", f"/webhooks/{hook}", {"url": "https://example.org/"}),
        ("DELETE", f"/webhooks/{hook}", None),
        ("POST", f"/webhooks/{hook}/test", None),
        ("POST", f"/webhooks/{hook}/enable", None),
        ("POST", f"/webhooks/{hook}/token", None),
        ("GET", f"/webhooks/{hook}/deliveries", None),
        ("GET", f"/deliveries/{delivery}", None),
        ("POST", f"/deliveries/{delivery}/resend", None),
    ]


async def test_an_owner_reaches_nothing_of_another_by_rest(world: World) -> None:
    before = [await world.gateway.ask("GET", path) for _, path, _ in forbidden(world)[2:3]]
    for method, path, body in forbidden(world):
        status, answer = await world.gateway.ask(
            method, path, body, token=world.tokens["mallory manage"]
        )
        assert status in (403, 404, 422), (method, path, status, answer)
        assert "victim" not in json.dumps(answer).replace("'victim'", "").replace(
            "'victim-bot'", ""
        ), answer
    assert [await world.gateway.ask("GET", "/owners/victim")] == before
    # What is refused to a stranger is answered to who may ask, so the addresses are right.
    for path in ("/owners/victim", "/resources/victim-bot", f"/webhooks/{world.hooks['victim']}"):
        status, _ = await world.gateway.ask("GET", path, token=world.tokens["victim manage"])
        assert status == 200


async def test_things_of_another_look_like_things_that_are_not_there(world: World) -> None:
    for there, not_there in (
        ("/resources/victim-bot", "/resources/nobodys"),
        (f"/webhooks/{world.hooks['victim']}", "/webhooks/nobodys"),
        ("/owners/victim", "/owners/nobodys"),
        (f"/deliveries/{world.deliveries['victim']}", "/deliveries/999999"),
    ):
        answers = []
        for path in (there, not_there):
            status, answer = await world.gateway.ask(
                "GET", path, token=world.tokens["mallory manage"]
            )
            message = answer["error"]["message"].replace(path.rpartition("/")[2], "")
            answers.append((status, answer["error"]["code"], message))
        assert answers[0] == answers[1]


async def test_nobody_publishes_for_another_or_reads_what_he_was_told(world: World) -> None:
    body = {"resource": "victim-bot", "type": 1}
    ask, tokens = world.gateway.ask, world.tokens
    assert (await ask("POST", "/notifications", body, token=tokens["mallory publish"]))[0] == 404
    mixed = {"notifications": [{"resource": "mallory-bot", "type": 1}, body]}
    assert (await ask("POST", "/notifications", mixed, token=tokens["mallory publish"]))[0] == 404
    path = "/notifications?owner=victim"
    assert (await ask("GET", path, token=tokens["mallory notify"]))[0] == 404
    assert (await ask("GET", path, token=tokens["victim notify"]))[0] == 200


@pytest.mark.parametrize("scope", ["publish", "manage"])
async def test_each_scope_is_good_for_its_own_things_only(world: World, scope: str) -> None:
    token = world.tokens[f"mallory {scope}"]
    async with talking(world.gateway) as peer:
        error = await peer.authenticate(token)
        assert (error["event"], error["data"]["code"]) == ("error", 6)
        await world.tell("mallory", "not for this connection")
        assert await peer.is_alive()
    assert (await world.gateway.ask("GET", "/notifications", token=token))[0] == 403
    other = ("GET", "/webhooks", None)
    if scope == "manage":
        other = ("POST", "/notifications", {"resource": "mallory-bot", "type": 1})  # type: ignore[assignment]
    assert (await world.gateway.ask(*other, token=token))[0] == 403


async def test_an_owner_makes_no_operators_token(world: World) -> None:
    for body in ({"scopes": ["manage"]}, {"scopes": ["manage"], "owner": None}):
        status, made = await world.gateway.ask(
            "POST", "/tokens", body, token=world.tokens["mallory manage"]
        )
        assert (status, made["token"]["owner"]) == (201, "mallory")


async def test_nobody_resumes_the_stream_of_another(world: World) -> None:
    for number in range(3):
        assert (await world.tell("victim", f"secret {number}"))[0] == 202
    await world.tell("mallory", "own")
    async with talking(world.gateway) as peer:
        hello = await peer.authenticate(world.tokens["victim notify"], resume=True)
    place = {"epoch": hello["data"]["epoch"], "offset": 0}
    async with talking(world.gateway) as peer:
        hello = await peer.authenticate(world.tokens["mallory notify"], resume=place)
        assert hello["event"] == "hello"
        await world.tell("mallory", "last")
        heard: list[Any] = []
        while not heard or heard[-1]["data"]["payload"] != "last":
            heard.append(await peer.hear())
    assert {message["data"]["affected"] for message in heard} == {"mallory-bot"}


async def test_an_idempotency_key_of_another_means_nothing(world: World) -> None:
    assert (await world.tell("victim", 1, "the-key"))[1]["repeat"] is False
    status, answer = await world.tell("mallory", 2, "the-key")
    assert (status, answer["repeat"]) == (202, False)
    assert (await world.tell("victim", 1, "the-key"))[1]["repeat"] is True
    # Nor can one spell the owner and the key of another.
    assert (await world.tell("mallory", 3, "victim the-key"))[0] == 400


# What goes out.

SENT = sorted(
    b"host user-agent accept content-length content-type x-boticord-token x-boticord-affected "
    b"x-mine".split()
)
BREAKS = ("\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\ud7ff", "é")


async def test_nothing_in_a_notification_can_break_the_request(gateway: Gateway) -> None:
    await gateway.owner("ines", resources=("ines-bot",))
    texts = [f"a{mark}X-Evil: 1{mark}{mark}POST /evil HTTP/1.1" for mark in BREAKS] + ["x" * 512]
    async with recording() as receiver:
        await gateway.webhook("ines", receiver.url, headers={"X-Mine": "a: b"})
        for text in texts:
            await gateway.publish(
                {"resource": "ines-bot", "type": 1, "affected": text, "user": text[:256]}
            )
        await until(lambda: len(receiver.requests) == len(texts), "not all have come")
    for request in receiver.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
        assert sorted(names) == SENT
        assert head.count(b"\r") == head.count(b"\n") == len(names)
        assert all(0x20 <= byte < 0x7F or byte in b"\r\n" for byte in head)
        assert json.loads(body)["affected"] in texts


async def test_an_affected_that_is_too_long_is_refused(gateway: Gateway) -> None:
    await gateway._made("/owners", {"id": "lena", "name": "lena"})
    await gateway._made("/resources", {"id": "lena-bot", "name": "x", "owner": "lena"})
    for field in ("affected", "user", "resource"):
        item = {"resource": "lena-bot", "type": 1, field: "x" * 100_000}
        assert (await gateway.ask("POST", "/notifications", item))[0] == 422


BAD_HEADERS = (
    {"X-A": "b\r\nX-Evil: 1"},
    {"X-A": "b\nX-Evil: 1"},
    {"X-A": "b\x00"},
    {"X-A\r\nX-Evil": "1"},
    {"X-A: 1\r\nX-Evil": "1"},
    {"X A": "1"},
    {"": "1"},
    {"Host": "internal"},
    {"host": "internal"},
    {"Content-Length": "0"},
    {"Content-Type": "text/html"},
    {"Transfer-Encoding": "chunked"},
    {"Connection": "Upgrade"},
    {"X-Boticord-Token": "x"},
    {"x-boticord-affected": "x"},
    {"Webhook-Signature": "x"},
    {"X-A": "1", "x-a": "2"},
    {"X-A": "ы"},
    {f"X-{number}": "1" for number in range(11)},
)


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=repr)
async def test_headers_that_would_override_or_break_a_request_are_refused(
    strict: Gateway, headers: dict[str, str]
) -> None:
    body = {"owner": "anna", "url": "https://example.org/", "headers": headers}
    status, answer = await strict.ask("POST", "/webhooks", body)
    assert status == 422, answer
    assert answer["error"]["message"]


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\nb", "a b", "ы", "\x00"], ids=repr)
async def test_a_token_that_would_break_a_request_is_refused(strict: Gateway, token: str) -> None:
    body = {"owner": "anna", "url": "https://example.org/", "token": token}
    assert (await strict.ask("POST", "/webhooks", body))[0] == 422


INSIDE = (
    *("127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001"),
    *("0177.0.0.1", "127.0.0.1.", "0", "0.0.0.0", "localhost", "LOCALHOST.", "a.localhost"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"),
    *("[fd00::1]", "[ff02::1]", "[::1%25lo]", "169.254.169.254", "[::ffff:a9fe:a9fe]"),
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "168.63.129.16", "224.0.0.1"),
    *("255.255.255.255", "192.0.2.1", "198.18.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1"),
)


@pytest.mark.parametrize("host", INSIDE)
async def test_an_address_inside_is_refused_when_it_is_entered(strict: Gateway, host: str) -> None:
    for url in (f"http://{host}/", f"https://{host}:8443/a?b=c"):
        status, answer = await strict.ask("POST", "/webhooks", {"owner": "anna", "url": url})
        assert status == 422, answer
        assert answer["error"]["code"] == "target_refused"
        assert answer["error"]["message"].endswith(".")


BAD_URLS = (
    "http://example.org\r\nX-Evil: 1/",
    "http://example.org/\r\nX-Evil: 1",
    "http://example.org/ HTTP/1.1\r\nX-Evil: 1",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1#@example.org/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org:0/",
    "http://example.org:80:80/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "//example.org/",
    "http:///a",
    "http://" + "a" * 3000,
)


@pytest.mark.parametrize("url", BAD_URLS, ids=lambda url: repr(url)[:40])
async def test_a_url_that_can_be_read_in_two_ways_is_refused(strict: Gateway, url: str) -> None:
    status, answer = await strict.ask("POST", "/webhooks", {"owner": "anna", "url": url})
    assert status == 422, answer


async def states_of(gateway: Gateway, webhook: str) -> list[str]:
    _, page = await gateway.ask("GET", f"/webhooks/{webhook}/deliveries")
    return [item["state"] for item in page["items"]]


@pytest.mark.parametrize("name", PLACES)
async def test_a_name_that_leads_inside_is_never_connected_to(strict: Gateway, name: str) -> None:
    async with recording() as inside:
        made = await strict.webhook("anna", f"http://{name}:{inside.port}/")
        id = made["webhook"]["id"]
        _, test = await strict.ask("POST", f"/webhooks/{id}/test")
        assert (test["state"], test["status"]) == ("failed", None)
        assert test["error"] == f"All addresses of {name} are private or reserved: nothing is sent."
        await strict.publish({"resource": "bot", "type": 1})
        _, resent = await strict.ask("POST", f"/webhooks/{id}/test")
        assert set(await states_of(strict, id)) <= {"failed", "planned", "begun"}
        assert resent["state"] == "failed"
        assert inside.connections == 0


async def test_the_way_inside_would_be_seen(gateway: Gateway) -> None:
    """What is checked above: where a network is allowed, there is a connection."""
    await gateway.owner("olga", resources=())
    async with recording() as inside:
        made = await gateway.webhook("olga", inside.url)
        _, test = await gateway.ask("POST", f"/webhooks/{made['webhook']['id']}/test")
        assert (test["state"], inside.connections) == ("delivered", 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(gateway: Gateway, status: int) -> None:
    name = f"rita-{status}"
    await gateway.owner(name, resources=())
    async with recording() as inside:
        there = b"HTTP/1.1 %d Go\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        async with recording(there % (status, inside.url.encode())) as receiver:
            hook = (await gateway.webhook(name, receiver.url))["webhook"]["id"]
            _, test = await gateway.ask("POST", f"/webhooks/{hook}/test")
            assert (test["state"], test["status"]) == ("failed", status)
            assert receiver.connections == 1
        assert inside.connections == 0


# Secrets.


async def test_secrets_are_in_no_log_no_answer_no_metric_and_not_in_the_clear_on_disk(
    gateway: Gateway,
) -> None:
    token = await gateway.owner("sofia", resources=("sofia-bot",))
    made = await gateway._made("/tokens", {"owner": "sofia", "scopes": ["manage", "publish"]})
    async with recording() as receiver:
        hook = await gateway.webhook(
            "sofia",
            f"{receiver.url}?query=secret-of-the-query",
            token="secret-webhook-token",
            headers={"X-Mine": "secret-header-value"},
            signed=True,
        )
        id = hook["webhook"]["id"]
        async with talking(gateway) as peer:
            await peer.authenticate("secret-wrong-token")
            await peer.authenticate(token)
            await gateway.publish(
                {"resource": "sofia-bot", "type": 1, "payload": "secret-payload", "user": "u"}
            )
            assert (await peer.hear())["data"]["payload"] == "secret-payload"
            await peer.send(frame(b"secret-nonsense"), frame(b"\xff"))
            await peer.closed()
        await until(lambda: len(receiver.requests) == 1, "it does not come")
        await gateway.ask("POST", f"/webhooks/{id}/test")
        assert all(b"secret-header-value" in request for request in receiver.requests)
        assert all(b"?query=secret-of-the-query" in request for request in receiver.requests)
    await gateway.ask("POST", f"/webhooks/{id}/test")  # nobody listens now
    await gateway.ask("GET", "/me?token=secret-in-a-query")
    await gateway.ask("GET", "/me", token="secret-bad-token")
    secrets = [token, made["secret"], hook["signing_secret"], "secret-webhook-token"]
    secrets += ["secret-header-value"]
    more = ["secret-of-the-query", "secret-payload", "secret-wrong-token", "secret-nonsense"]
    more += ["secret-in-a-query", "secret-bad-token"]

    answers = ""
    for path in ("/owners/sofia", "/resources?owner=sofia", "/tokens?owner=sofia"):
        answers += json.dumps((await gateway.ask("GET", path))[1])
    for path in ("/webhooks?owner=sofia", f"/webhooks/{id}", f"/webhooks/{id}/deliveries"):
        answers += json.dumps((await gateway.ask("GET", path))[1])
    assert id in answers
    async with aiohttp.ClientSession() as http:
        metrics = (gateway.folder / "metrics").read_text()
        async with http.get(metrics) as answer:
            numbers = await answer.text()
    assert "vestnik_connections" in numbers
    disk = b"".join(path.read_bytes() for path in gateway.folder.glob("vestnik.sqlite*"))
    assert hashlib.sha256(token.encode()).hexdigest().encode() in disk
    assert "[debug" in gateway.log
    for secret in secrets:
        assert secret not in answers
        assert secret.encode() not in disk
    for secret in secrets + more:
        assert secret not in gateway.log
        assert secret not in numbers
    assert "secret" not in numbers


async def test_what_is_asked_cannot_steer_the_terminal_that_shows_the_log(
    gateway: Gateway,
) -> None:
    paths = (b"/marked-1-%1b%5b2J", b"/marked-2-%0Aforged%20line", b"/marked-3-%C2%9B%E2%80%AE")
    for path in paths:
        async with connected(gateway) as peer:
            await peer.send(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await peer.answer()).status == 404
    await until(lambda: "marked-3" in gateway.log, "it is not in the log")
    assert all(char.isprintable() or char == "\n" for char in gateway.log)
    assert not any(line.startswith("forged") for line in gateway.log.split("\n"))


async def test_only_the_operators_user_can_read_the_folder_of_a_new_gateway(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", 'umask 022; exec "$@"', "sh"),
        *(str(Path(__file__).parents[3] / ".venv" / "bin" / "python"), "-m", "vestnik"),
        *("serve", "--data", str(folder), "--listen", "127.0.0.1:0"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: (folder / "server.json").exists(), "it does not begin")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert {"vestnik.sqlite", "secrets.key", "server.json"} <= modes.keys()
        assert set(modes.values()) == {0o600}, modes
    finally:
        process.terminate()
        await process.wait()


async def test_a_token_is_looked_up_by_its_digest_and_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    compared: list[tuple[str, str]] = []

    class Watched(Roster):
        def token_by_digest(self, digest: str) -> Token | None:
            asked.append(digest)
            return super().token_by_digest(digest)

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    known = Token(
        id=TokenId("t"),
        owner=None,
        scopes=frozenset(Scope),
        label="",
        digest=digest_of("right"),
        created=0,
    )
    monkeypatch.setattr("vestnik.gateway.access.hmac.compare_digest", compare)
    doors = Access(Watched([known]))
    assert doors.identify("right") is known
    assert doors.identify("wrong") is None
    assert asked == [hashlib.sha256(text).hexdigest() for text in (b"right", b"wrong")]
    assert compared == [(known.digest, known.digest)]
    assert not any(asked_for in ("right", "wrong") for asked_for in asked)


# What cannot be understood.


async def post(gateway: Gateway, body: bytes, kind: bytes = b"application/json") -> Any:
    """Put bytes in, and ask something else on the same connection."""
    access = b"Authorization: Bearer " + gateway._given.token.encode() + b"\r\n"
    head = b"POST /api/v1/notifications HTTP/1.1\r\nHost: a\r\nContent-Type: " + kind + b"\r\n"
    async with connected(gateway) as peer:
        await peer.send(head + access + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = await peer.answer()
        if answer.headers.get("connection") != "close":
            await peer.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await peer.answer()).status == 200
        return answer


def notification(payload: bytes, more: bytes = b"") -> bytes:
    return b'{"resource":"bomb-bot","type":1,"payload":' + payload + more + b"}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bombed(gateway: Gateway) -> Gateway:
    await gateway.owner("bomb", resources=("bomb-bot",))
    return gateway


MANY = b",".join([b"[]"] * 70)
BOMBS = {
    "64 deep": (202, notification(b"[" * 64 + b"]" * 64)),
    "65 deep": (422, notification(b"[" * 65 + b"]" * 65)),
    "65 deep in objects": (422, notification(b'{"a":' * 65 + b"1" + b"}" * 65)),
    "deep behind a key that comes twice": (
        422,
        notification(b'{"a":' + b"[" * 200 + b"]" * 200 + b',"a":1}'),
    ),
    "brackets in strings": (202, notification(b'"' + b'[{\\"' * 100 + b'"')),
    "60 KiB deep": (400, notification(b"[" * 30_000 + b"]" * 30_000)),
    "60 KiB deep, open": (422, b"[" * 60_000),
    "deep outside": (422, b'{"notifications":' * 10_000 + b"1" + b"}" * 10_000),
    "wide": (202, notification(b"[" + b",".join([b"[]"] * 20_000) + b"]")),
    "a payload that is too long": (422, notification(b'"' + b"x" * LONGEST_PAYLOAD + b'"')),
    "a body that is too long": (413, notification(b'"' + b"x" * 1024 * 1024 + b'"')),
    "a number beyond floats": (422, notification(b"1e999")),
    "a number beyond floats among many": (422, notification(b"[1e999," + MANY + b"]")),
    "a number of 6000 digits among many": (
        422,
        notification(b"[" + b"9" * 6000 + b"," + MANY + b"]"),
    ),
    "a type that is too large": (422, b'{"resource":"bomb-bot","type":99999999999999999999}'),
    "a moment that is too large": (422, notification(b"1", b',"happened":1e308')),
    "a field that comes twice": (202, notification(b"1", b',"payload":2')),
    "a field that nobody knows": (422, notification(b"1", b',"__proto__":{}')),
    "no UTF-8": (400, notification(b'"\xff\xfe"')),
    "a surrogate in UTF-8": (400, notification(b'"\xed\xa0\x80"')),
    "half a surrogate pair": (400, notification(b'"\\ud800"')),
    "a NUL in an id": (404, b'{"resource":"bomb-bot\\u0000","type":1}'),
    "a bare NUL": (400, notification(b'"\x00"')),
    "NaN": (400, notification(b"NaN")),
    "half a body": (400, notification(b"1")[:-1]),
    "two bodies": (400, notification(b"1") * 2),
    "nothing": (400, b""),
    "a list": (422, b"[]"),
}


@pytest.mark.parametrize(("status", "body"), BOMBS.values(), ids=BOMBS)
async def test_a_body_that_is_a_bomb_gets_its_answer_and_the_next_one_is_served(
    bombed: Gateway, status: int, body: bytes
) -> None:
    answer = await post(bombed, body)
    assert answer.status == status, answer
    if status != 202:
        assert answer.json["error"]["message"]


async def test_what_was_accepted_is_read_again_as_it_was(bombed: Gateway) -> None:
    access = f"Authorization: Bearer {bombed._given.token}"
    payload = b'{"a":' + b"[" * 63 + b"1e-7" + b"]" * 63 + b"}"
    assert (await post(bombed, notification(payload))).status == 202
    async with connected(bombed) as peer:
        path = "/api/v1/notifications?owner=bomb&limit=1000"
        await peer.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n{access}\r\n\r\n".encode())
        answer = await peer.answer()
    items = json.loads(answer.body, parse_int=str, parse_float=str)["items"]
    assert all(set(item) == {"offset", "data"} for item in items)
    assert payload in answer.body


@pytest.mark.parametrize("id", ["a%00b", "%2e%2e", "a%0d%0ab", "%ff", "x" * 5000, "a%2Fb", "'--"])
async def test_an_id_of_any_kind_is_only_not_found(bombed: Gateway, id: str) -> None:
    access = f"Authorization: Bearer {bombed._given.token}"
    for kind in ("owners", "resources", "tokens", "webhooks", "deliveries"):
        async with connected(bombed) as peer:
            request = f"GET /api/v1/{kind}/{id} HTTP/1.1\r\nHost: a\r\n{access}\r\n\r\n"
            await peer.send(request.encode())
            assert (await peer.answer()).status == 404


BODY = b"POST /api/v1/notifications HTTP/1.1\r\nHost: a\r\n"
HEADS = {
    "two lengths": BODY + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "two equal lengths": BODY + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": BODY + b"Content-Length: 3, 3\r\n\r\nabc",
    "length and chunks": BODY + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": BODY + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    "chunks not last": BODY + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks by another name": BODY + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks with a space": BODY + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": BODY + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a chunk of 2**80": BODY + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\nabc\r\n",
    "a chunk that lies": BODY + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "a negative length": BODY + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": BODY + b"Content-Length: +3\r\n\r\nabc",
    "a length in hexadecimal": BODY + b"Content-Length: 0x3\r\n\r\nabc",
    "a length of 2**64": BODY + b"Content-Length: 18446744073709551616\r\n\r\n",
    "a folded field": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: a\r\n b\r\n\r\n",
    "a bare line feed": b"GET /healthz HTTP/1.1\nHost: a\n\n",
    "a bare carriage return": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: a\rb\r\n\r\n",
    "a NUL": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: a\x00b\r\n\r\n",
    "no name": b"GET /healthz HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
    "no colon": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n",
    "many fields": b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n",
    "a long URL": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a URL beyond ASCII": b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    "no URL": b"GET  HTTP/1.1\r\nHost: a\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT internal:22 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a URL of another host": b"GET http://[::1:bad/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method that nobody knows": b"HACK /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    "a WebSocket with a body": UPGRADE + b"Content-Length: 5\r\n\r\nabcde",
    "a WebSocket with chunks": UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a WebSocket of two versions": UPGRADE + b"Sec-WebSocket-Version: 8\r\n\r\n",
    "a WebSocket of two keys": UPGRADE + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "a WebSocket with a short key": UPGRADE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"YQ==") + b"\r\n",
    "a WebSocket by POST": UPGRADE.replace(b"GET", b"POST") + b"\r\n",
    "a WebSocket of HTTP/1.0": UPGRADE.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n",
    "a WebSocket elsewhere": UPGRADE.replace(b"/websocket/", b"/websocket/../api") + b"\r\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
async def test_a_head_that_can_be_read_in_two_ways_is_refused(
    gateway: Gateway, head: bytes
) -> None:
    async with connected(gateway) as peer:
        # Whoever takes the rest for a request of its own shows it by a second answer.
        await peer.send(head, b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = await peer.answer()
        assert 400 <= answer.status < 506, answer
        if answer.headers.get("connection") == "close":
            assert b"HTTP/1.1" not in await peer.closed()
    assert (await gateway.ask("GET", "/me"))[0] == 200


async def test_requests_in_a_row_that_nobody_reads_leave_nothing_in_the_log(
    gateway: Gateway,
) -> None:
    for _ in range(5):
        async with connected(gateway) as peer:
            ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
            await peer.send(ask * 300)
            await peer.answer()
    assert (await gateway.ask("GET", "/me"))[0] == 200
    assert "Traceback" not in gateway.log


GARBAGE = 300


async def babble(gateway: Gateway, dice: random.Random) -> None:
    """Say nonsense on a WebSocket: bytes, or frames that are nearly right."""
    async with talking(gateway) as peer:
        for _ in range(dice.randrange(1, 6)):
            if dice.random() < 0.4:
                await peer.send(dice.randbytes(dice.randrange(1, 400)))
            else:
                await peer.send(nearly(dice))
        peer.writer.write_eof()
        await peer.closed()


def nearly(dice: random.Random) -> bytes:
    texts = (b'{"event":"auth"}', b'{"event":', b"[" * 300, b'{"event":"resume","data":{}}')
    return frame(
        dice.choice((*texts, dice.randbytes(20), b"\x03\xe8", b"")),
        dice.choice((0, 1, 2, 8, 9, 10, 3, 11)),
        last=dice.random() < 0.7,
        reserved=dice.choice((0, 0, 0, 0, 1)),
        mask=None if dice.random() < 0.1 else dice.randbytes(4),
        wide=dice.choice((0, 0, 2, 8)),
    )


async def test_garbage_on_three_hundred_connections_hurts_nobody(
    gateway: Gateway, world: World
) -> None:
    dice = random.Random(6455)
    pid = gateway.pid
    async with talking(gateway) as witness:
        await witness.authenticate(world.tokens["victim notify"])
        for _ in range(GARBAGE // 20):
            seeds = [dice.getrandbits(32) for _ in range(20)]
            await asyncio.gather(*(babble(gateway, random.Random(seed)) for seed in seeds))
        await world.tell("victim", "still here")
        while (await witness.hear())["data"].get("payload") != "still here":
            pass
    assert gateway.pid == pid
    assert "Traceback" not in gateway.log


async def test_messages_that_cannot_be_understood_get_an_error_and_change_nothing(
    gateway: Gateway, world: World
) -> None:
    bombs: tuple[bytes, ...] = (
        b"[" * 60_000,
        b'{"event":"ping","data":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"event":' + b"9" * 60_000 + b"}",
        b'{"event":"resume","data":{"epoch":"","offset":1e999}}',
        b'{"event":"resume","data":{"epoch":"\\u0000","offset":0}}',
        b'{"event":"no\\u0000such"}',
        b'{"event":"%b"}' % (b"x" * 60_000),
        b"null",
        b"",
    )
    async with talking(gateway) as peer, talking(gateway) as other:
        await peer.authenticate(world.tokens["victim notify"])
        for bomb in bombs:
            await peer.send(frame(bomb))
            error = await peer.hear()
            assert error["event"] == "error", bomb[:40]
            assert len(error["data"]["message"]) < 500
            assert await peer.is_alive()
        await peer.send(frame(b"\x00\xff", 2))
        assert (await peer.hear())["event"] == "error"
        # The last value of a key that comes twice counts, as everywhere.
        await peer.send(frame(b'{"event":"auth","event":"ping"}'))
        assert (await peer.hear())["event"] == "pong"
        await peer.send(frame(b"x" * (64 * 1024 + 1)))
        assert (await peer.frame()).code == 1009
        assert await other.is_alive()


async def test_no_more_than_the_allowed_tries_and_no_code_6_after_hello(
    gateway: Gateway, world: World
) -> None:
    async with talking(gateway) as peer:
        for _ in range(3):
            assert (await peer.authenticate("wrong"))["data"]["code"] == 6
        assert (await peer.frame()).code == 1008
    async with talking(gateway) as peer:
        await peer.authenticate(world.tokens["victim notify"])
        assert (await peer.authenticate("wrong"))["data"]["code"] == 5
        assert await still_hears(peer, world)


async def still_hears(peer: Peer, world: World) -> bool:
    await world.tell("victim", "for you")
    return bool((await peer.hear())["data"]["payload"] == "for you")

"""Files over HTTP: what bots send comes in, what came with messages goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from tests.bridge.files.house import House, house_at
from tests.web.caller import Answered
from tests.web.conftest import World
from vestnik.bridge.files.keys import LINKS, derive_key
from vestnik.bridge.files.links import NO_SUCH_FILE, Link, Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core
from vestnik.errors import CoreDied, StoreFailed
from vestnik.gateway import Scope
from vestnik.web import build_app, uploading
from vestnik.web.door import Door
from vestnik.web.files import file_routes

MOST, PER_BOT, KEEP = 100_000, 300_000, 3600.0
SECONDS = 20
GONE: Message = {"type": "http.disconnect"}


class Desk:
    """What a host of bots has for files."""

    def __init__(self, house: House, world: World, folder: Path) -> None:
        clock = world.clock
        self.registry: Registry = house.registry
        self.core: Core | None = house.core
        self.links = Links(derive_key(bytes(32), LINKS), lambda: "http://gateway.test", KEEP, clock)
        self.uploads = Uploads(
            folder, clock, most_bytes=MOST, most_bytes_per_bot=PER_BOT, keep_seconds=KEEP
        )


class Place(NamedTuple):
    """All of it, with Anna's bot hosted and a token for it."""

    app: Starlette
    world: World
    house: House
    desk: Desk
    folder: Path
    token: str

    async def upload(
        self,
        content: bytes | Iterable[Message] = b"content",
        *,
        name: str = "report.pdf",
        token: str | None = None,
        **headers: str,
    ) -> Answered:
        """Send a file."""
        found = {"authorization": f"Bearer {token or self.token}"}
        if isinstance(content, bytes):
            found["content-length"] = str(len(content))
            content = [{"type": "http.request", "body": content}]
        found.update({key.replace("_", "-"): value for key, value in headers.items()})
        return await ask(self.app, "POST", f"/api/v1/files?name={quote(name)}", found, content)

    async def download(self, link: Link | str, method: str = "GET", **headers: str) -> Answered:
        """Fetch a file; headers with ``_`` for ``-``."""
        if isinstance(link, Link):
            link = self.desk.links.link(link.account, link.message)
        path = urlsplit(link).path
        found = {key.replace("_", "-"): value for key, value in headers.items()}
        return await ask(self.app, method, path, found)

    @property
    def kept(self) -> list[str]:
        """The files that lie on the disk."""
        return [path.name for path in self.folder.rglob("*") if path.is_file()]


async def ask(
    app: Starlette,
    method: str,
    url: str,
    headers: Mapping[str, str],
    incoming: Iterable[Message] = (),
) -> Answered:
    """Make one request of a client that stays until it has the answer."""
    messages, sent = list(incoming), list[Message]()

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    split = urlsplit(url)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(split.path),
        "raw_path": split.path.encode(),
        "query_string": split.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("198.51.100.7", 4711),
        "server": ("gateway.test", 80),
    }
    async with asyncio.timeout(SECONDS):
        await app(scope, receive, send)
    found = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(sent[0]["status"], found, body)


@pytest.fixture
async def place(world: World, tmp_path: Path) -> AsyncIterator[Place]:
    tokens = world.gateway.administration.tokens
    issued = await tokens.create(
        world.anna.owner, frozenset({Scope.BOT, Scope.NOTIFY}), resource=world.anna.resource
    )
    async with house_at(tmp_path, world.anna.resource) as house:
        folder = tmp_path / "uploads"
        desk = Desk(house, world, folder)
        app = build_app(world.gateway, routes=file_routes(Door(world.gateway), desk))
        yield Place(app, world, house, desk, folder, issued.secret)


# Uploads.


async def test_a_file_comes_in_and_can_be_found_by_its_bot(place: Place) -> None:
    answer = await place.upload(b"%PDF", name="my/Report.pdf")
    assert answer.status == 201
    assert answer.json == {
        "id": answer.text("id"),
        "name": "Report.pdf",
        "bytes": 4,
        "expires": int((place.world.clock.now() + KEEP) * 1000),
    }
    found = await place.desk.uploads.find(place.world.anna.resource, answer.text("id"))
    assert found.path.read_bytes() == b"%PDF"


@pytest.mark.parametrize("kind", ["application/pdf", "application/json", "nonsense", ""])
async def test_the_kind_of_the_body_does_not_matter(place: Place, kind: str) -> None:
    assert (await place.upload(b"\xff\0", content_type=kind)).status == 201


async def test_a_file_may_come_in_chunks(place: Place) -> None:
    chunks: list[Message] = [
        {"type": "http.request", "body": b"one", "more_body": True},
        {"type": "http.request", "body": b"", "more_body": True},
        {"type": "http.request", "body": b"two"},
    ]
    answer = await place.upload(chunks, transfer_encoding="chunked")
    assert (answer.status, answer.read("bytes")) == (201, 6)


async def test_without_any_length_it_is_asked_for_one(place: Place) -> None:
    answer = await place.upload([{"type": "http.request", "body": b""}])
    assert (answer.status, answer.text("error", "code")) == (411, "length_required")


async def test_what_is_announced_as_too_large_is_refused_unread(place: Place) -> None:
    # No message comes: whoever reads before he refuses waits in vain.
    answer = await place.upload([], content_length=str(MOST + 1))
    assert (answer.status, answer.text("error", "code")) == (413, "too_large")
    assert str(MOST) in answer.text("error", "message")
    assert place.kept == []


async def test_what_turns_out_too_large_leaves_nothing(place: Place) -> None:
    chunk: Message = {"type": "http.request", "body": bytes(MOST // 2 + 1), "more_body": True}
    answer = await place.upload([chunk, chunk], transfer_encoding="chunked")
    assert answer.status == 413
    assert place.kept == []


async def test_a_bot_that_has_too_much_here_is_told(place: Place) -> None:
    answers = [await place.upload(bytes(90_000)) for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 507]
    assert answers[3].text("error", "code") == "no_room"
    assert "retry-after" in answers[3].headers


async def test_a_client_that_goes_away_leaves_nothing(place: Place) -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"a part", "more_body": True},
        GONE,
    ]
    answer = await place.upload(parts, content_length="1000")
    assert answer.status == 400
    assert place.kept == []


async def test_a_client_that_stalls_is_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "PART_SECONDS", 0.01)
    part: Message = {"type": "http.request", "body": b"a part", "more_body": True}
    assert (await place.upload([part], content_length="1000")).status == 408
    assert place.kept == []


async def test_a_disk_that_fails_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed("The folder of uploads cannot be used.")

    monkeypatch.setattr(place.desk.uploads, "keep", fail)
    answer = await place.upload()
    assert (answer.status, answer.text("error", "code")) == (503, "unavailable")


async def test_a_compressed_body_is_refused(place: Place) -> None:
    assert (await place.upload(content_encoding="gzip")).status == 415


@pytest.mark.parametrize("query", ["", "?name=", "?nam=x", "?name=a&name=b", "?name=a&size=3"])
async def test_what_it_is_called_has_to_be_said(place: Place, query: str) -> None:
    headers = {"authorization": place.token, "content-length": "1"}
    body: Message = {"type": "http.request", "body": b"x"}
    answer = await ask(place.app, "POST", f"/api/v1/files{query}", headers, [body])
    assert answer.status == 400


@pytest.mark.parametrize("name", ["../../x.pdf", "/etc/x.pdf", "a\0b.pdf", "C:\\x.pdf", ".."])
async def test_no_name_leads_out_of_the_folder(place: Place, name: str) -> None:
    answer = await place.upload(name=name)
    assert answer.status == 201
    found = await place.desk.uploads.find(place.world.anna.resource, answer.text("id"))
    assert found.path.resolve().is_relative_to(place.folder.resolve())
    assert not set(found.name) & set("/\\\0")


async def test_only_the_token_of_a_hosted_bot_will_do(place: Place) -> None:
    tokens, world = place.world.gateway.administration.tokens, place.world
    deaf = await tokens.create(world.anna.owner, {Scope.NOTIFY}, resource=world.anna.resource)
    other = await tokens.create(world.boris.owner, {Scope.BOT}, resource=world.boris.resource)
    assert (await place.upload(token="vst_nobody")).status == 401
    assert (await place.upload(token=deaf.secret)).status == 403
    # The operator's token is good for the scope, but is for no bot.
    assert place.world.operator.token is not None
    assert (await place.upload(token=place.world.operator.token)).status == 403
    assert (await place.upload(token=other.secret)).status == 404
    assert place.kept == []


async def test_only_post_brings_files_in(place: Place) -> None:
    answer = await ask(place.app, "GET", "/api/v1/files?name=x", {})
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


# Downloads.


async def test_whoever_has_the_link_gets_the_file(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a1.png", b"image"), "Cat.png")
    answer = await place.download(link)
    assert (answer.status, answer.body) == (200, b"image")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == "5"
    assert answer.headers["content-disposition"] == 'attachment; filename="Cat.png"'


async def test_no_browser_shows_a_file_as_a_page_of_ours(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a1", b"<script>"), "page.html")
    answer = await place.download(link)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("mime", "told"),
    [
        ("image/svg+xml", "application/octet-stream"),
        ("text/HTML", "application/octet-stream"),
        ("application/javascript", "application/octet-stream"),
        ("a/b\r\nX-Evil: 1", "application/octet-stream"),
        ("text/plain; charset=utf-7", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("IMAGE/PNG", "image/png"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
async def test_the_word_of_a_sender_is_not_taken_for_everything(
    place: Place, mime: str, told: str
) -> None:
    link = place.house.receives(place.house.keeps("a1"), "x")
    play = place.house.fake.play

    def with_mime(*arguments: object) -> object:
        return msgspec.structs.replace(play("get_message", *arguments), file_mime=mime)  # type: ignore[type-var]

    place.house.fake.on("get_message", with_mime)
    answer = await place.download(link)
    assert answer.headers["content-type"] == told
    assert "x-evil" not in answer.headers


async def test_a_name_in_any_script_arrives(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a1"), 'Отчёт "май".pdf\r\nX: y')
    answer = await place.download(link)
    kind, _, name = answer.headers["content-disposition"].partition("; ")
    assert kind == "attachment"
    assert name.isascii()
    assert unquote(name.removeprefix("filename*=utf-8''")) == "Отчёт _май_.pdf  X_ y"


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
    ],
)
async def test_a_part_can_be_fetched(
    place: Place, asked: str, status: int, body: bytes, told: str
) -> None:
    link = place.house.receives(place.house.keeps("a.bin", b"0123456789"))
    answer = await place.download(link, range=asked)
    assert (answer.status, answer.headers["content-range"]) == (status, told)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 206:
        assert answer.body == body


async def test_a_range_that_is_none_does_no_harm(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin", b"0123456789"))
    assert (await place.download(link, range="bytes=x")).status in (200, 400)
    many = "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 10_000, 2))
    assert (await place.download(link, range=many)).status in (200, 206, 400, 416)


async def test_the_head_alone_can_be_asked_for(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin", b"0123456789"))
    answer = await place.download(link, "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == "10"


async def test_a_large_file_comes_whole(place: Place) -> None:
    content = bytes(range(256)) * 4_000
    link = place.house.receives(place.house.keeps("a.bin", content))
    assert (await place.download(link)).body == content


async def test_a_client_that_goes_away_while_it_reads_hurts_nobody(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin", bytes(10_000_000)))
    path = urlsplit(place.desk.links.link(link.account, link.message)).path
    begin: Message = {"type": "http.request", "body": b""}
    answer = await ask(place.app, "GET", path, {}, [begin, GONE])
    assert len(answer.body) < 10_000_000
    assert (await place.download(link, "HEAD")).status == 200


async def refused(place: Place, link: Link | str) -> str:
    answer = await place.download(link)
    assert answer.status == 404
    return answer.text("error", "message")


async def test_forged_and_foreign_links_look_the_same(place: Place) -> None:
    good = place.house.receives(place.house.keeps("a.bin"))
    other = Links(bytes(32), lambda: "http://x", KEEP, place.world.clock)
    text = place.desk.links.link(good.account, good.message)
    no_bot = place.house.fake.account("Not hosted")
    words = {
        await refused(place, other.link(good.account, good.message)),
        await refused(place, text[:-1]),
        await refused(place, f"{text[:-1]}{'A' if text[-1] != 'A' else 'B'}"),
        await refused(place, "/api/v1/files/..%2F..%2Fetc%2Fpasswd"),
        await refused(place, "/api/v1/files/%00"),
        await refused(place, good._replace(account=no_bot.id)),
        await refused(place, place.house.receives(None)),
    }
    words.discard("There is nothing at this address.")
    assert words == {NO_SUCH_FILE}


async def test_an_old_link_says_that_it_is_old(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin"))
    text = place.desk.links.link(link.account, link.message)
    await place.world.clock.advance(KEEP + 1)
    assert "expired" in await refused(place, text)


async def test_without_a_core_it_is_a_matter_of_time(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin"))
    place.desk.core = None
    answer = await place.download(link)
    assert (answer.status, answer.text("error", "code")) == (503, "unavailable")


async def test_a_core_that_dies_meanwhile_is_a_matter_of_time(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin"))

    async def die(*_: object) -> None:
        raise CoreDied(-9)

    place.house.core.get_message = die  # type: ignore[method-assign, assignment]
    answer = await place.download(link)
    assert (answer.status, "retry-after" in answer.headers) == (503, True)


async def test_links_are_only_for_reading(place: Place) -> None:
    link = place.house.receives(place.house.keeps("a.bin"))
    answer = await place.download(link, "DELETE")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")

"""The stream against servers that do all that servers were seen to do."""

from __future__ import annotations

import asyncio
import http
import json
import logging
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from tests.sdk.conftest import Peer, client, gateway, note, numbers, take
from vestnik.errors import AuthenticationFailed, BadInput, GatewayUnreachable
from vestnik.relay.tls import certificate_in
from vestnik.sdk import Duplicates, Gap, Notification, Position, connect
from vestnik.sdk.attempts import Attempts
from vestnik.sdk.dialling import Closed, NoConnection, Socket, dial
from vestnik.sdk.notification import read_notification
from vestnik.testing import FakeClock
from vestnik.wire import Told

BINARY = b"\x00\x01"


async def tell_one_more(peer: Peer) -> None:
    await peer.greets()
    await peer.tells(2)
    await peer.is_left()


async def test_it_says_who_it_is_and_hears_what_happens() -> None:
    heard: list[dict[str, object]] = []

    async def script(peer: Peer) -> None:
        heard.append(await peer.greets())
        await peer.tells(1)
        await peer.is_left()

    async with gateway(script) as served, client(served.url) as notifications:
        (first,) = await take(notifications, 1)
    assert heard == [{"event": "auth", "data": {"token": "secret-token", "resume": True}}]
    assert (first.type, first.name, first.payload) == (1, "up_added", {"upCount": 1})
    assert (first.affected, first.user) == ("bot", "alice")
    assert first.happened.isoformat() == "2023-11-14T22:13:20.001000+00:00"


async def test_without_resume_the_greeting_is_the_seeds_to_the_letter() -> None:
    heard: list[dict[str, object]] = []

    async def script(peer: Peer) -> None:
        heard.append(await peer.greets())
        await peer.is_left()

    async with gateway(script) as served, client(served.url, resume=False):
        pass
    assert heard == [{"event": "auth", "data": {"token": "secret-token"}}]


async def test_the_named_dialect_of_the_public_service_reads_the_same() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        for type_ in ("comment_added", "no_such_word"):
            data = {"type": type_, "id": "42", "user": "u", "happened": 1}
            await peer.says(event="notify", data={**data, "webhookSettings": {"token": "x"}})
        await peer.is_left()

    async with gateway(script) as served, client(served.url) as notifications:
        known, unknown = await take(notifications, 2)
    assert (known.type, known.name, known.resource, known.affected) == (
        2,
        "comment_added",
        "42",
        "42",
    )
    assert (unknown.type, unknown.name, unknown.payload) == (None, "no_such_word", None)


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1012, 4000, 4001])
async def test_every_close_code_is_followed_by_another_connection(code: int) -> None:
    async def closes(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        await peer.socket.close(code)

    async with gateway(closes, tell_one_more) as served, client(served.url) as notifications:
        assert numbers(await take(notifications, 2)) == [1, 2]


async def cut(peer: Peer) -> None:
    peer.drops()


async def end_without_close(peer: Peer) -> None:
    peer.socket.transport.close()


async def write_1006(peer: Peer) -> None:
    peer.socket.transport.write(b"\x88\x02\x03\xee")
    await peer.socket.wait_closed()


async def write_nonsense(peer: Peer) -> None:
    peer.socket.transport.write(b"\xff\xff\xff\xff")
    await peer.socket.wait_closed()


@pytest.mark.parametrize("how", [cut, end_without_close, write_1006, write_nonsense])
async def test_a_connection_that_breaks_is_only_lost(how: object) -> None:
    async def breaks(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        assert callable(how)
        await how(peer)

    async with gateway(breaks, tell_one_more) as served, client(served.url) as notifications:
        assert numbers(await take(notifications, 2)) == [1, 2]


@pytest.mark.parametrize("code", [4, 6, 14])
async def test_an_error_about_the_token_is_what_ends_it(code: int) -> None:
    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(code)
        assert await peer.is_left() == 1000

    async with gateway(refuses) as served:
        with pytest.raises(AuthenticationFailed, match="refuses the token"):
            await client(served.url).__aenter__()
    assert served.connections == 1


async def test_a_token_that_is_regenerated_ends_it_after_what_has_come() -> None:
    async def revokes(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        peer.drops()

    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6)
        await peer.is_left()

    async with gateway(revokes, refuses) as served, client(served.url) as notifications:
        assert numbers(await take(notifications, 1)) == [1]
        with pytest.raises(AuthenticationFailed):
            await take(notifications, 1)
        with pytest.raises(AuthenticationFailed):
            await take(notifications, 1)


async def test_an_error_about_the_token_once_it_is_in_is_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        await peer.error(6, "do not say secret-token aloud")
        await peer.tells(1)
        await peer.is_left()

    async with gateway(script) as served, client(served.url) as notifications:
        assert numbers(await take(notifications, 1)) == [1]
    assert "do not say … aloud (6)" in caplog.text
    assert "secret-token" not in caplog.text


async def test_what_makes_no_sense_is_skipped() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        await peer.socket.send(BINARY)
        for text in ("", "{", "[]", "1", '{"data":1}', '{"event":5}', "[" * 5000, '"\\ud800"'):
            await peer.socket.send(text)
        await peer.says(event="notify", data={"type": [], "happened": "soon"})
        await peer.says(event="notify")
        await peer.says(event="notify", data={"type": 1, "happened": 10**18})
        await peer.says(event="party", data={"type": 1})
        await peer.says(event="hello", data={"id": "again"})
        await peer.tells(1)
        await peer.is_left()

    async with gateway(script) as served, client(served.url) as notifications:
        first, second = await take(notifications, 2)
    assert first.happened.year == 9999
    assert numbers([second]) == [1]
    assert served.connections == 1


async def test_it_resumes_from_its_last_place_and_drops_what_it_has() -> None:
    auths: list[object] = []

    async def first(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=4))["data"])
        await peer.tells(5, offset=5)
        await peer.tells(6, offset=6)
        peer.drops()

    async def second(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=8, recovered=True))["data"])
        for number in (6, 7, 8, 7, 9):
            await peer.tells(number, offset=number)
        await peer.is_left()

    gaps: list[Gap] = []
    async with gateway(first, second) as served, client(served.url) as notifications:
        notifications.on_gap(gaps.append)
        assert numbers(await take(notifications, 5)) == [5, 6, 7, 8, 9]
        assert notifications.position == Position("e", 8)
    assert auths == [
        {"token": "secret-token", "resume": True},
        {"token": "secret-token", "resume": {"epoch": "e", "offset": 6}},
    ]
    assert gaps == []


async def test_before_anything_has_happened_it_resumes_from_where_it_came_in() -> None:
    auths: list[object] = []

    async def first(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=4)
        peer.drops()

    async def second(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=5, recovered=True))["data"])
        await peer.tells(5, offset=5)
        await peer.is_left()

    async with gateway(first, second) as served, client(served.url) as notifications:
        assert numbers(await take(notifications, 1)) == [5]
        assert notifications.position == Position("e", 4)
    assert auths == [{"token": "secret-token", "resume": {"epoch": "e", "offset": 4}}]


async def test_a_log_that_does_not_reach_back_is_told_as_a_gap_in_its_turn() -> None:
    async def first(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=0)
        await peer.tells(1, offset=1)
        peer.drops()

    async def second(peer: Peer) -> None:
        await peer.greets(epoch="new", offset=0, recovered=False)
        await peer.tells(2, offset=1, epoch="new")
        await peer.is_left()

    order: list[object] = []
    async with gateway(first, second) as served, client(served.url) as notifications:

        @notifications.on_gap
        async def gap(gap: Gap) -> None:
            order.append(gap.reason)

        async with asyncio.timeout(20):
            async for notification in notifications:
                order += numbers([notification])
                if order[-1] == 2:
                    break
    assert order == [1, "The server's log does not reach back to where the connection was lost.", 2]


async def test_a_server_without_positions_leaves_a_gap_with_every_loss() -> None:
    async def first(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        peer.drops()

    gaps: list[Gap] = []
    async with gateway(first, tell_one_more) as served, client(served.url) as notifications:
        notifications.on_gap(gaps.append)
        assert numbers(await take(notifications, 2)) == [1, 2]
    assert [gap.lost for gap in gaps] == [None]
    assert "cannot tell what happened" in gaps[0].reason


async def test_a_handler_of_gaps_that_fails_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def first(peer: Peer) -> None:
        await peer.greets()
        peer.drops()

    async with gateway(first, tell_one_more) as served, client(served.url) as notifications:

        @notifications.on_gap
        def fail(gap: Gap) -> None:
            raise RuntimeError("no")

        assert numbers(await take(notifications, 1)) == [2]
    assert "A handler of gaps has failed." in caplog.text


async def test_what_a_slow_client_missed_is_fetched_on_the_same_connection() -> None:
    resumes: list[object] = []

    async def script(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=0)
        await peer.tells(1, offset=1)
        await peer.tells(4, offset=4, missed=2)
        await peer.tells(5, offset=5)  # on its way before the server hears
        resumes.append(await peer.hears())
        for number in (2, 3, 4, 5, 6):
            await peer.tells(number, offset=number)
        await peer.is_left()

    gaps: list[Gap] = []
    async with gateway(script) as served, client(served.url) as notifications:
        notifications.on_gap(gaps.append)
        assert numbers(await take(notifications, 6)) == [1, 2, 3, 4, 5, 6]
    assert resumes == [{"event": "resume", "data": {"epoch": "e", "offset": 1}}]
    assert gaps == []
    assert served.connections == 1


async def test_what_cannot_be_fetched_is_a_gap_with_a_number() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=1)
        await peer.tells(4, offset=4, missed=2)
        await peer.hears()
        await peer.error(5, "The log has not everything after this place.")
        await peer.is_left()

    async def again(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=4, recovered=True)
        await peer.tells(4, offset=4, missed=2)
        await peer.is_left()

    gaps: list[Gap] = []
    async with gateway(script, again) as served, client(served.url) as notifications:
        notifications.on_gap(gaps.append)
        assert numbers(await take(notifications, 1)) == [4]
    assert [gap.lost for gap in gaps] == [2]


async def test_an_earlier_runs_place_is_where_it_goes_on() -> None:
    auths: list[object] = []

    async def script(peer: Peer) -> None:
        auths.append((await peer.greets(epoch="e", offset=9, recovered=True))["data"])
        await peer.tells(8, offset=8)
        await peer.is_left()

    place = Position("e", 7)
    async with gateway(script) as served, client(served.url, after=place) as notifications:
        assert notifications.position == place
        assert numbers(await take(notifications, 1)) == [8]
    assert auths == [{"token": "secret-token", "resume": {"epoch": "e", "offset": 7}}]


async def test_copies_that_came_by_webhook_are_dropped_when_both_share_a_window() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=0)
        await peer.tells(1, offset=1)
        await peer.tells(2, offset=2)
        await peer.is_left()

    seen = Duplicates()
    copy = read_notification(Told(1, b'{"upCount":1}', "bot", None, "alice", 1_700_000_000_001))  # type: ignore[arg-type]
    assert seen.is_new(copy.key)
    async with gateway(script) as served, client(served.url, duplicates=seen) as notifications:
        assert numbers(await take(notifications, 1)) == [2]
        assert notifications.position == Position("e", 1)


async def test_it_says_ping_and_a_server_that_is_silent_is_left() -> None:
    clock = FakeClock()
    heard: list[object] = []

    async def silent(peer: Peer) -> None:
        await peer.greets()
        heard.append(await peer.hears())
        await peer.says(event="pong", data={})
        heard.append(await peer.hears())
        await peer.is_left()

    async with gateway(silent, tell_one_more) as served, client(served.url, clock=clock) as stream:
        waiting = asyncio.create_task(take(stream, 1))
        while not waiting.done():
            await clock.until_sleeping()
            await clock.advance(5)
            await asyncio.sleep(0)
        assert numbers(waiting.result()) == [2]
    assert heard == [{"event": "ping", "data": {}}] * 2
    assert clock.monotonic() >= 45 + 45 + 20


async def test_a_server_that_does_not_greet_is_left() -> None:
    clock = FakeClock()

    async def rude(peer: Peer) -> None:
        await peer.hears()
        await peer.is_left()

    async with gateway(rude, tell_one_more) as served:
        stream = client(served.url, clock=clock)
        entering = asyncio.create_task(stream.__aenter__())
        while not entering.done():
            await clock.until_sleeping()
            await clock.advance(5)
        assert numbers(await take(stream, 1)) == [2]
        await stream.close()


async def test_a_server_that_wants_us_to_wait_is_left_alone_for_ten_seconds() -> None:
    clock = FakeClock()

    async def busy(peer: Peer) -> None:
        await peer.hears()
        await peer.error(2, "Too many attempts")
        await peer.is_left()

    async with gateway(busy, tell_one_more) as served:
        stream = client(served.url, clock=clock)
        entering = asyncio.create_task(stream.__aenter__())
        await clock.until_sleeping()
        while not entering.done():
            await clock.advance(1)
        assert clock.monotonic() >= 10
        await stream.close()


async def test_all_connections_of_a_process_share_fifteen_attempts_in_ten_seconds() -> None:
    clock, attempts = FakeClock(), Attempts()

    async def drops(peer: Peer) -> None:
        await peer.hears()
        peer.drops()

    moments: list[float] = []

    def note_moment(connection: ServerConnection, request: Request) -> None:
        moments.append(clock.monotonic())

    async with gateway(drops, answers=note_moment) as served:
        streams = [client(served.url, clock=clock, attempts=attempts) for _ in range(4)]
        entering = [asyncio.create_task(stream.__aenter__()) for stream in streams]
        while len(moments) < 46:
            await clock.until_sleeping(4)
            await clock.advance(0.5)
        for task in entering:
            task.cancel()
        await asyncio.gather(*entering, return_exceptions=True)
    assert all(
        later - earlier >= 9.99 for earlier, later in zip(moments, moments[15:], strict=False)
    )
    assert clock.monotonic() <= 31


async def test_a_wrong_place_ends_the_first_attempt_with_a_sentence() -> None:
    def not_here(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(http.HTTPStatus.NOT_FOUND, "nothing here")

    async with gateway(tell_one_more, answers=not_here) as served:
        with pytest.raises(GatewayUnreachable, match=r"HTTP status 404\. Check the address"):
            await client(served.url).__aenter__()


async def test_a_server_that_has_too_much_to_do_is_tried_again() -> None:
    refusals = 2
    clock = FakeClock()

    def busy(connection: ServerConnection, request: Request) -> Response | None:
        nonlocal refusals
        refusals -= 1
        if refusals < 0:
            return None
        response = connection.respond(http.HTTPStatus.TOO_MANY_REQUESTS, "")
        response.headers["Retry-After"] = "7"
        return response

    async with gateway(tell_one_more, answers=busy) as served:
        stream = client(served.url, clock=clock)
        entering = asyncio.create_task(stream.__aenter__())
        while not entering.done():
            await clock.until_sleeping()
            await clock.advance(1)
        assert clock.monotonic() >= 14
        await stream.close()


async def test_a_gateway_that_is_not_there_is_given_up_when_the_user_wants_that() -> None:
    async with gateway(tell_one_more) as served:
        url = served.url
    clock = FakeClock()
    stream = client(url, clock=clock, give_up_after=60.0)
    entering = asyncio.create_task(stream.__aenter__())
    while not entering.done():
        await asyncio.wait(
            {entering, asyncio.create_task(clock.until_sleeping())}, return_when="FIRST_COMPLETED"
        )
        await clock.advance(1)
    with pytest.raises(GatewayUnreachable, match=r"cannot be reached.*so for 60 s"):
        await entering


@pytest.mark.parametrize("url", ["", "gateway", "ftp://host/", "ws://", "ws://[::1", "ws://h:port"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(BadInput, match="no address of a gateway"):
        connect("token", url)


def test_an_empty_token_is_refused_at_once() -> None:
    with pytest.raises(BadInput, match="token is empty"):
        connect(" ", "ws://localhost")


async def test_handlers_are_called_by_word_by_number_and_for_all() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        for type_ in (1, "comment_added", "later_word"):
            await peer.says(event="notify", data={**note(1), "type": type_})
        await peer.is_left()

    called: list[tuple[str, str]] = []
    async with gateway(script) as served:
        notifications = client(served.url)

        @notifications.on("up_added")
        async def up(notification: Notification) -> None:
            called.append(("up", notification.name))
            raise RuntimeError("this one fails")

        @notifications.on(2, "later_word")
        def some(notification: Notification) -> None:
            called.append(("some", notification.name))

        @notifications.on()
        async def all_(notification: Notification) -> None:
            called.append(("all", notification.name))
            if notification.name == "later_word":
                await notifications.close()

        await asyncio.wait_for(notifications.run(), 20)
    assert called == [
        ("up", "up_added"),
        ("all", "up_added"),
        ("some", "comment_added"),
        ("all", "comment_added"),
        ("some", "later_word"),
        ("all", "later_word"),
    ]


async def test_closing_says_goodbye_and_ends_the_iteration_after_what_is_there() -> None:
    codes: list[int] = []

    async def script(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        await peer.tells(2)
        codes.append(await peer.is_left())

    async with gateway(script) as served, client(served.url) as notifications:
        taken = await take(notifications, 1)
        await notifications.close()
        taken += [one async for one in notifications]
    assert numbers(taken) in ([1], [1, 2])
    assert codes == [1000]


async def test_a_task_that_waits_can_be_cancelled_and_leaves_nothing_behind() -> None:
    codes: list[int] = []
    waits = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.greets()
        codes.append(await peer.is_left())

    async def follow(url: str) -> None:
        async with client(url) as notifications:
            waits.set()
            await anext(notifications)

    async with gateway(script) as served:
        before = asyncio.all_tasks()
        task = asyncio.create_task(follow(served.url))
        await waits.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert {t for t in asyncio.all_tasks() - before if "vestnik" in t.get_name()} == set()
    assert codes == [1000]


async def test_entering_can_be_cancelled() -> None:
    reached = asyncio.Event()

    async def rude(peer: Peer) -> None:
        await peer.hears()
        reached.set()
        assert await peer.is_left() == 1000

    async with gateway(rude) as served:
        entering = asyncio.create_task(client(served.url).__aenter__())
        await reached.wait()
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering


async def test_who_consumes_slowly_makes_the_reader_wait_and_loses_nothing() -> None:
    async def script(peer: Peer) -> None:
        await peer.greets()
        for number in range(200):
            await peer.tells(number)
        await peer.is_left()

    async with gateway(script) as served, client(served.url, most_waiting=3) as notifications:
        first = await take(notifications, 1)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(notifications._inbox._items) <= 3
        assert numbers(first + await take(notifications, 199)) == list(range(200))


async def test_waiting_for_a_slow_consumer_is_no_silence_of_the_server() -> None:
    clock = FakeClock()
    pings: list[object] = []

    async def script(peer: Peer) -> None:
        await peer.greets()
        for number in range(9):
            await peer.tells(number)
        for _ in range(3):
            pings.append(await peer.hears())
            await peer.says(event="pong", data={})
        await peer.is_left()

    async with gateway(script) as served, client(served.url, most_waiting=1, clock=clock) as stream:
        while len(pings) < 3:
            await clock.until_sleeping()
            await clock.advance(5)
        assert numbers(await take(stream, 9)) == list(range(9))
    assert served.connections == 1


async def test_a_connection_is_used_once() -> None:
    async with gateway(tell_one_more) as served:
        stream = client(served.url)
        async with stream:
            pass
        with pytest.raises(BadInput, match="used before"):
            await stream.__aenter__()
    with pytest.raises(BadInput, match="Nothing is connected"):
        await anext(client("ws://localhost"))


async def test_a_token_in_the_clear_beyond_this_machine_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def nowhere(url: str) -> None:
        raise RuntimeError("a bug")

    stream = client("ws://user:pass@gateway.example/?key=hidden", dial=nowhere)
    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match="a bug"):
        await stream.__aenter__()
    assert "in the clear to ws://gateway.example/websocket/" in caplog.text
    assert "hidden" not in caplog.text
    assert "pass@" not in caplog.text


class Stubborn:
    """A socket that takes some turns of the loop to stop listening."""

    def __init__(self) -> None:
        self.is_stopping = asyncio.Event()
        self.is_closed = False
        self.shows_life = asyncio.Event()
        self.heard = ['{"event":"hello","data":{"id":"c"}}']

    async def receive(self) -> str | bytes | Closed:
        if self.heard:
            return self.heard.pop(0)
        try:
            await asyncio.Event().wait()
        finally:
            self.is_stopping.set()
            for _ in range(5):
                await asyncio.sleep(0)
        raise AssertionError

    async def send(self, data: bytes) -> None:
        """Take it."""

    async def show_life(self) -> None:
        self.shows_life.set()

    async def close(self) -> None:
        self.is_closed = True


async def test_it_can_be_closed_at_the_very_moment_when_the_connection_ends() -> None:
    clock, sockets = FakeClock(), [Stubborn(), Stubborn()]
    first = sockets[0]

    async def dial(url: str) -> Stubborn:
        return sockets.pop(0)

    async with client("ws://127.0.0.1:1", dial=dial, clock=clock) as notifications:
        advancing = asyncio.create_task(clock.advance(65))
        async with asyncio.timeout(10):
            await first.is_stopping.wait()
            await notifications.close()
        advancing.cancel()
    assert first.is_closed
    assert len(sockets) == 1


async def test_while_nobody_takes_what_came_it_still_shows_that_it_lives() -> None:
    clock, socket = FakeClock(), Stubborn()
    told = {"event": "notify", "data": note(1)}
    socket.heard += [json.dumps(told)] * 3

    async def dial(url: str) -> Stubborn:
        return socket

    async with client("ws://127.0.0.1:1", dial=dial, clock=clock, most_waiting=1) as notifications:
        for _ in range(3):
            socket.shows_life.clear()
            await clock.advance(10)
            assert socket.shows_life.is_set()
        await take(notifications, 3)
        socket.shows_life.clear()
        await clock.advance(10)
        assert not socket.shows_life.is_set()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "(it gave no reason): copy it again, or create a new one where it came from."),
        (
            "Unauthorized",
            "(Unauthorized): copy it again, or create a new one where it came from.",
        ),
        ("Wrong token.", "(Wrong token): copy it again, or create a new one where it came from."),
        ("Bad: x", "(Bad: x): copy it again, or create a new one where it came from."),
        ("No such thing: look there.", "(No such thing): look there."),
    ],
)
async def test_a_refusal_is_a_sentence_with_the_servers_advice_if_it_has_any(
    words: str, sentence: str
) -> None:
    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6, words)
        await peer.is_left()

    async with gateway(refuses) as served:
        with pytest.raises(AuthenticationFailed) as refused:
            await client(served.url).__aenter__()
    assert str(refused.value) == f"The gateway refuses the token {sentence}"


async def test_a_certificate_that_cannot_be_verified_ends_the_first_attempt(tmp_path: Path) -> None:
    files = certificate_in(tmp_path, "localhost", "127.0.0.1")

    async def never(socket: ServerConnection) -> None:
        raise AssertionError("It came in.")

    async with serve(never, "127.0.0.1", 0, ssl=files.context()) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(GatewayUnreachable) as refused:
            await client(f"wss://127.0.0.1:{port}").__aenter__()
    assert str(refused.value).startswith(
        f"The certificate of wss://127.0.0.1:{port}/websocket/ cannot be verified (self"
    )
    assert "SSL_CERT_FILE" in str(refused.value)


async def test_what_lasts_is_tried_again_once_it_was_another_way() -> None:
    dialled = 0

    async def dial_badly_in_between(url: str) -> Socket:
        nonlocal dialled
        dialled += 1
        if dialled == 2:
            raise NoConnection("The certificate has run out.", is_lasting=True)
        return await dial(url)

    async def drops(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        peer.drops()

    async with (
        gateway(drops, tell_one_more) as served,
        client(served.url, dial=dial_badly_in_between) as notifications,
    ):
        assert numbers(await take(notifications, 2)) == [1, 2]
    assert dialled == 3

"""The stream against servers that do all that servers were seen to do."""

from __future__ import annotations

import asyncio
import http

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from tests.sdk.conftest import Peer, client, gateway, note, numbers, take, tell_one_more
from vestnik.errors import AuthenticationFailed, BadInput, GatewayUnreachable
from vestnik.sdk import Duplicates, Gap, Notification, Position, connect
from vestnik.sdk.attempts import Attempts
from vestnik.sdk.notification import read_notification
from vestnik.testing import FakeClock
from vestnik.wire import Told

BINARY = b"\x00\x01"


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

"""The stream for programs without a loop."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sdk.conftest import AT_ONCE, Peer, Script, gateway, numbers
from vestnik.errors import AuthenticationFailed, BadInput
from vestnik.sdk import Gap, Notification, Options, Position, SyncNotifications, connect_sync
from vestnik.sdk.attempts import Attempts
from vestnik.sdk.loop_thread import LoopThread


@contextmanager
def gateway_elsewhere(*scripts: Script) -> Iterator[str]:
    """Serve scripts from another thread."""
    thread = LoopThread("gateway")
    manager = gateway(*scripts)
    try:
        served = thread.run(manager.__aenter__())
        yield served.url
        thread.run(manager.__aexit__(None, None, None))
    finally:
        thread.end()


def client(url: str) -> SyncNotifications:
    return SyncNotifications("token", url, Options(backoff=AT_ONCE, attempts=Attempts()))


async def tells_three(peer: Peer) -> None:
    await peer.greets(epoch="e", offset=0)
    for number in (1, 2, 3):
        await peer.tells(number, offset=number)
    await peer.is_left()


def test_a_for_loop_sees_what_happens() -> None:
    taken: list[Notification] = []
    with gateway_elsewhere(tells_three) as url, client(url) as notifications:
        for notification in notifications:
            taken.append(notification)
            if len(taken) == 3:
                break
        assert notifications.position == Position("e", 2)
    assert numbers(taken) == [1, 2, 3]


def test_a_loop_can_give_orders() -> None:
    async def answers(peer: Peer) -> None:
        await peer.greets()
        await peer.tells(1)
        request = (await peer.hears())["data"]
        assert isinstance(request, dict)
        assert request["params"] == {"messageId": 1, "text": "hi"}
        await peer.says(event="rpc", data={"id": request["id"], "result": 13})
        await peer.is_left()

    with gateway_elsewhere(answers) as url, client(url) as stream:
        next(stream)
        assert stream.call("answer", messageId=1, text="hi") == 13
    with pytest.raises(BadInput, match="Nothing is connected"):
        stream.call("getMe")


def test_a_loss_is_no_end() -> None:
    gaps: list[Gap] = []

    async def drops(peer: Peer) -> None:
        await peer.greets()
        peer.drops()

    with gateway_elsewhere(drops, tells_three) as url, client(url) as notifications:
        notifications.on_gap(gaps.append)
        assert numbers([next(notifications)]) == [1]
    assert len(gaps) == 1


def test_a_bad_token_is_raised_by_with() -> None:
    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6)
        await peer.is_left()

    with gateway_elsewhere(refuses) as url, pytest.raises(AuthenticationFailed), client(url):
        raise AssertionError("it was let in")


def test_another_thread_can_close_it() -> None:
    async def silent(peer: Peer) -> None:
        await peer.greets()
        await peer.is_left()

    with gateway_elsewhere(silent) as url, client(url) as notifications:
        closing = threading.Timer(0, notifications.close)
        closing.start()
        assert list(notifications) == []
        closing.join()
        assert list(notifications) == []
    notifications.close()
    assert list(notifications) == []


def test_handlers_are_called_and_can_close() -> None:
    called: list[str] = []
    with gateway_elsewhere(tells_three) as url:
        notifications = client(url)

        @notifications.on("up_added")
        def fail(notification: Notification) -> None:
            called.append("fail")
            raise RuntimeError("no")

        @notifications.on()
        def end(notification: Notification) -> None:
            called.append("end")
            notifications.close()

        notifications.run()
    assert called[:2] == ["fail", "end"]


def test_an_async_handler_is_refused() -> None:
    notifications = connect_sync("token", "ws://localhost")

    @notifications.on()
    async def handler(notification: Notification) -> None:
        raise AssertionError("nobody calls it")

    with pytest.raises(BadInput, match="handler is async"):
        notifications.run()


def test_nothing_comes_before_with() -> None:
    with pytest.raises(BadInput, match="Nothing is connected"):
        next(connect_sync("token", "ws://localhost"))


PROGRAM = """
import sys
from vestnik.sdk import connect_sync
with connect_sync("token", sys.argv[1]) as notifications:
    try:
        print("in", flush=True)
        next(notifications)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_ctrl_c_interrupts_waiting_and_says_goodbye() -> None:
    codes: list[int] = []

    async def silent(peer: Peer) -> None:
        await peer.greets()
        codes.append(await peer.is_left())

    with gateway_elsewhere(silent) as url:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        assert (out, process.returncode) == ("interrupted\n", 0)
    assert codes == [1000]

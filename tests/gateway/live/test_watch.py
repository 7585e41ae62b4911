"""Who is looked after when."""

import pytest

from vestnik.errors import BadConfig
from vestnik.gateway.live import LiveOptions
from vestnik.gateway.live.watch import TICK, Watch


class Someone:
    """Remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def expire(self) -> None:
        self.done.append("expire")

    def abort(self) -> None:
        self.done.append("abort")

    def ping(self) -> None:
        self.done.append("ping")

    def check(self) -> None:
        self.done.append("check")

    def listen_again(self) -> None:
        self.done.append("listen")


class Watched:
    """A watch and its time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.watch = Watch(LiveOptions(auth_seconds=10, ping_seconds=30, pong_seconds=20))

    def someone(self) -> Someone:
        one = Someone()
        self.watch.welcome(one, self.now)
        return one

    def passes(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += TICK
            self.watch.look(self.now)


def test_everybody_is_asked_once_a_round_and_checked_later() -> None:
    watched = Watched()
    watched.passes(7)
    one = watched.someone()
    watched.watch.trust(one)
    watched.passes(29.5)
    assert one.done == ["check"]
    watched.passes(0.5)
    assert one.done == ["check", "ping"]
    watched.passes(19.5)
    assert one.done == ["check", "ping"]
    watched.passes(0.5)
    assert one.done == ["check", "ping", "check"]


def test_pings_are_spread_as_connections_come() -> None:
    watched = Watched()
    everybody = []
    for _ in range(10):
        everybody.append(watched.someone())
        watched.passes(TICK)
    watched.passes(24.5)
    asked = []
    for _ in range(10):
        watched.passes(TICK)
        asked.append(sum("ping" in one.done for one in everybody))
    assert sorted(asked) == asked
    assert asked[-1] - asked[0] >= 8


def test_who_does_not_say_who_it_is_expires_and_who_does_not() -> None:
    watched = Watched()
    slow, known = watched.someone(), watched.someone()
    watched.passes(5)
    watched.watch.trust(known)
    watched.passes(4.5)
    assert slow.done == []
    watched.passes(0.5)
    assert (slow.done, known.done) == (["expire"], [])


def test_who_does_not_leave_is_thrown_out() -> None:
    watched = Watched()
    one = watched.someone()
    watched.watch.await_end(one, watched.now)
    watched.passes(4.5)
    watched.watch.await_end(one, watched.now)
    watched.passes(0.5)
    assert one.done == ["abort"]


def test_who_is_forgotten_is_left_alone() -> None:
    watched = Watched()
    one = watched.someone()
    watched.watch.silence(one)
    watched.watch.forget(one)
    watched.watch.forget(one)
    watched.passes(100)
    assert one.done == []
    assert len(watched.watch) == 0


def test_who_is_silenced_listens_again_at_the_next_look() -> None:
    watched = Watched()
    one = watched.someone()
    watched.watch.silence(one)
    watched.passes(1)
    assert one.done == ["listen"]


@pytest.mark.parametrize(
    "options",
    [
        {"pong_seconds": 45.0},
        {"pong_seconds": 0.0},
        {"auth_seconds": 0.0},
        {"attempts": 0},
        {"most_buffered": 0},
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(BadConfig):
        LiveOptions(**options)  # type: ignore[arg-type]


def test_a_mistake_with_one_connection_is_none_with_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Someone):
        def expire(self) -> None:
            raise RuntimeError("a mistake")

        def listen_again(self) -> None:
            raise RuntimeError("a mistake")

    watched = Watched()
    broken, one = Broken(), Someone()
    for each in (broken, one):
        watched.watch.welcome(each, watched.now)
        watched.watch.silence(each)
    watched.passes(10)
    assert one.done[:2] == ["listen", "expire"]
    assert broken.done == ["abort", "abort"]
    assert "a mistake" in caplog.text

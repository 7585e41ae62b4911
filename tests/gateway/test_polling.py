"""Long polls: nothing falls between two of them, and each of them ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.records import about, owner, resource, token
from vestnik.errors import NotAllowed, NotFound, Overloaded, StoreFailed
from vestnik.gateway import Access, Gateway, Owner, Sealer, Token, reading
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.model import Addressed, Batch, Page, Retention
from vestnik.gateway.polling import Updates, UpdatesPage, where_to_begin
from vestnik.gateway.ports import SETTINGS_TOPIC, Changed, Notified, TokenRevoked, owner_topic
from vestnik.gateway.roster import Roster
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, TokenId
from vestnik.testing import FakeClock
from vestnik.wire import Notification, Position

ANNA = OwnerId("anna")
TOKEN = token()
BOUND = token("bound", id="tok_bound", resource="bot")


class Stage:
    """Updates with everything in memory beside it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.broker = MemoryBroker()
        self.roster = Roster([owner(), TOKEN, BOUND])
        access = Access(self.roster)
        self.updates = Updates(
            self.store.log, self.broker, self.roster, access, self.clock, most_polls=3
        )

    async def publish(self, *items: Notification) -> None:
        batch = Batch(tuple(Addressed(ANNA, item) for item in items))
        (appended,) = await self.store.log.append([batch])
        epoch = (await self.store.log.position(ANNA)).epoch
        await self.broker.publish(owner_topic(ANNA), Notified(ANNA, epoch, appended.stored))

    def poll(self, token: Token = TOKEN, **asked: object) -> asyncio.Task[UpdatesPage]:
        wait = self.updates.wait(token, ANNA, **asked)  # type: ignore[arg-type]
        return asyncio.create_task(wait)

    async def waiting(self, token: Token = TOKEN, **asked: object) -> asyncio.Task[UpdatesPage]:
        """Return a poll that waits for what is to come."""
        task = self.poll(token, **asked)
        await self.clock.advance(0)
        assert not task.done()
        return task


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    await stage.store.settings.save(owner(), resource(), resource("other"))
    async with stage.updates:
        yield stage


def offsets(page: UpdatesPage) -> Sequence[int]:
    return [item.offset for item in page.items]


async def test_a_token_that_was_deleted_just_before_is_told_so_at_once(stage: Stage) -> None:
    await stage.publish(about())
    stage.roster.remove(Token, TOKEN.id)
    with pytest.raises(NotAllowed):
        await stage.poll(after=0)


async def test_what_is_there_comes_at_once(stage: Stage) -> None:
    await stage.publish(about(), about())
    page = await stage.poll(after=0)
    assert (offsets(page), page.next, page.recovered) == ([1, 2], 2, True)
    assert page.epoch == (await stage.store.log.position(ANNA)).epoch


async def test_who_names_no_place_hears_from_now_on(stage: Stage) -> None:
    await stage.publish(about())
    task = await stage.waiting()
    await stage.publish(about())
    page = await task
    assert (offsets(page), page.next, page.recovered) == ([2], 2, True)


async def test_the_time_ends_it_with_nothing(stage: Stage) -> None:
    await stage.publish(about())
    task = await stage.waiting(after=1, seconds=30.0)
    await stage.clock.advance(29)
    assert not task.done()
    await stage.clock.advance(1)
    page = await task
    assert (offsets(page), page.next, page.recovered) == ([], 1, True)
    assert stage.clock.sleeping == 0


async def test_no_time_means_a_look(stage: Stage) -> None:
    page = await stage.updates.wait(TOKEN, ANNA, seconds=0)
    assert (offsets(page), page.next) == ([], 0)


async def test_a_limit_cuts_and_next_goes_on_there(stage: Stage) -> None:
    await stage.publish(*[about()] * 7)
    found, after = list[int](), 0
    while after < 7:
        page = await stage.poll(after=after, limit=3)
        assert len(page.items) <= 3
        found += offsets(page)
        after = page.next
    assert found == list(range(1, 8))


async def test_one_for_a_resource_passes_over_what_is_anothers(stage: Stage) -> None:
    task = await stage.waiting(BOUND)
    await stage.publish(about("other"), about("other"))
    await stage.clock.advance(1)
    assert not task.done()
    await stage.publish(about("other"), about(), about("other"))
    page = await task
    assert (offsets(page), page.next, page.recovered) == ([4], 5, True)


async def test_next_moves_past_what_is_anothers_though_nothing_is_told(stage: Stage) -> None:
    await stage.publish(*[about("other")] * 60)
    page = await stage.poll(BOUND, after=0, seconds=0)
    assert (offsets(page), page.next, page.recovered) == ([], 60, True)


async def test_what_is_far_behind_others_is_found_in_one_poll(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MOST_READ", 100)
    await stage.publish(*[about("other")] * 250, about())
    page = await stage.poll(BOUND, after=0)
    assert (offsets(page), page.next) == ([251], 251)


async def test_an_answer_is_bounded_in_bytes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_ANSWER", 1000)
    big = msgspec.structs.replace(about(), payload=msgspec.Raw(b'"%b"' % (b"x" * 398)))
    await stage.publish(*[big] * 5)
    first = await stage.poll(after=0)
    assert (offsets(first), first.next) == ([1, 2, 3], 3)
    assert offsets(await stage.poll(after=3)) == [4, 5]


async def test_what_is_gone_is_not_recovered_and_what_is_left_is_told(stage: Stage) -> None:
    await stage.publish(about(), about())
    await stage.store.trim(Retention(log_since=2**53, attempts_since=0))
    page = await stage.poll(after=1)
    assert (offsets(page), page.next, page.recovered) == ([], 2, False)
    await stage.publish(about())
    page = await stage.poll(after=0)
    assert (offsets(page), page.recovered) == ([3], False)
    assert (await stage.poll(after=2)).recovered is True


@pytest.mark.parametrize(("after", "epoch"), [(1, "another"), (9, None)])
async def test_a_place_that_never_was_is_answered_at_once_and_honestly(
    stage: Stage, after: int, epoch: str | None
) -> None:
    await stage.publish(about(), about())
    page = await stage.poll(after=after, epoch=epoch)
    assert (offsets(page), page.next, page.recovered) == ([1, 2], 2, False)


@given(
    st.none() | st.integers(0, 20),
    st.none() | st.sampled_from(["now", "then"]),
    st.integers(0, 20),
)
def test_where_it_begins_is_what_was_asked_or_the_beginning(
    after: int | None, epoch: str | None, end: int
) -> None:
    begin, is_so = where_to_begin(after, epoch, Position("now", end))
    assert 0 <= begin <= end
    if after is None:
        assert (begin, is_so) == (end, True)
    else:
        assert is_so == (after <= end and epoch != "then")
        assert begin == (after if is_so else 0)


async def test_what_comes_while_it_reads_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log answers "nothing", and only then, before the poll waits, something is told."""
    read = stage.store.log.read
    reads = 0

    async def late(owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        nonlocal reads
        reads += 1
        page = await read(owner, after, limit, up_to)
        if reads == 1:
            await stage.publish(about())
        return page

    monkeypatch.setattr(stage.store.log, "read", late)
    assert offsets(await stage.poll()) == [1]


async def test_what_comes_before_the_end_is_known_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    position = stage.store.log.position

    async def slow(owner: OwnerId) -> Position:
        found = await position(owner)
        monkeypatch.undo()
        await stage.publish(about())
        return found

    monkeypatch.setattr(stage.store.log, "position", slow)
    assert offsets(await stage.poll()) == [1]


async def test_so_many_of_one_token_may_wait(stage: Stage) -> None:
    tasks = [await stage.waiting() for _ in range(3)]
    with pytest.raises(Overloaded, match="try again in 1 s"):
        await stage.poll()
    other = await stage.waiting(token(id="tok_2"))
    assert len(stage.updates) == 4
    await stage.publish(about())
    assert [offsets(await task) for task in (*tasks, other)] == [[1]] * 4
    assert len(stage.updates) == 0


async def test_who_gives_up_leaves_nothing_behind(stage: Stage) -> None:
    task = await stage.waiting()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (len(stage.updates), stage.clock.sleeping) == (0, 0)
    assert list(stage.broker._topics) == [SETTINGS_TOPIC]


async def test_a_log_that_fails_is_an_error_and_leaves_nothing_behind(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> Page:
        raise StoreFailed("The disk is full.")

    monkeypatch.setattr(stage.store.log, "read", fail)
    with pytest.raises(StoreFailed):
        await stage.poll()
    assert (len(stage.updates), stage.clock.sleeping) == (0, 0)


async def test_a_token_that_is_revoked_waits_no_longer(stage: Stage) -> None:
    mine, others = await stage.waiting(), await stage.waiting(token(id="tok_2"))
    await stage.broker.publish(SETTINGS_TOPIC, TokenRevoked(TokenId("tok")))
    with pytest.raises(NotAllowed):
        await mine
    await stage.publish(about())
    assert offsets(await others) == [1]


async def test_it_ends_with_its_owner_but_not_with_a_change(stage: Stage) -> None:
    task = await stage.waiting()
    await stage.broker.publish(SETTINGS_TOPIC, Changed(ANNA))
    await stage.clock.advance(1)
    assert not task.done()
    stage.roster.remove(Owner, ANNA)
    await stage.broker.publish(SETTINGS_TOPIC, Changed(ANNA))
    with pytest.raises(NotFound):
        await task


async def test_the_end_lets_all_go_and_nobody_waits_any_more(stage: Stage) -> None:
    tasks = [await stage.waiting(), await stage.waiting(BOUND)]
    stage.updates.close()
    assert [(offsets(await task), (await task).next) for task in tasks] == [([], 0)] * 2
    page = await stage.poll()
    assert offsets(page) == []
    await stage.publish(about())
    assert offsets(await stage.poll(after=0)) == [1]


async def test_a_gateway_ends_though_somebody_waits() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    await store.settings.save(owner(), resource(), token())
    sealer = Sealer.from_key(bytes(32))
    async with Gateway(store, MemoryBroker(), MemorySender(), sealer, clock=clock) as gateway:
        task = asyncio.create_task(gateway.updates.wait(TOKEN, ANNA))
        await clock.advance(0)
        assert len(gateway.updates) == 1
        await gateway.drain(5)
        assert offsets(await task) == []

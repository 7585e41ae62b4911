"""Every store of states keeps the promises of `StateStore`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vestnik.bot.states import Conversation, MemoryStates, SqliteStates, StateStore, Stored
from vestnik.bot.store import Database
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing import FakeClock

ANN = Conversation(AccountId(1), ChatId(10), ContactId(11))
OTHERS = [
    Conversation(AccountId(1), ChatId(10), ContactId(12)),
    Conversation(AccountId(1), ChatId(10)),
    Conversation(AccountId(1), ChatId(11), ContactId(11)),
    Conversation(AccountId(2), ChatId(10), ContactId(11)),
]
NAME = Stored("Form.name")
AGE = Stored("Form.age", b'{"name":"Ann"}')
FIRST, SECOND = MessageId(100), MessageId(101)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, fake_clock: FakeClock) -> AsyncIterator[StateStore]:
    """Give each kind of store in turn."""
    if request.param == "memory":
        yield MemoryStates(fake_clock)
        return
    async with Database(None) as database:
        yield SqliteStates(database, fake_clock)


async def test_nobody_is_in_a_state_at_first(store: StateStore) -> None:
    assert await store.get(ANN) is None


async def test_what_was_set_is_there_until_it_is_replaced(store: StateStore) -> None:
    await store.set(ANN, NAME)
    assert await store.get(ANN) == NAME
    await store.set(ANN, AGE)
    assert await store.get(ANN) == AGE
    await store.set(ANN, None)
    assert await store.get(ANN) is None


async def test_conversations_do_not_see_each_other(store: StateStore) -> None:
    await store.set(ANN, NAME)
    assert [await store.get(other) for other in OTHERS] == [None] * 4
    for other in OTHERS:
        await store.set(other, Stored(repr(other)))
    await store.set(ANN, None)
    assert [await store.get(other) for other in OTHERS] == [Stored(repr(o)) for o in OTHERS]


@pytest.mark.parametrize("there", [None, NAME, AGE])
@pytest.mark.parametrize("expected", [None, NAME, AGE, Stored("Form.age")])
async def test_swapping_happens_only_from_what_is_expected(
    store: StateStore, there: Stored | None, expected: Stored | None
) -> None:
    await store.set(ANN, there)
    after = Stored("Form.done")
    swapped = await store.swap(ANN, expected, after)
    assert swapped == (there == expected)
    assert await store.get(ANN) == (after if swapped else there)


async def test_of_many_who_swap_at_once_one_does(store: StateStore) -> None:
    await store.set(ANN, NAME)
    swaps = [store.swap(ANN, NAME, Stored(f"Form.by{n}")) for n in range(20)]
    async with asyncio.timeout(5):
        swapped = await asyncio.gather(*swaps)
    assert swapped.count(True) == 1
    assert await store.get(ANN) == Stored(f"Form.by{swapped.index(True)}")


@pytest.mark.parametrize("before", [None, NAME, AGE])
@pytest.mark.parametrize("writes", [[AGE], [AGE, Stored("x")], [None], [AGE, None], [None, AGE]])
async def test_a_rewound_message_leaves_what_it_found(
    store: StateStore, before: Stored | None, writes: list[Stored | None]
) -> None:
    await store.set(ANN, before)
    for _ in ("a first time", "and once more after a crash"):
        for stored in writes:
            await store.set(ANN, stored, cause=FIRST)
        await store.rewind(AccountId(1), FIRST)
        assert await store.get(ANN) == before


async def test_a_swap_is_rewound_as_well(store: StateStore) -> None:
    await store.set(ANN, NAME, cause=FIRST)
    assert await store.swap(ANN, NAME, AGE, cause=SECOND)
    await store.rewind(AccountId(1), SECOND)
    assert await store.get(ANN) == NAME


async def test_rewinding_leaves_alone_what_others_wrote(store: StateStore) -> None:
    for other in OTHERS:
        await store.set(other, NAME, cause=FIRST)
    await store.set(ANN, NAME, cause=FIRST)
    await store.set(ANN, AGE, cause=SECOND)
    await store.rewind(AccountId(2), SECOND)
    await store.rewind(AccountId(1), FIRST)
    assert await store.get(ANN) == AGE
    assert [await store.get(other) for other in OTHERS] == [None, None, None, NAME]


async def test_what_changed_without_a_message_since_is_not_rewound(store: StateStore) -> None:
    await store.set(ANN, NAME, cause=FIRST)
    await store.set(ANN, AGE)
    await store.rewind(AccountId(1), FIRST)
    assert await store.get(ANN) == AGE


async def test_conversations_that_nobody_goes_on_with_are_pruned(
    store: StateStore, fake_clock: FakeClock
) -> None:
    await store.set(ANN, NAME)
    await store.set(OTHERS[0], NAME)
    await store.set(OTHERS[0], None, cause=FIRST)
    await fake_clock.advance(100)
    await store.set(OTHERS[1], NAME)
    assert await store.prune(100) == 0
    assert await store.prune(99) == 2
    assert await store.get(ANN) is None
    assert await store.get(OTHERS[1]) == NAME


async def test_states_survive_a_restart(tmp_path: Path) -> None:
    async with Database(tmp_path / "bot.sqlite") as database:
        await SqliteStates(database).set(ANN, NAME)
        await SqliteStates(database).set(ANN, AGE, cause=FIRST)
    async with Database(tmp_path / "bot.sqlite") as database:
        store = SqliteStates(database)
        assert await store.get(ANN) == AGE
        await store.rewind(AccountId(1), FIRST)
        assert await store.get(ANN) == NAME


CONVERSATIONS = st.sampled_from([ANN, *OTHERS])
STATES = st.one_of(st.none(), st.builds(Stored, st.text(max_size=3), st.binary(max_size=3)))
CAUSES = st.sampled_from([None, FIRST, SECOND])
STEPS = st.one_of(
    st.tuples(st.just("set"), CONVERSATIONS, STATES, CAUSES),
    st.tuples(st.just("swap"), CONVERSATIONS, STATES, CAUSES),
    st.tuples(st.just("stale"), CONVERSATIONS, STATES, CAUSES),
    st.tuples(st.just("rewind"), CONVERSATIONS, st.none(), st.sampled_from([FIRST, SECOND])),
)
Step = tuple[str, Conversation, Stored | None, MessageId | None]


async def take(store: StateStore, step: Step) -> object:
    """Do one step, and tell what came of it."""
    how, whose, stored, cause = step
    if how == "set":
        await store.set(whose, stored, cause=cause)
    elif how == "rewind" and cause is not None:
        await store.rewind(whose.account_id, cause)
    elif how == "swap":
        return await store.swap(whose, await store.get(whose), stored, cause=cause)
    else:
        return await store.swap(whose, Stored("never"), stored, cause=cause)
    return None


@given(st.lists(STEPS, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_memory_and_disk_agree_whatever_happens(steps: list[Step]) -> None:
    memory = MemoryStates()
    async with Database(None) as database:
        disk = SqliteStates(database)
        for step in steps:
            assert await take(memory, step) == await take(disk, step)
            for whose in [ANN, *OTHERS]:
                assert await memory.get(whose) == await disk.get(whose)

"""One reader of events, many listeners."""

import asyncio

import pytest

from vestnik.chatmail.events import Event, EventChannelOverflow, IncomingMsg
from vestnik.chatmail.hub import EventHub
from vestnik.errors import CoreDied
from vestnik.ids import AccountId, ChatId, MessageId


def message(number: int, account: int = 1) -> Event:
    payload = IncomingMsg(chat_id=ChatId(10), msg_id=MessageId(number))
    return Event(account_id=AccountId(account), payload=payload)


def overflow(lost: int) -> Event:
    return Event(account_id=AccountId(0), payload=EventChannelOverflow(n=lost))


async def test_every_listener_gets_every_event_in_order() -> None:
    hub = EventHub()
    streams = [hub.subscribe(), hub.subscribe()]
    hub.publish([message(1), message(2)])
    hub.publish([message(3)])
    hub.close(None)
    for stream in streams:
        assert [event async for event in stream] == [message(1), message(2), message(3)]


async def test_a_listener_who_waits_is_woken() -> None:
    hub = EventHub()
    waiting = asyncio.create_task(anext(hub.subscribe()))
    await asyncio.sleep(0)
    hub.publish([message(1)])
    assert await waiting == message(1)


async def test_an_accounts_listener_gets_its_own_events_and_the_account_managers() -> None:
    hub = EventHub()
    stream = hub.subscribe(AccountId(1))
    hub.publish([message(1, account=2), message(2, account=1), message(3, account=0)])
    assert await stream.next_batch() == [message(2, account=1), message(3, account=0)]


async def test_nothing_from_before_the_subscription_is_heard() -> None:
    hub = EventHub()
    hub.publish([message(1)])
    stream = hub.subscribe()
    hub.publish([message(2)])
    assert await stream.next_batch() == [message(2)]


@pytest.mark.parametrize("reads_batches", [True, False])
async def test_who_falls_behind_loses_the_oldest_and_is_told_first(reads_batches: bool) -> None:
    hub = EventHub()
    stream = hub.subscribe(kept=3)
    hub.publish([message(n) for n in range(1, 6)])
    hub.publish([message(6)])
    hub.close(None)
    read = await stream.next_batch() if reads_batches else [event async for event in stream]
    assert read == [overflow(3), message(4), message(5), message(6)]


async def test_a_slow_listener_costs_the_others_nothing() -> None:
    hub = EventHub()
    slow, quick = hub.subscribe(kept=1), hub.subscribe(kept=100)
    hub.publish([message(n) for n in range(50)])
    assert await quick.next_batch() == [message(n) for n in range(50)]
    assert await slow.next_batch() == [overflow(49), message(49)]


async def test_the_streams_end_with_the_death_that_nobody_heals() -> None:
    hub = EventHub()
    stream = hub.subscribe()
    hub.publish([message(1)])
    hub.close(CoreDied(-9))
    assert await anext(stream) == message(1)
    with pytest.raises(CoreDied):
        await anext(stream)
    with pytest.raises(CoreDied):
        await hub.subscribe().next_batch()


async def test_a_closed_stream_hears_nothing_more_and_ends() -> None:
    hub = EventHub()
    async with hub.subscribe() as stream:
        hub.publish([message(1)])
    hub.publish([message(2)])
    assert [event async for event in stream] == [message(1)]
    assert await stream.next_batch() == []


async def test_closing_wakes_a_reader_who_waits() -> None:
    stream = EventHub().subscribe()
    waiting = asyncio.create_task(stream.next_batch())
    await asyncio.sleep(0)
    stream.close()
    assert await waiting == []
